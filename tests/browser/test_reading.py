"""FE7: the PDF stands beside the criteria under the strict policy; words are found, marked and quoted; a digit names the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from screening.decisions.models import Quote, Vote
from screening.fulltexts.actions import add_file
from screening.protocol.models import ReviewWords
from screening.records.models import Record
from screening.reviews.models import Review
from tests.factories import alice, included_record, make_review
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.once

PAGES = [[f"Page {number} of the report", "Mentors helped (and time) in every ward."] for number in range(1, 40)]
PAGES[29][1] = "Barriers were told by the nurses themselves."
SELECT = """() => {
  const lines = [...document.querySelectorAll('.page[data-page-number="30"] .textLayer span')];
  const line = lines.find((one) => one.textContent.startsWith("Barriers"));
  getSelection().setBaseAndExtent(line.firstChild, 0, line.firstChild, 18);
}"""


@pytest.fixture
def record(transactional_db: None, settings: Settings, tmp_path: Path) -> Record:
    """A report of 39 pages waits for Alice; its review has a word for and a word against."""
    settings.MEDIA_ROOT = tmp_path
    review: Review = make_review()
    found = included_record(review)
    padding = b"% " + b"x" * 200_000 + b"\n"  # large enough to be sent in parts
    pdf = SimpleUploadedFile("report.pdf", make_pdf(*PAGES) + padding + b"%%EOF\n")
    add_file(member=alice(review), record=found, upload=pdf)
    ReviewWords.objects.create(review=review, speaks_for="mentor*", speaks_against="barriers")
    return found


@pytest.fixture
def page(record: Record, browser: Browser, live_site: str) -> Iterator[Page]:
    """Alice's page with the report."""
    expect.set_options(timeout=30_000)  # a shared machine may be slow
    client = Client()
    client.force_login(alice(record.review).user)
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(base_url=live_site, viewport={"width": 1280, "height": 800}) as context:
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        yield context.new_page()


def test_a_report_is_read_searched_quoted_and_excluded_by_keys(record: Record, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sent: list[int] = []
    page.on("response", lambda answer: sent.append(answer.status) if "/files/" in answer.url else None)
    page.goto(f"/r/{record.review.slug}/fulltexts/review/{record.number}/")
    expect(page.locator("[data-pages]")).to_have_text("39")
    expect(page.locator('.page[data-page-number="1"] .textLayer span').first).to_have_text("Page 1 of the report")
    assert page.locator(".page .textLayer").count() < 20, "pages are drawn as they are needed"
    assert 206 in sent, "the file comes in parts"
    page.wait_for_function("() => CSS.highlights.get('speaks-for')?.size > 0")
    page.keyboard.press("/")
    page.keyboard.type("nurses themselves")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("1 of 1")
    expect(page.locator("#reader-page")).to_have_value("30")
    expect(page.locator('.page[data-page-number="30"] .textLayer .highlight')).to_have_text(["nurses themselves"])
    page.wait_for_function("() => CSS.highlights.get('speaks-against')?.size > 0")
    page.locator(".reader-view").focus()
    page.evaluate(SELECT)
    page.keyboard.press("q")
    expect(page.locator("#quotes q")).to_have_text("Barriers were told")
    expect(page.locator("#live")).to_have_text("Quoted from page 30.")
    quote = Quote.objects.get()
    assert (quote.page, quote.text, quote.after[:14]) == (30, "Barriers were told", " by the nurses")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name=re.compile("^Focus"), exact=False).first).to_be_checked()
    page.keyboard.press("e")
    expect(page.locator(".empty")).to_contain_text("Nothing to review")
    vote = Vote.objects.get(item__stage="ft")
    assert (vote.decision, vote.reason) == ("exclude", "focus")
    assert [text for text in said if "Content Security Policy" in text] == []


def test_a_phone_shows_the_pdf_or_the_criteria_and_the_votes_with_both(record: Record, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/r/{record.review.slug}/fulltexts/review/{record.number}/")
    view, reasons = page.locator(".reader-view"), page.locator(".reasons")
    for tab, seen, unseen in (("Criteria", reasons, view), ("PDF", view, reasons)):
        page.get_by_role("button", name=tab, exact=True).click()
        expect(seen).to_be_visible()
        expect(unseen).to_be_hidden()
        expect(page.get_by_role("button", name="Exclude")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
