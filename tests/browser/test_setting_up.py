"""From nothing to a team that may screen: sign up, a review from the preset, the freeze, an invitation, all by forms alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from screening.protocol.versions import active_protocol
from screening.reviews.models import Review

pytestmark = pytest.mark.once

PASSWORD = "correct horse battery"


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def person(request: pytest.FixtureRequest, browser: Browser, live_site: str) -> Iterator[BrowserContext]:
    """A phone without or with JavaScript."""
    context = browser.new_context(
        base_url=live_site, java_script_enabled=request.param, viewport={"width": 360, "height": 740}
    )
    yield context
    context.close()


def sign_up(page: Page, name: str, email: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button").last.click()


def fits(page: Page) -> bool:
    return bool(page.locator("html").evaluate("root => root.scrollWidth <= root.clientWidth"))


def test_a_lead_sets_up_a_review_and_an_invited_person_joins_it(person: BrowserContext, browser: Browser) -> None:
    page = person.new_page()
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    sign_up(page, "Lena Lead", "lena@example.org")
    page.get_by_role("link", name="New review").click()
    page.get_by_label("Title").fill("Taking part in research")
    page.get_by_role("button", name="Create the review").click()
    page.get_by_role("link", name="Add a criterion").click()
    page.get_by_label("Short name").fill("Setting")
    page.get_by_label("Met when", exact=False).first.fill("In a hospital")
    page.get_by_role("button", name="Add the criterion").click()
    page.get_by_role("button", name="Up Setting").click()
    page.get_by_role("link", name="Freeze version 1").click()
    page.get_by_role("button", name="Freeze version 1").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 1 is frozen")
    version = active_protocol(Review.objects.get())
    assert version is not None
    assert [criterion.label for criterion in version.criteria.all()][-2:] == ["Setting", "Scope"]

    page.goto(f"/r/{version.review.slug}/team/")
    assert fits(page)
    page.get_by_label("E-mail address").fill("dana@example.org")
    page.get_by_label("Reviewer: screens and votes").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_label("Link to copy").input_value()

    with browser.new_context() as context:
        guest = context.new_page()
        guest.goto(link)
        guest.get_by_role("link", name="Make an account").click()
        sign_up(guest, "Dana Stranger", "dana@example.org")
        guest.get_by_role("button", name="Join the review").click()
        expect(guest.get_by_role("status").first).to_contain_text("You joined as reviewer")
        expect(guest.get_by_role("heading", level=1)).to_have_text("Taking part in research")
