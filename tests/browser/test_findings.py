"""Two people and a third appraise a study and code it, in the browser, down to the matrix and the figure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from extraction.appraisal.actions import take_instrument
from extraction.appraisal.instruments import instruments
from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_source
from extraction.coding.models import CodedStudy, Coding, SourceText
from extraction.entries.actions import assign
from extraction.entries.models import Extraction
from extraction.tables.actions import publish
from screening.reviews.models import Membership
from screening.studies.models import Study
from tests.browser.looking import offences
from tests.factories import alice, bob, carol, included_study, lead, make_review

pytestmark = pytest.mark.once

Open = Callable[[Membership], Page]
TEXT = "Mentors were few in every clinic. Time was short. Money was shorter still."
SELECT = """() => {
  const words = document.querySelector("[data-start]").firstChild;
  getSelection().setBaseAndExtent(words, 0, words, 16);
}"""
ANSWERS = ("Yes", "Yes", "Neither way", "Yes", "Yes")


@pytest.fixture
def study(transactional_db: None) -> Study:
    """An included study with a text, an instrument with its people, and a codebook of two themes."""
    review = make_review()
    found, by = included_study(review), lead(review)
    form = take_instrument(member=by, instrument=instruments()["nos-e"])
    publish(member=by, form=form)
    assign(member=by, study=found, form=form, people=[alice(review), bob(review)])
    make_codebook(member=by, name="Themes", preset="ecological")
    add_code(member=by, name="No mentors", level="Interpersonal", direction="barrier")
    add_code(member=by, name="Lack of time", level="Environmental", direction="barrier")
    add_source(member=by, study=found, kind="results", label="Results", text=TEXT)
    return found


def test_a_study_is_appraised_by_two_and_settled_by_a_third(study: Study, open_for: Open) -> None:
    address = f"/r/{study.review.slug}/appraisal/"
    for member, blinding in ((alice(study.review), "Yes"), (bob(study.review), "No, or not told")):
        page = open_for(member)
        page.goto(address)
        page.get_by_role("link", name="Go on").click()
        for place, answer in enumerate((*ANSWERS[:4], blinding)):
            choice = page.locator("fieldset select[id^='f-']").nth(place)
            choice.select_option(choice.locator("option", has_text=answer).first.get_attribute("value"))
        page.get_by_role("button", name="Submit entry").click()
        page.wait_for_url("**/extraction/**")
        assert Extraction.objects.get().revealed_at is None or member == bob(study.review)
    third = open_for(carol(study.review))
    third.goto(address)
    expect(third.get_by_text("0 of 1 study settled")).to_be_visible()
    third.get_by_role("link", name="Answers").click()
    expect(third.get_by_text("4 of 5 fields equal")).to_be_visible()
    third.get_by_role("button", name="This stands").first.click()
    third.get_by_role("button", name="Lock").click()
    third.goto(address)
    expect(third.get_by_role("cell", name="4 of 6")).to_be_visible()
    expect(third.get_by_role("img", name="NOS-E: appraisal of the included studies")).to_be_visible()
    assert offences(third, "appraisal") == []


def test_two_code_a_study_a_third_settles_and_the_matrix_and_the_figure_tell_it(study: Study, open_for: Open) -> None:
    base, text = f"/r/{study.review.slug}/", SourceText.objects.get()
    one = open_for(alice(study.review))
    one.goto(f"{base}coding/texts/{text.pk}/")
    one.evaluate(SELECT)
    expect(one.get_by_text("Selected: Mentors were few")).to_be_visible()
    one.keyboard.press("1")
    one.get_by_role("button", name="Undo").wait_for()
    one.get_by_label("Sentence 2").check()
    one.keyboard.press("2")
    expect(one.get_by_role("button", name="Take Lack of time off")).to_be_visible()
    wrong = offences(one, "text")
    other = open_for(bob(study.review))
    other.goto(f"{base}coding/texts/{text.pk}/")
    expect(other.locator(".coded")).to_have_count(0)
    other.get_by_label("Sentence 2").check()
    other.get_by_role("button", name="Lack of time").click()
    other.get_by_role("button", name="Undo").wait_for()
    for page in (one, other):
        page.goto(f"{base}coding/studies/{study.pk}/")
        page.get_by_role("button", name="Submit my coding").click()
        page.get_by_text("is submitted").wait_for()
    assert Coding.objects.count() == 3
    third = open_for(carol(study.review))
    third.goto(f"{base}coding/")
    third.get_by_role("link", name="Compare").click()
    expect(third.get_by_text("1 difference left to settle")).to_be_visible()
    wrong += offences(third, "compare")
    third.get_by_role("button", name="As Reviewer 2 has it").click()
    third.get_by_role("button", name="Take back how No mentors was settled").click()
    third.get_by_role("button", name="As Reviewer 1 has it").click()
    expect(third.get_by_text("Everything is settled")).to_be_visible()
    assert CodedStudy.objects.get().settled_at is not None
    third.goto(f"{base}synthesis/")
    third.get_by_role("row", name="No mentors").get_by_role("link", name="1").first.click()
    expect(third.get_by_text("Mentors were few")).to_be_visible()
    third.goto(f"{base}synthesis/figure/")
    figure = third.locator("main svg[role=img]")
    expect(figure).to_contain_text("No mentors")
    expect(figure.locator("desc")).to_contain_text(f"Lack of time ({study.label})")
    assert wrong == []
