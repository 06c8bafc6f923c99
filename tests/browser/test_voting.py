"""Votes by keys, by touch and over a cut line: shown at once, stored once, and told where they are not (P31, K3, K5, K6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reviewapp.accounts.models import User
from screening.decisions.models import Item, Postponed, Vote
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, make_import, make_review, open_screening, vote

pytestmark = pytest.mark.once

SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    for (const { node } of one.sources) window.shifts.push((node?.nodeType === 1 ? node : node?.parentElement)?.outerHTML.slice(0, 80));
  }))
    .observe({ type: "layout-shift" });
}"""


@pytest.fixture
def review(transactional_db: None) -> Review:
    """Twelve records wait for Alice and for Bob."""
    expect.set_options(timeout=20_000)  # a shared machine may be slow
    made = make_review()
    alice(made)
    make_import(made, records=12)
    open_screening(made)
    return made


def _sign_in(context: BrowserContext, member: Membership, site: str) -> None:
    client = Client()
    client.force_login(member.user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


@contextmanager
def _opened(browser: Browser, site: str, review: Review, **looks: object) -> Iterator[Page]:
    with browser.new_context(base_url=site, **looks) as context:  # type: ignore[arg-type]
        _sign_in(context, alice(review), site)
        page = context.new_page()
        _go(page, review)
        yield page


def _go(page: Page, review: Review) -> None:
    """Open the page and wait until the next records are there."""
    page.goto(f"/r/{review.slug}/screening/")
    page.wait_for_function("() => document.getElementById('keeping').dataset.ready")


def _expect_record(page: Page, number: int) -> None:
    expect(page.locator(".citation .meta a")).to_have_text(f"Record {number}")


def _expect_votes(page: Page, review: Review, decisions: str) -> None:
    """Alice's active votes by record number, the first letter of each, once all have arrived."""
    page.wait_for_function("() => Object.keys(localStorage).every((name) => !name.startsWith('unsent'))")
    votes = Vote.objects.active().filter(reviewer=alice(review)).order_by("item__record__number")
    assert "".join(vote.decision[0] for vote in votes) == decisions


def test_a_hundred_votes_by_keys_alone(review: Review, browser: Browser, live_site: str) -> None:
    make_import(review, records=90)
    open_screening(review)
    with _opened(browser, live_site, review) as page:
        page.evaluate(SHIFTS)
        bar = page.locator(".votes").bounding_box()
        for number in range(1, 101):
            page.keyboard.press("ieu"[number % 3])
            page.wait_for_selector(f"#screen[data-number='{number + 1}']", state="attached")
        assert page.locator(".votes").bounding_box() == bar
        assert page.evaluate("window.shifts") == []
        expect(page.locator(".citation h2")).to_be_focused()
        expect(page.get_by_role("status").last).to_have_text("Excluded. Record 100. Next: record 101.")
        expect(page).to_have_title(re.compile("^Record 101, title and abstract screening"))
        _expect_votes(page, review, ("emi" * 34)[:100])


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def _swipe(page: Page, dx: int, dy: int = 0) -> None:
    """One finger on the citation, as the browser gets it from a touch screen."""
    cdp = page.context.new_cdp_session(page)
    x, y = 180, 330
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 6):
        point = {"x": x + dx * part / 5, "y": y + dy * part / 5}
        cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_by_touch_a_swipe_votes_a_scroll_does_not_and_a_thumb_reaches_every_button(
    review: Review, browser: Browser, live_site: str
) -> None:
    with _opened(browser, live_site, review, **PHONE) as page:
        expect(page.get_by_text("Swipe right to include")).to_be_visible()
        _swipe(page, 170)
        _expect_record(page, 2)
        _swipe(page, -170)
        _expect_record(page, 3)
        _expect_votes(page, review, "ie")
        page.wait_for_timeout(1000)  # a browser takes a touch right after a swipe for the end of it
        page.get_by_role("button", name="Undo").tap()
        _expect_record(page, 2)
        for dx, dy in ((60, 0), (90, -200), (0, -250)):
            _swipe(page, dx, dy)
        _expect_record(page, 2)
        for name in ("Include", "Maybe", "Exclude"):
            box = page.get_by_role("button", name=name).bounding_box()
            assert box
            assert (box["height"] >= 48, box["y"] > 640) == (True, True), name
        page.get_by_role("button", name="Maybe").tap()
        _expect_record(page, 3)
        page.get_by_role("button", name="Turn swiping off").tap()
        _swipe(page, 170)
        expect(page.get_by_text("Swipe right to include")).to_be_hidden()
        _expect_record(page, 3)
        _expect_votes(page, review, "im")


def test_p31_votes_over_a_cut_line_wait_in_the_browser_and_arrive_once_even_after_the_page_was_closed(
    review: Review, browser: Browser, live_site: str
) -> None:
    with _opened(browser, live_site, review) as page:
        for key, number in (("i", 2), ("e", 3)):
            page.keyboard.press(key)
            _expect_record(page, number)
        _expect_votes(page, review, "ie")
        page.context.set_offline(True)
        for key, number in (("u", 4), ("i", 5), ("p", 6), ("i", 7), ("z", 6), ("e", 7)):
            page.keyboard.press(key)
            _expect_record(page, number)
        notice = page.get_by_role("status", name="Votes in this browser")
        expect(notice).to_contain_text("3 votes and 1 record put off not yet saved")
        assert Vote.objects.count() == 2
        page.context.set_offline(False)
        expect(notice).to_be_hidden()
        _expect_votes(page, review, "iemie")
        page.route("**/vote/", lambda route: (route.fetch(), route.abort()))  # stored, but the answer is lost
        page.keyboard.press("u")
        _expect_record(page, 8)
        expect(notice).to_contain_text("1 vote not yet saved")
        page.close(run_before_unload=False)
        again = page.context.new_page()
        again.goto(f"/r/{review.slug}/screening/")
        _expect_record(again, 8)
        _expect_votes(again, review, "iemiem")
        assert Postponed.objects.get().item.record.number == 5
        assert Vote.objects.count() == 6, "one row a vote: the undone one was never sent"


