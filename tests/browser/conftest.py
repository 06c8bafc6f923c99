"""Fixtures that several browser tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from screening.reviews.models import Membership


@pytest.fixture
def open_for(browser: Browser, live_site: str) -> Callable[[Membership], Page]:
    """A page of this member, signed in."""
    expect.set_options(timeout=30_000)

    def opened(member: Membership) -> Page:
        client = Client()
        client.force_login(member.user)
        context = browser.new_context(base_url=live_site, viewport={"width": 1280, "height": 800})
        name = site.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return context.new_page()

    return opened
