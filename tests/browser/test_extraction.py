"""Two people extract beside the PDF, differ, and a third settles and locks; every page of it can be used by everybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from extraction.entries.actions import assign
from extraction.entries.models import Anchor, Entry, EntryValue, Extraction
from extraction.tables.models import Form, FormVersion
from screening.fulltexts.actions import add_file
from screening.reviews.models import Membership
from screening.studies.models import Study
from tests.browser.looking import offences
from tests.factories import alice, bob, carol, included_study, lead, make_review
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.once

FIELDS = [
    {"key": "people", "kind": "text", "label": "Participants", "required": True, "evidence": True},
    {"key": "region", "kind": "country", "label": "Region"},
    {"key": "sample", "kind": "sample", "label": "Sample"},
    {"key": "rows", "kind": "table", "label": "Groups", "columns": ["Group", "n"]},
    {"key": "methods", "kind": "choices", "label": "Methods", "options": ["Interviews", "Questionnaire"]},
    {"key": "barriers", "kind": "long", "label": "Barriers"},
]
SELECT = """() => {
  const line = [...document.querySelectorAll('.page .textLayer span')].find((one) => one.textContent.startsWith("Nurses"));
  getSelection().setBaseAndExtent(line.firstChild, 0, line.firstChild, 10);
}"""


@pytest.fixture
def study(transactional_db: None, settings: Settings, tmp_path: Path) -> Study:
    """A study with its PDF, and a form for two people."""
    settings.MEDIA_ROOT = tmp_path
    review = make_review()
    found = included_study(review)
    pdf = SimpleUploadedFile("report.pdf", make_pdf(["Nurses told of barriers."]))
    add_file(member=alice(review), record=found.study_reports.get().record, upload=pdf)
    form = Form.objects.create(review=review, name="Study characteristics")
    content = {"sections": [{"title": "Study", "fields": FIELDS}]}
    FormVersion.objects.create(review=review, form=form, number=1, content=content, published_at=timezone.now())
    assign(member=lead(review), study=found, form=form, people=[alice(review), bob(review)])
    return found


def test_two_people_extract_differ_and_a_third_settles_and_locks(
    study: Study, open_for: Callable[[Membership], Page]
) -> None:
    review = study.review
    base = f"/r/{review.slug}/extraction/"
    page = open_for(alice(review))
    page.goto(base)
    wrong = offences(page, "overview")
    page.get_by_role("link", name="Go on with").first.click()
    expect(page.locator(".page .textLayer span").first).to_be_visible()
    wrong += offences(page, "entry")
    page.fill("#f-people", "Nurses")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert EntryValue.objects.get(field="people").value == "Nurses"
    page.evaluate(SELECT)
    page.locator("[data-reader] [data-quote]").click()
    expect(page.locator("#q-people .quotes")).to_contain_text("Nurses")
    assert Anchor.objects.get().field == "people"
    page.get_by_role("button", name="Submit entry").click()
    expect(page.get_by_text("It waits for the other")).to_be_visible()
    other = open_for(bob(review))
    other.goto(f"{base}entries/{Entry.objects.get(extractor=bob(review)).pk}/")
    other.fill("#f-people", "Physicians")
    other.get_by_text("Pin a quote").click()
    other.fill("#pin-text", "told of barriers")
    other.get_by_role("button", name="Pin the quote").click()
    expect(other.locator("#q-people .quotes")).to_contain_text("told of")
    other.get_by_role("button", name="Submit entry").click()
    expect(other.get_by_role("heading", name="Participants")).to_be_visible()
    third = open_for(carol(review))
    third.goto(base)
    third.get_by_role("main").get_by_role("link", name=study.label).first.click()
    wrong += offences(third, "consensus")
    third.get_by_role("button", name="This stands").first.click()
    third.get_by_role("button", name="Lock").click()
    expect(third.get_by_text("Locked: ")).to_be_visible()
    assert Extraction.objects.get().state == "locked"
    assert wrong == []