def test_two_tabs_of_one_person_are_told_the_truth(review: Review, browser: Browser, live_site: str) -> None:
    with _opened(browser, live_site, review) as one:
        other = one.context.new_page()
        _go(other, review)
        one.keyboard.press("i")
        _expect_record(one, 2)
        _expect_votes(one, review, "i")
        other.keyboard.press("e")
        _expect_record(other, 2)
        notice = other.get_by_role("status", name="Votes in this browser")
        expect(notice).to_contain_text("Record 1: You have voted Include on this record in another tab.")
        notice.get_by_role("button", name="I have read this").click()
        expect(notice).to_be_hidden()
        other.keyboard.press("u")
        _expect_record(other, 3)
        _expect_votes(other, review, "im")
        one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(one.get_by_role("alert")).to_contain_text("Record 2 waits no longer for your vote")
        _expect_record(one, 3)


def test_an_undo_that_comes_too_late_is_told_once_with_its_cause(
    review: Review, browser: Browser, live_site: str
) -> None:
    with _opened(browser, live_site, review) as page:
        page.keyboard.press("i")
        _expect_record(page, 2)
        _expect_votes(page, review, "i")
        vote(bob(review), Item.objects.get(record__number=1), "exclude")
        page.keyboard.press("z")
        notice = page.get_by_role("status", name="Votes in this browser")
        expect(notice).to_contain_text("Record 1: The last vote has come in")
        _expect_record(page, 2)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_votes_of_whoever_was_signed_out_wait_for_them_and_are_sent_as_nobody_else(
    review: Review, browser: Browser, live_site: str
) -> None:
    with _opened(browser, live_site, review) as page:
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        page.keyboard.press("i")
        _expect_record(page, 2)
        notice = page.get_by_role("status", name="Votes in this browser")
        expect(notice).to_contain_text("You are signed out. 1 vote not yet saved")
        _sign_in(page.context, bob(review), live_site)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(notice).to_contain_text("Somebody else is signed in here now. 1 vote not yet saved")
        other = page.context.new_page()
        _go(other, review)
        expect(other.get_by_role("status", name="Votes in this browser")).to_have_count(0)
        assert not Vote.objects.exists()
        _sign_in(page.context, alice(review), live_site)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(notice).to_be_hidden()
        _expect_votes(page, review, "i")
        page.context.set_offline(True)
        page.keyboard.press("e")
        page.get_by_text("Alice Archer").click()
        page.get_by_role("button", name="Sign out").click()
        expect(notice).to_contain_text("You are still signed in, so that nothing is lost.")
        page.context.set_offline(False)
        _expect_votes(page, review, "ie")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_a_card_of_the_list_is_voted_on_in_its_place_by_the_keys_of_the_one_with_the_focus(
    review: Review, browser: Browser, live_site: str
) -> None:
    User.objects.filter(pk=alice(review).user.pk).update(screens_by_list=True)
    with browser.new_context(base_url=live_site) as context:
        _sign_in(context, alice(review), live_site)
        page = context.new_page()
        page.goto(f"/r/{review.slug}/screening/")
        expect(page.locator("[data-open-keys]")).to_be_visible()
        for key in "ej11":  # none has the focus yet, then the first, of which a criterion is not met
            page.keyboard.press(key)
        expect(page.locator("#card-1 .vote.suggested")).to_have_text(re.compile("Exclude"))
        page.keyboard.press("t")
        expect(page.locator("#tag-new-1")).to_be_focused()
        page.keyboard.type("include")
        page.keyboard.press("Enter")
        expect(page.locator("#tags-1 summary")).to_contain_text("include")
        for key in "ji":  # the second is included
            page.keyboard.press(key)
        card = page.locator("#card-2")
        expect(card).to_contain_text("Record 2: you voted Include.")
        expect(page.locator("#card-3")).to_be_focused()
        for key in "kzue":
            page.keyboard.press(key)
        expect(page.locator("#live")).to_have_text("Excluded. Record 3. Next: record 4.")
        _expect_votes(page, review, "me")


def test_the_names_of_the_preset_criteria_are_not_broken_inside_a_word(
    browser: Browser, live_site: str, review: Review
) -> None:
    """A column too narrow for Publication wrote it as "Publicatio" and "n"."""
    with _opened(browser, live_site, review, viewport={"width": 1280, "height": 800}) as page:
        names = page.locator("#screen .criterion .name")
        expect(names.filter(has_text="Publication type")).to_have_count(1)
        wanted = names.evaluate_all(
            "all => all.filter((one) => { const had = one.querySelector(':scope > :last-child') ?? one;"
            " had.style.overflowWrap = 'normal'; return had.scrollWidth > had.clientWidth; }).map((one) => one.textContent)"
        )
        assert wanted == []
