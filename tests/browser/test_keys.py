"""K1 to K6: single keys press what can be seen, and nothing else; off means off; focus, voice and undo follow a vote."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from reviewapp.accounts.models import User
from screening.decisions.models import Item, Vote
from screening.protocol.suggest import suggest
from screening.protocol.versions import active_protocol, criteria_for
from screening.reviews.models import Review
from tests.factories import alice, make_import, make_review, open_screening

pytestmark = pytest.mark.once


@pytest.fixture
def review(transactional_db: None) -> Review:
    """Three records wait for Alice."""
    made = make_review()
    alice(made)
    make_import(made, records=3)
    open_screening(made)
    return made


@pytest.fixture
def screen(review: Review, browser: Browser, live_site: str) -> Iterator[Page]:
    """Alice's screening page."""
    expect.set_options(timeout=20_000)  # a shared machine may be slow
    client = Client()
    client.force_login(User.objects.get(email="alice@example.org"))
    name = settings.SESSION_COOKIE_NAME
    with browser.new_context(base_url=live_site) as context:
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        page = context.new_page()
        page.goto(f"/r/{review.slug}/screening/")
        expect(page.locator("[data-open-keys]")).to_be_visible()
        yield page


def _number(page: Page) -> int:
    words = page.locator(".citation .meta a").inner_text()
    return int(words.removeprefix("Record "))


def _expect_record(page: Page, number: int) -> None:
    expect(page.locator(".citation .meta a")).to_have_text(f"Record {number}")


@pytest.mark.parametrize(
    ("key", "decision"),
    [("i", "include"), ("y", "include"), ("u", "maybe"), ("m", "maybe"), ("e", "exclude"), ("E", "exclude")],
)
def test_k4_a_key_presses_its_button(screen: Page, key: str, decision: str) -> None:
    screen.keyboard.press(key)
    _expect_record(screen, 2)
    vote = Vote.objects.get()
    assert (vote.item.record.number, vote.decision) == (1, decision)


def test_k5_after_a_vote_the_focus_is_on_the_next_heading_and_one_region_speaks(screen: Page) -> None:
    screen.keyboard.press("e")
    _expect_record(screen, 2)
    expect(screen.locator(".citation h2")).to_be_focused()
    expect(screen.locator("#live")).to_have_text(re.compile(r"^Excluded\. Record 1.*Next: record 2\."))
    expect(screen).to_have_title(re.compile("^Record 2, title and abstract screening"))


def test_k1_no_other_key_votes(screen: Page) -> None:
    for key in ["n", "x", "a", "r", "s", "d", "0", "Enter", "Escape", "ArrowRight"]:
        screen.keyboard.press(key)
    screen.wait_for_timeout(300)
    assert _number(screen) == 1
    assert not Vote.objects.exists()


def test_k3_keys_are_letters_while_one_writes(screen: Page) -> None:
    screen.locator("#note").press_sequentially("yes, i see")
    expect(screen.locator("#note")).to_have_value("yes, i see")
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "event",
    [
        {"ctrlKey": True}, {"altKey": True}, {"metaKey": True}, {"repeat": True}, {"isComposing": True}, {"keyCode": 229},
    ],
)  # fmt: skip
def test_k3_keys_with_modifiers_repeats_and_composition_are_left_alone(screen: Page, event: dict[str, object]) -> None:
    send = "more => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'i', bubbles: true, ...more}))"
    screen.evaluate(send, event)
    screen.wait_for_timeout(300)
    assert not Vote.objects.exists()
    screen.evaluate(send, {})
    _expect_record(screen, 2)


def test_k3_keys_rest_while_the_list_of_keys_is_open(screen: Page) -> None:
    screen.keyboard.press("?")
    dialog = screen.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("term")).to_contain_text(["?", "I Y", "U M", "E", "J"])
    expect(dialog.get_by_role("definition")).to_contain_text(["Keys", "Include", "Maybe", "Exclude", "Postpone"])
    screen.keyboard.press("i")
    screen.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert not Vote.objects.exists()


def test_k2_keys_switched_off_in_the_list_stay_off_and_can_come_back(screen: Page, review: Review) -> None:
    screen.keyboard.press("?")
    screen.get_by_role("button", name="Turn single keys off").click()
    expect(screen.get_by_role("status").first).to_contain_text("preferences are saved")
    assert User.objects.get(email="alice@example.org").shortcuts_on is False
    for key in ("i", "1", "?"):
        screen.keyboard.press(key)
    screen.wait_for_timeout(300)
    assert not Vote.objects.exists()
    expect(screen.locator("input:checked[value=met]")).to_have_count(0)
    screen.locator("[data-open-keys]").click()
    screen.get_by_role("button", name="Turn single keys on").click()
    expect(screen.get_by_role("status").first).to_contain_text("preferences are saved")
    screen.keyboard.press("i")
    _expect_record(screen, 2)


def test_digits_cycle_the_answers_and_suggest_what_the_server_suggests(screen: Page, review: Review) -> None:
    version = active_protocol(review)
    assert version is not None
    criteria = criteria_for(version, "ta")
    given: dict[str, str] = {}
    for presses in ("1", "2", "22", "3", "4", "5", "6", "7", "2", "2"):
        for place in presses:
            screen.keyboard.press(place)
            key = criteria[int(place) - 1].key
            given[key] = {"": "met", "met": "not_met", "not_met": "unclear", "unclear": ""}[given.get(key, "")]
        said = suggest(given, list(criteria))
        expect(screen.locator("[data-suggestion]")).to_have_text(said.sentence)
        outlined = screen.locator(".vote.suggested").evaluate_all("all => all.map(one => one.value)")
        assert outlined == ([said.decision] if said.decision else [])
    assert not Vote.objects.exists()


def test_k6_z_undoes_and_the_bar_goes_when_its_time_is_over(screen: Page) -> None:
    screen.clock.install()
    screen.keyboard.press("i")
    _expect_record(screen, 2)
    screen.keyboard.press("z")
    _expect_record(screen, 1)
    assert not Vote.objects.filter(item__record__number=1, withdrawn_at=None).exists()
    screen.keyboard.press("e")
    _expect_record(screen, 2)
    bar = screen.locator(".undo-bar")
    expect(bar).to_be_visible()
    screen.clock.fast_forward(7_000)
    expect(bar).to_be_hidden()
    screen.keyboard.press("z")
    _expect_record(screen, 2)
    assert Item.objects.get(record__number=1).votes_in == 1


def test_a_lost_connection_is_said_beside_the_form_and_the_vote_can_be_pressed_again(screen: Page) -> None:
    screen.context.set_offline(True)
    screen.keyboard.press("i")
    expect(screen.get_by_role("alert")).to_contain_text("cannot be reached. Nothing was stored")
    assert not Vote.objects.exists()
    screen.context.set_offline(False)
    screen.keyboard.press("i")
    _expect_record(screen, 2)
    expect(screen.get_by_role("alert")).to_have_count(0)


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(screen: Page, review: Review) -> None:
    screen.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    screen.keyboard.press("i")
    expect(screen).to_have_url(re.compile(rf"/accounts/login/\?next=/r/{review.slug}/screening/"))
    assert not Vote.objects.exists()
