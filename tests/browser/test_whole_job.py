"""The whole job, by four people in four browsers: from sign-up to a PRISMA count whose every number is asserted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from screening.decisions.models import Item
from screening.reviews.models import Review
from tests.factories import alice, bob, make_import, make_review, open_screening, reveal
from tests.parts.worker import RunningWorker

PASSWORD = "correct horse battery"
ARTICLES = {
    "mentors": ("Why mentors matter to surgeons who study their teaching", "10.1000/job.1", "Archibald, Dana"),
    "grants": ("Small grants and protected hours for nurse educators", "10.1000/job.2", "Brandt, Jo"),
    "pupils": ("Pupils judge a new anatomy curriculum", "10.1000/job.3", "Costa, Rui"),
    "editorial": ("A call for kinder grading: an opinion", "10.1000/job.4", "Dahl, Eva"),
    "circles": ("Writing circles for physicians: who joins and who leaves", "10.1000/job.5", "Ekholm, Nils"),
    "strategy": ("Teaching strategy of a merged hospital group", "10.1000/job.6", "Farah, Lea"),
    "residents": ("Residents and their first research project: an interview study", "10.1000/job.7", "Garcia, Ana"),
    "students": ("Students rank lecture halls by comfort", "10.1000/job.8", "Hahn, Ulf"),
}
IN_SCOPUS = ("mentors", "grants", "pupils", "editorial", "circles", "strategy")
IN_MEDLINE = ("mentors", "grants", "residents", "students")
VOTES = {  # Alice, Bob
    "mentors": ("i", "i"),
    "grants": ("i", "u"),
    "pupils": ("e", "e"),
    "editorial": ("e", "e"),
    "circles": ("i", "e"),
    "strategy": ("i", "e"),
    "residents": ("i", "i"),
    "students": ("e", "e"),
}


pytestmark = pytest.mark.once


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    ris = "".join(
        f"TY  - JOUR\nAU  - {author}\nTI  - {title}\nJO  - Teaching and Learning in Practice\nPY  - 2019\nVL  - 12\nIS  - 4\n"
        f"SP  - {place}01\nEP  - {place}09\nDO  - {doi}\nLA  - English\nAB  - Made for a test.\nER  - \n\n"
        for place, (title, doi, author) in enumerate((ARTICLES[name] for name in IN_SCOPUS), start=1)
    )
    order = list(ARTICLES)
    nbib = "".join(
        f"PMID- {9900 + place}\nTI  - {title}.\nFAU - {author}\nJT  - Teaching and learning in practice\nDP  - 2019 Apr\n"
        f"VI  - 12\nIP  - 4\nPG  - {place}01-9\nLA  - eng\nPT  - Journal Article\nAID - {doi} [doi]\nAB  - Made for a test.\n\n"
        for place, (title, doi, author) in ((order.index(name) + 1, ARTICLES[name]) for name in IN_MEDLINE)
    )
    found = [tmp_path / "scopus.ris", tmp_path / "medline.nbib"]
    for path, text in zip(found, (ris, nbib), strict=True):
        path.write_text(text)
    return found


@pytest.fixture
def people(browser: Browser, live_site: str) -> Iterator[dict[str, Page]]:
    """One browser context each: nobody shares a cookie."""
    contexts = {name: browser.new_context(base_url=live_site) for name in ("Lena", "Alice", "Bob", "Carol")}
    pages = {name: context.new_page() for name, context in contexts.items()}
    yield pages
    for context in contexts.values():
        context.close()


def _sign_up(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(f"{name} Tester")
    page.get_by_label("E-mail").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button").last.click()


def _set_up(lead: Page) -> str:
    lead.goto("/accounts/signup/")
    _sign_up(lead, "Lena")
    lead.goto("/reviews/new/")
    lead.get_by_label("Title").fill("Taking part in research")
    lead.get_by_role("button", name="Create the review").click()
    slug = Review.objects.get().slug
    lead.goto(f"/r/{slug}/protocol/freeze/")
    lead.get_by_role("button", name=re.compile("Freeze version 1")).click()
    return slug


def _invite(lead: Page, guest: Page, slug: str, name: str, role: str) -> None:
    lead.goto(f"/r/{slug}/team/")
    form = lead.locator("form").filter(has=lead.get_by_role("button", name="Invite", exact=True))
    form.get_by_label("E-mail address").fill(f"{name.lower()}@example.org")
    for box in form.get_by_role("checkbox").all():
        box.set_checked(False)
    form.get_by_label(role, exact=False).first.check()
    form.get_by_role("button", name="Invite", exact=True).click()
    guest.goto(lead.get_by_label("Link to copy").first.input_value())
    guest.get_by_role("link", name="Make an account").click()
    _sign_up(guest, name)
    guest.get_by_role("button", name="Join the review").click()
    expect(guest.get_by_role("status").first).to_contain_text("You joined as")


def _import(lead: Page, slug: str, files: list[Path]) -> None:
    lead.goto(f"/r/{slug}/searches/new/")
    lead.get_by_label("Label").fill("Search 1, August 2022")
    lead.get_by_role("button", name="Add the search").click()
    lead.goto(f"/r/{slug}/searches/1/upload/")
    lead.locator("#files").set_input_files(files)
    lead.get_by_role("button", name="Upload", exact=True).click()
    for place, database in enumerate(("Scopus", "MEDLINE")):
        lead.get_by_label("Database or other source").nth(place).fill(database)
        lead.get_by_label("Searched on").nth(place).fill("2022-08-31")
        lead.get_by_label("Query as it was run").nth(place).fill("medical education research AND engage*")
    lead.get_by_role("button", name="Import 2 files").click()
    _until(lead, f"/r/{slug}/searches/", "10 records")
    _until(lead, f"/r/{slug}/", "2 duplicates")


def _until(page: Page, address: str, words: str) -> None:
    """Come back to the page until the worker is done."""
    for _ in range(180):  # a bell that nobody heard is rung again within a minute
        page.goto(address)
        if words in " ".join(page.locator("main").inner_text().split()):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{words!r} never came on {address}: {page.locator('main').inner_text()}")


def _name_of(title: str) -> str:
    return next(name for name, (known, _, _) in ARTICLES.items() if known == title.rstrip("."))


def _screen(page: Page, slug: str, who: int) -> None:
    """Every record by one key each; the focus is on the next citation afterwards."""
    page.goto(f"/r/{slug}/screening/")
    for _ in range(8):
        heading = page.locator(".citation [data-focus]")
        title = heading.inner_text()
        page.keyboard.press(VOTES[_name_of(title)][who])
        expect(page.get_by_text(title, exact=True)).to_have_count(0)
    expect(page.locator("#screen")).to_contain_text("Nothing to screen")


def _open_conflict(page: Page, slug: str, name: str) -> None:
    page.goto(f"/r/{slug}/conflicts/")
    page.get_by_role("link", name=ARTICLES[name][0]).click()


def _settle_conflicts(people: dict[str, Page], slug: str) -> None:
    _open_conflict(people["Alice"], slug, "circles")
    people["Alice"].get_by_label("Your comment").fill("Physicians say why they leave: the focus is met.")
    people["Alice"].get_by_role("button", name="Add comment").click()
    people["Alice"].get_by_role("button", name="Agree on Include").click()
    _open_conflict(people["Bob"], slug, "circles")
    expect(people["Bob"].get_by_text("Physicians say why they leave")).to_be_visible()
    people["Bob"].get_by_role("button", name="Agree on Include").click()
    expect(people["Bob"].get_by_role("status").first).to_contain_text("You agree on Include")

    _open_conflict(people["Bob"], slug, "strategy")
    people["Bob"].get_by_text("No consensus").click()
    people["Bob"].get_by_role("button", name="Hand it to the adjudicator").click()
    carol = people["Carol"]
    carol.goto(f"/r/{slug}/rulings/")
    expect(carol.locator("main")).not_to_contain_text("Tester")
    carol.locator("input[name=answer_scope][value=not_met]").check()
    carol.get_by_role("button", name="Record my answers").click()
    expect(carol.get_by_text("Reviewer A").first).to_be_visible()
    expect(carol.locator("main")).not_to_contain_text("Tester")
    carol.get_by_label("Rationale, required").fill("It describes a strategy of an organisation only.")
    carol.get_by_role("button", name="Rule Exclude").click()


def _number(slug: str, name: str) -> int:
    review = Review.objects.get(slug=slug)
    found = Item.objects.standing().filter(review=review, stage="ta", record__doi=ARTICLES[name][1]).get()
    return found.record.number


def _retrieve(page: Page, slug: str, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.goto(f"/r/{slug}/report/{_number(slug, 'mentors')}/")
    page.locator("#upload").set_input_files(pdf)
    page.get_by_role("button", name="Upload", exact=True).click()
    for name in ("grants", "residents"):
        page.goto(f"/r/{slug}/report/{_number(slug, name)}/")
        page.get_by_text("Retrieved without a file").click()
        page.get_by_role("button", name="Mark retrieved").click()
    page.goto(f"/r/{slug}/report/{_number(slug, 'circles')}/")
    attempt = page.locator("details", has_text="Log an attempt")
    attempt.get_by_label("Way").fill("E-mail to the authors")
    attempt.get_by_label("Outcome", exact=True).fill("No answer in four weeks")
    page.get_by_role("button", name="Log the attempt").click()
    page.locator("summary", has_text="Not retrieved").click()
    page.get_by_label("No reply", exact=False).check()
    page.get_by_role("button", name="Mark not retrieved").click()


def _review_report(page: Page, slug: str, name: str, decision: str, reason: str = "") -> None:
    page.goto(f"/r/{slug}/fulltexts/review/{_number(slug, name)}/")
    if reason:
        page.locator(f"input[name=reason][value={reason}]").check()
    page.locator(f"button.vote.{decision}").click()
    expect(page.locator("#live")).to_contain_text(f"{decision.capitalize()}d. Record")


def _full_text(people: dict[str, Page], slug: str, review: Review) -> None:
    for who in ("Alice", "Bob"):
        _review_report(people[who], slug, "mentors", "include")
        _review_report(people[who], slug, "grants", "exclude", "focus")
    _review_report(people["Alice"], slug, "residents", "include")
    _review_report(people["Bob"], slug, "residents", "exclude", "population")
    reveal(review)
    for who in ("Alice", "Bob"):
        _open_conflict(people[who], slug, "residents")
        people[who].get_by_label("Reason, if excluded").select_option("population")
        people[who].get_by_role("button", name="Agree on Exclude").click()


EXPECTED = {
    "database_results": 10,
    "register_results": 0,
    "database_specific_results": {"Scopus": 6, "MEDLINE": 4},
    "duplicates": 2,
    "excluded_automatic": 0,
    "excluded_other": 0,
    "records_screened": 8,
    "records_excluded": 4,
    "dbr_sought_reports": 4,
    "dbr_notretrieved_reports": 1,
    "dbr_assessed": 3,
    "dbr_excluded": {"Population": 1, "Focus": 1},
    "new_studies": 1,
    "new_reports": 1,
    "website_results": 0,
    "pending": {"title_abstract": 0, "retrieval": 0, "full_text": 0},
    "provisional": False,
}


def _count(lead: Page, slug: str) -> None:
    lead.goto(f"/r/{slug}/prisma/")
    expect(lead.get_by_text("Final: nothing is pending")).to_be_visible()
    expect(lead.get_by_text("Broken")).to_have_count(0)
    links = lead.locator("table a.n-link").evaluate_all(
        "all => all.map(a => [a.getAttribute('href'), a.textContent.trim()])"
    )
    for address, text in links:
        if "box=" in address:
            lead.goto(address)
            expect(lead.locator(".page-head .sub")).to_contain_text(f"{text} record")
    counts = json.loads(lead.request.get(f"/r/{slug}/prisma/download/json/").text())
    assert {key: counts[key] for key in EXPECTED} == EXPECTED
    assert all(counts["laws"].values())


def test_from_sign_up_to_the_prisma_count(
    people: dict[str, Page], worker: RunningWorker, files: list[Path], tmp_path: Path
) -> None:
    lead = people["Lena"]
    slug = _set_up(lead)
    for name, role in (("Alice", "Reviewer"), ("Bob", "Reviewer"), ("Carol", "Adjudicator")):
        _invite(lead, people[name], slug, name, role)
    _import(lead, slug, files)
    review = Review.objects.get(slug=slug)
    _screen(people["Alice"], slug, 0)
    _screen(people["Bob"], slug, 1)
    reveal(review)
    _settle_conflicts(people, slug)
    _retrieve(people["Alice"], slug, tmp_path)
    _full_text(people, slug, review)
    lead.goto(f"/r/{slug}/studies/")
    lead.get_by_role("button", name=re.compile("^One study per report")).click()
    _count(lead, slug)


@pytest.mark.parametrize("width", [1280, 360])
def test_votes_are_cast_by_forms_alone(browser: Browser, live_site: str, width: int) -> None:
    review = make_review()
    make_import(review, records=2)
    item = open_screening(review)[0]
    for member in (alice(review), bob(review)):
        member.user.set_password(PASSWORD)
        member.user.save()
        with browser.new_context(
            base_url=live_site, java_script_enabled=False, viewport={"width": width, "height": 740}
        ) as context:
            page = context.new_page()
            page.goto(f"/r/{review.slug}/screening/")
            page.get_by_label("E-mail").fill(member.user.email)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.locator("main").get_by_role("button").last.click()
            page.get_by_role("button", name="Exclude").click()
            expect(page.get_by_text("Record 1: you voted Exclude.")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_text("Your vote on record 1 is taken back.")).to_be_visible()
            page.get_by_role("button", name="Include").click()
            expect(page.locator("main h2").first).to_contain_text("part 2")
    item.refresh_from_db()
    assert (item.state, item.decision, item.votes_in) == ("final", "include", 2)
