"""Conflicts by keys: a colleague is mentioned while one types, an adjudicator rules and the next conflict comes at once."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from screening.conflicts.actions import escalate, record_own_reading
from screening.conflicts.models import Mention
from screening.decisions.models import Item
from screening.reviews.models import Membership
from tests.factories import alice, carol, lead, make_import, make_review, open_screening, settled

pytestmark = pytest.mark.once


def _page(browser: Browser, live_site: str, member: Membership) -> Page:
    client = Client()
    client.force_login(member.user)
    context = browser.new_context(base_url=live_site)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
    return context.new_page()


def test_a_conflict_is_talked_about_and_ruled_on_by_keys(
    transactional_db: None, browser: Browser, live_site: str
) -> None:
    expect.set_options(timeout=20_000)  # a shared machine may be slow
    review = make_review()
    make_import(review, records=2)
    first, second = (settled(review, item, "include", "exclude") for item in open_screening(review))
    leader, judge = lead(review), carol(review)
    page = _page(browser, live_site, alice(review))
    page.goto(f"/r/{review.slug}/conflicts/{first.pk}/")
    page.locator("#text").press_sequentially("It fits, @len")
    expect(page.locator("#live")).to_have_text("1 to mention; press Tab to choose.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("It fits, @Lena Lead ")
    page.reload()
    expect(page.locator("#text")).to_have_value("It fits, @Lena Lead ")
    page.get_by_role("button", name="Agree on Include").click()
    expect(page.get_by_text("You said Include")).to_be_visible()
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator("#latest")).to_contain_text("It fits, @Lena Lead")
    expect(page.locator("#latest")).to_contain_text("Mentions Lena Lead")
    expect(page.locator("#text")).to_have_value("")
    assert Mention.objects.get().member == leader
    for item in (first, second):
        escalate(member=alice(review), item_id=item.pk)
        record_own_reading(member=judge, item_id=item.pk, answers={})
    page = _page(browser, live_site, judge)
    page.goto(f"/r/{review.slug}/rulings/")
    expect(page.locator("[data-open-keys]")).to_be_visible()
    page.keyboard.press("e")
    assert page.url.endswith(f"/rulings/{first.pk}/"), "a ruling without its reason is not sent"
    page.keyboard.press("Escape")
    page.locator("h1").first.click()
    page.keyboard.press("n")
    expect(page.locator("#rationale")).to_be_focused()
    page.keyboard.type("Not asked: in")
    page.keyboard.press("Tab")
    page.keyboard.press("e")
    page.wait_for_url(f"**/rulings/{second.pk}/")
    page.keyboard.press("u")
    expect(page.get_by_text("Put off. Your words are kept")).to_be_visible()
    first.refresh_from_db()
    assert (first.state, first.decision, first.via) == ("final", "exclude", "adjudicator")
    assert Item.objects.get(pk=second.pk).state == "arbitration"
