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
    """Eight records wait for Alice."""
    made = make_review()
    alice(made)
    make_import(made, records=8)
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


def _saved(page: Page) -> None:
    """Wait until nothing of this browser is still to be sent."""
    page.wait_for_function("() => Object.keys(localStorage).every((name) => !name.startsWith('unsent'))")


def test_k4_a_key_presses_its_button(screen: Page) -> None:
    for number, key in enumerate("iyumeE", start=1):
        screen.keyboard.press(key)
        _expect_record(screen, number + 1)
    _saved(screen)
    votes = Vote.objects.order_by("item__record__number").values_list("decision", flat=True)
    assert list(votes) == ["include", "include", "maybe", "maybe", "exclude", "exclude"]


def test_k5_after_a_vote_the_focus_is_on_the_next_heading_and_one_region_speaks(screen: Page) -> None:
    screen.keyboard.press("e")
    _expect_record(screen, 2)
    expect(screen.locator(".citation h2")).to_be_focused()
    expect(screen.locator("#live")).to_have_text(re.compile(r"^Excluded\. Record 1.*Next: record 2\."))
    expect(screen).to_have_title(re.compile("^Record 2, title and abstract screening"))


def test_k1_no_other_key_votes(screen: Page) -> None:
    for key in ["x", "a", "r", "s", "d", "0", "Enter", "Escape", "n"]:
        screen.keyboard.press(key)
    screen.wait_for_timeout(300)
    assert _number(screen) == 1
    assert not Vote.objects.exists()


def test_k3_keys_are_letters_while_one_writes(screen: Page) -> None:
    screen.locator("#note").press_sequentially("yes, i see")
    expect(screen.locator("#note")).to_have_value("yes, i see")
    assert not Vote.objects.exists()


def test_k3_keys_with_modifiers_repeats_and_composition_are_left_alone(screen: Page) -> None:
    send = "more => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'i', bubbles: true, ...more}))"
    for name in ("ctrlKey", "altKey", "metaKey", "repeat", "isComposing"):
        screen.evaluate(send, {name: True})
    screen.evaluate(send, {"keyCode": 229})
    screen.wait_for_timeout(300)
    assert not Vote.objects.exists()
    screen.evaluate(send, {})
    _expect_record(screen, 2)


def test_j_k_and_the_arrows_move_and_n_opens_the_note_without_a_vote(screen: Page) -> None:
    for key, number in (("j", 2), ("ArrowRight", 3), ("k", 2), ("ArrowLeft", 1), ("k", 1), ("j", 2)):
        screen.keyboard.press(key)
        _expect_record(screen, number)
    screen.keyboard.press("n")
    screen.keyboard.type("ie")
    expect(screen.locator("#note")).to_have_value("ie")
    screen.keyboard.press("Escape")
    expect(screen.locator(".citation h2")).to_be_focused()
    assert not Vote.objects.exists()


def test_k3_keys_rest_while_the_list_of_keys_is_open(screen: Page) -> None:
    screen.keyboard.press("?")
    dialog = screen.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("term")).to_contain_text(["?", "I Y", "U M", "E", "N", "P", "K ←", "J →", "T"])
    expect(dialog.get_by_role("definition")).to_contain_text(
        ["Keys", "Include", "Maybe", "Exclude", "Note", "Postpone", "Previous", "Next", "Tag"]
    )
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
    with screen.expect_navigation():  # the page before says "saved" as well
        screen.get_by_role("button", name="Turn single keys on").click()
    expect(screen.locator("[data-open-keys]")).to_be_visible()
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
    _saved(screen)
    assert not Vote.objects.filter(item__record__number=1, withdrawn_at=None).exists()
    screen.keyboard.press("e")
    _expect_record(screen, 2)
    bar = screen.locator(".undo-bar")
    expect(bar).to_be_visible()
    screen.clock.fast_forward(7_000)
    expect(bar).to_be_hidden()
    screen.keyboard.press("z")
    _expect_record(screen, 2)
    _saved(screen)
    assert Item.objects.get(record__number=1).votes_in == 1
