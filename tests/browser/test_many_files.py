"""U6: too many files are told before they are sent, and by the site where scripts are off."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from screening.fulltexts.models import ReportFile
from tests.factories import alice, included_record, make_review

pytestmark = pytest.mark.once

FILES = [{"name": f"{n}.pdf", "mimeType": "application/pdf", "buffer": b"%%PDF-1.4 %d" % n} for n in range(3)]


@pytest.mark.parametrize("scripts", [True, False])
def test_three_files_where_two_fit_are_told_and_two_of_them_are_stored(
    transactional_db: None, browser: Browser, live_site: str, settings: Settings, scripts: bool
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    review = make_review()
    record = included_record(review)
    client = Client()
    client.force_login(alice(review).user)
    name = site.SESSION_COOKIE_NAME
    with browser.new_context(base_url=live_site, java_script_enabled=scripts) as context:
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        page = context.new_page()
        page.goto(f"/r/{review.slug}/report/{record.number}/")
        page.locator("#upload").set_input_files(FILES)  # type: ignore[arg-type]
        if scripts:
            expect(page.locator("[data-chosen]")).to_have_text("These are 3 files. Send at most 2 at a time.")
        page.get_by_role("button", name="Upload", exact=True).click()
        if not scripts:
            expect(page.locator("[data-sentence]")).to_contain_text("At most 2 files can be sent at a time")
            page.get_by_role("link", name="Back").click()
        assert not ReportFile.objects.exists()
        page.locator("#upload").set_input_files(FILES[:2])  # type: ignore[arg-type]
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("1.pdf is stored")
    assert ReportFile.objects.count() == 2
