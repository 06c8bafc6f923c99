"""Ten files at once, one of them wrong: nine are stored, the wrong one is refused with one sentence, and every sum closes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from screening.imports.models import Import
from screening.prisma.check import check
from screening.records.queue import records_in
from screening.reviews.models import Review
from tests.factories import lead, make_review
from tests.parts.worker import RunningWorker
from tests.screening.imports.uploads import search

pytestmark = pytest.mark.once

DATA = Path(__file__).parents[1] / "data" / "imports"
WRONG = "html_sign_in.ris"
FILES = {  # records, rejected
    "csl.json": (2, 2),
    "endnote.xml": (2, 2),
    "nbib_pubmed.nbib": (2, 0),
    "pubmed.xml": (2, 0),
    "wos.txt": (2, 0),
    "ovid_labels.txt": (1, 0),
    "endnote_cnki.txt": (2, 0),
    "csv_cnki_gb18030.csv": (1, 0),
    "dimensions.xlsx": (2, 0),
}
SENTENCE = "This is a sign-in page, not an export: log in again and export the results as RIS."
AS_A_DROP = """files => {
  const all = new DataTransfer();
  for (const { name, content } of files) {
    all.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { lastModified: 1 }));
  }
  return all;
}"""


@pytest.fixture
def review(transactional_db: None) -> Review:
    """A review with one search and no file."""
    made = make_review()
    search(made)
    return made


@pytest.fixture(params=[(1280, True), (360, True), (360, False)], ids=["wide", "narrow", "narrow, without JavaScript"])
def page(request: pytest.FixtureRequest, review: Review, browser: Browser, live_site: str) -> Iterator[Page]:
    """The lead's upload page."""
    expect.set_options(timeout=30_000)  # a shared machine may be slow
    width, scripts = request.param
    client = Client()
    client.force_login(lead(review).user)
    name = settings.SESSION_COOKIE_NAME
    size = {"width": width, "height": 760}
    with browser.new_context(base_url=live_site, viewport=size, java_script_enabled=scripts) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        opened = context.new_page()
        opened.goto(f"/r/{review.slug}/searches/1/upload/")
        yield opened


def _scripts(page: Page) -> bool:
    return bool(page.locator("html").evaluate("() => matchMedia('(scripting: enabled)').matches"))


def _drop(page: Page, names: list[str]) -> None:
    files = [{"name": name, "content": base64.b64encode((DATA / name).read_bytes()).decode()} for name in names]
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": page.evaluate_handle(AS_A_DROP, files)})


def _fits(page: Page) -> bool:
    return bool(page.locator("html").evaluate("root => root.scrollWidth <= root.clientWidth"))


def _choose(page: Page) -> None:
    """With scripts in two drops, of which the second brings one file again; else through the file dialogue."""
    names = [*FILES, WRONG]
    if not _scripts(page):
        page.locator("#files").set_input_files([DATA / name for name in names])
        return
    _drop(page, names[:6])
    _drop(page, names[5:])
    for name in names:
        expect(page.locator("[data-chosen]")).to_contain_text(name)


def _describe(page: Page) -> None:
    sources = page.get_by_label("Database or other source")
    expect(sources).to_have_count(len(FILES))  # all() would take what a page still on its way has brought
    for field in sources.all():
        field.fill(field.input_value() or "Scopus")
    page.get_by_label("Searched on").first.fill("2022-08-31")
    page.get_by_label("Query as it was run").first.fill("medical education research AND engage*")
    assert _fits(page)
    page.get_by_role("button", name="Import 9 files").click()
    expect(page.locator(".stages")).to_have_count(len(FILES))


def _wait(page: Page) -> None:
    """Until every stage of every file is done: by itself with scripts, by loading the page again without."""
    done = page.locator(".stages [data-where=done]")
    if _scripts(page):
        page.evaluate("window.sameDocument = true")
        expect(done).to_have_count(4 * len(FILES))
        assert page.evaluate("window.sameDocument"), "the page was loaded anew"
        expect(page.locator("#live")).to_have_text("9 of 9 files stored.")
        return
    for _ in range(60):
        if done.count() == 4 * len(FILES):
            return
        page.wait_for_timeout(500)
        again = page.get_by_role("link", name="Show the present state")
        if again.count():
            again.click()
    raise AssertionError(page.locator("#imports").inner_text())


def test_ten_files_at_once_of_which_one_is_wrong(review: Review, page: Page, worker: RunningWorker) -> None:
    _choose(page)
    page.get_by_role("button", name="Upload", exact=True).click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("1 file could not be taken. Nothing of it was stored.")
    assert refused.locator("li").all_inner_texts() == [f"{WRONG}: {SENTENCE}"]
    assert page.locator("#waiting ~ ul bdi").all_inner_texts() == list(FILES)
    assert _fits(page)
    page.get_by_role("link", name="Describe them").click()
    _describe(page)
    _wait(page)
    assert _fits(page)
    for name, (records, rejected) in FILES.items():
        shown = page.locator("#imports li", has=page.get_by_role("link", name=name, exact=True))
        expect(shown).to_contain_text(f"{records + rejected} = {records} imported + {rejected} rejected")
    stored = Import.objects.filter(review=review, state="stored").values_list("file_name", "parsed", "rejected")
    assert {name: (parsed, rejected) for name, parsed, rejected in stored} == FILES
    assert records_in(review).count() == sum(records for records, _ in FILES.values())
    assert check(review).violations == []
