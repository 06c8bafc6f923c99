"""H and T on the screening page: marks go and nothing typed is lost, tags take no vote; the time in view goes with the vote."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from screening.decisions.models import Tagging, Vote
from screening.decisions.own.actions import set_review_words
from screening.protocol.models import Desk
from screening.reviews.models import Review
from tests.factories import alice, lead, make_import, make_review, open_screening

pytestmark = pytest.mark.once


@pytest.fixture
def review(transactional_db: None) -> Review:
    """Two records wait for Alice; both titles hold a word of the list."""
    made = make_review()
    alice(made)
    set_review_words(member=lead(made), speaks_for="clinician*", speaks_against="")
    make_import(made, records=2)
    open_screening(made)
    return made


@pytest.fixture
def screen(review: Review, browser: Browser, live_site: str) -> Iterator[Page]:
    """Alice's screening page."""
    expect.set_options(timeout=20_000)  # a shared machine may be slow
    client = Client()
    client.force_login(alice(review).user)
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(base_url=live_site) as context:
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        page = context.new_page()
        page.goto(f"/r/{review.slug}/screening/")
        expect(page.locator("[data-open-keys]")).to_be_visible()
        yield page


def _stored_vote(page: Page) -> Vote:
    """The one vote, which the page sends while the next record is already shown."""
    for _ in range(100):
        found = Vote.objects.first()
        if found is not None:
            return found
        page.wait_for_timeout(100)
    raise AssertionError("no vote arrived")


def test_what_is_half_written_stays_over_steps_and_a_reload_until_the_vote(screen: Page) -> None:
    def expect_half_written() -> None:
        expect(screen.locator(".citation .meta a")).to_have_text("Record 1")
        expect(screen.locator("#note")).to_have_value("Half a note")
        expect(screen.locator("[data-criterion='1'] input[value=met]")).to_be_checked()
        expect(screen.locator("[data-suggestion]")).to_contain_text("Your answers suggest Maybe")

    first = screen.get_by_role("radiogroup", name="Population")
    for name in ("Met: ", "Not met: "):  # said by the answer itself: its column has a head for the eyes only
        expect(first.get_by_role("radio", name=re.compile(f"^{name}"))).to_have_count(1)
    screen.locator("#note").fill("Half a note")
    screen.keyboard.press("Escape")
    screen.keyboard.press("1")
    screen.wait_for_function("() => document.getElementById('keeping').dataset.ready?.includes('2')")
    screen.context.set_offline(True)
    for key, number in (("j", 2), ("k", 1)):
        screen.keyboard.press(key)
        expect(screen.locator(".citation .meta a")).to_have_text(f"Record {number}")
    expect_half_written()
    screen.keyboard.press("t")
    screen.keyboard.type("later")
    screen.keyboard.press("Enter")
    expect(screen.locator("#tag-sheet [role=alert]")).to_contain_text("The site cannot be reached")
    screen.context.set_offline(False)
    screen.reload()
    expect_half_written()
    screen.keyboard.press("u")
    assert _stored_vote(screen).note == "Half a note"
    kept = screen.evaluate("() => Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))")
    assert kept == [], "what went with a vote is kept no longer"


def test_h_and_t_do_their_work_beside_the_vote(screen: Page) -> None:
    words = screen.locator(".citation h2 mark")
    expect(words).to_have_text("clinicians (speaks for inclusion)")
    screen.locator("#note").fill("Half a note")
    screen.locator("h2[data-focus]").focus()
    screen.keyboard.press("h")
    expect(words).to_have_count(0)
    expect(screen.locator("#note")).to_have_value("Half a note")
    screen.keyboard.press("t")
    expect(screen.locator("#tag-new")).to_be_focused()
    screen.keyboard.type("include")
    screen.keyboard.press("Enter")
    expect(screen.locator("#own-tags")).to_contain_text("My tags: include")
    expect(screen.locator("#live")).to_have_text("Tags: include.")
    screen.keyboard.press("t")
    screen.locator("#tag-sheet input[type=checkbox]").focus()
    screen.keyboard.press("i")
    screen.keyboard.press("Escape")
    screen.keyboard.press("h")
    expect(words).to_have_count(1)
    assert not Vote.objects.exists(), "no key votes while the sheet is open"
    screen.wait_for_timeout(1_100)
    screen.keyboard.press("u")
    expect(screen.locator(".citation .meta a")).to_have_text("Record 2")
    vote = _stored_vote(screen)
    assert (vote.decision, vote.note) == ("maybe", "Half a note")
    assert vote.seconds is not None
    assert 1 <= vote.seconds <= 60
    assert Tagging.objects.get().name == "include"
    assert Desk.objects.get().highlights_on
