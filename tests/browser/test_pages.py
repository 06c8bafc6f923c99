"""FE1, V5, V6: every page of the demo review keeps the policy, reads well and fits wide and narrow screens, light and dark, and paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Browser, Page

from extraction.appraisal.actions import take_instrument
from extraction.appraisal.instruments import instruments
from extraction.tables.actions import publish
from extraction.tables.models import Form
from reviewapp.accounts.models import User
from reviewapp.demo.load import load_demo
from screening.amendments.actions import propose, take_up
from screening.conflicts.queue import open_conflicts
from screening.decisions.queue import next_item
from screening.decisions.verdict import Stage
from screening.fulltexts.actions import add_file
from screening.fulltexts.models import Report
from screening.imports.models import Import
from screening.protocol.actions import edit_criterion
from screening.records.models import Record, Standing
from screening.reviews.models import Membership, Review
from tests.factories import run_jobs
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.once

#: Of each broken rule its name and the first element; without what costs time and is told to nobody.
BROKEN_RULES = """axe.run({resultTypes: ["violations"], preload: false, selectors: false})
    .then((told) => told.violations.map((rule) => [rule.id, rule.nodes[0].html]))"""

VISITOR = (
    "/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nowhere/", "/api/",
)  # fmt: skip
ACCOUNT = (
    "/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/", "/account/tokens/", "/accounts/logout/",
    "/reviews/new/",
)  # fmt: skip
READING = (
    "", "protocol/", "searches/", "records/", "records/1/", "duplicates/", "prisma/", "agreement/", "team/", "history/", "conflicts/",
    "fulltexts/", "studies/", "coding/", "codebook/", "exports/", "manuscript/", "letters/", "proposals/",
    "amendments/2/", "amendments/2/focus/ta/include/",
    "forms/", "appraisal/",
    "synthesis/", "synthesis/figure/", "synthesis/characteristics/", "synthesis/quotes/", "synthesis/together/",
)  # fmt: skip
LEADING = (
    "team/work/title-abstract/", "team/pilot/title-abstract/", "team/rescreen/title-abstract/",
    "progress/", "publications/", "votes-made-elsewhere/",
    "forms/new/",
    "settings/", "searches/new/", "searches/1/upload/", "archive/", "prisma/columns/", "duplicates/check/", "duplicates/merged/rule/",
    "protocol/1/", "duplicates/apart/", "duplicates/numbers/", "fulltexts/library/", "records/automation/", "records/1/title/",
)  # fmt: skip
SCREENING = (
    "screening/again/title-abstract/",
    "screening/",
    "screening/lists/my-votes/",
    "screening/mine/",
    "screening/time/",
    "words/?derive=1",
    "fulltexts/review/",
    "fulltexts/review/lists/my-votes/",
)
RULING = ("rulings/",)
WIDE, NARROW, PAPER = 1280, 360, 718  # paper: A4 upright between its margins
SHRUNK = 1.5  # what is printed may be as much wider: browsers make it smaller, and the widest tables lie on their side
AXE = Axe()


@pytest.fixture
def review(transactional_db: None) -> Review:
    """The demo review, half-way through."""
    return load_demo().reviews[0]


def _visits(review: Review) -> Iterator[tuple[User | None, str]]:
    people = {
        member.user.email.split("@")[0].split(".")[0]: member for member in Membership.objects.filter(review=review)
    }
    base = f"/r/{review.slug}/"
    _amend(people["alice"], people["mei"])
    forms = _forms(people["mei"])
    yield from ((None, path) for path in VISITOR)
    yield from ((people["mei"].user, path) for path in ACCOUNT)
    yield from ((people["mei"].user, base + path) for path in READING + LEADING)
    yield from ((people["alice"].user, base + path) for path in SCREENING)
    User.objects.filter(pk=people["bob"].user.pk).update(screens_by_list=True)
    yield people["bob"].user, f"{base}screening/"
    yield from ((people["carol"].user, base + path) for path in RULING)
    for form in forms:
        yield people["mei"].user, f"{base}forms/{form.pk}/"
        yield people["mei"].user, f"{base}forms/{form.pk}/try/"
        yield people["mei"].user, f"{base}forms/{form.pk}/field/?section=0&kind=choice"
    for import_id in Import.objects.filter(review=review).values_list("pk", flat=True)[:1]:
        yield people["mei"].user, f"{base}imports/{import_id}/"
        yield people["mei"].user, f"{base}imports/{import_id}/undo/"
    for merged in Standing.objects.filter(review=review, lead__isnull=False)[:1]:
        yield people["mei"].user, f"{base}duplicates/kept/{merged.record.number}/"
    for report in Report.objects.filter(review=review).order_by("pk")[:2]:
        yield people["mei"].user, f"{base}report/{report.record.number}/"
    _leave_to_match(people["mei"].user, base)
    yield people["mei"].user, f"{base}fulltexts/match/"
    yield people["alice"].user, f"{base}fulltexts/review/{_with_a_pdf(people['alice']).number}/"
    for item in open_conflicts(people["alice"], Stage.TITLE_ABSTRACT):
        yield people["alice"].user, f"{base}conflicts/{item.pk}/"


def _forms(leader: Membership) -> list[Form]:
    """An instrument that is in use."""
    form = take_instrument(member=leader, instrument=instruments()["mersqi"])
    publish(member=leader, form=form)
    return [form]


def _amend(voter: Membership, leader: Membership) -> None:
    """A change of a criterion that a discussion led to, as a draft with examples."""
    item = open_conflicts(voter, Stage.TITLE_ABSTRACT)[0]
    proposal = propose(member=voter, item_id=item.pk, key="focus", text="Say whether barriers to publishing count.")
    draft = take_up(proposal=proposal, actor=leader.user, reason="Focus: made clearer after a discussion.")
    wording = {"met_when": "Names a barrier or a help", "examples_met": "A survey of what keeps residents from trials"}
    edit_criterion(criterion=draft.criteria.get(key="focus"), actor=leader.user, **wording)


def _leave_to_match(user: User, base: str) -> None:
    """A file that waits for a person to say which of the reports, with their long titles, it is."""
    client = Client()
    client.force_login(user)
    client.post(f"{base}fulltexts/upload/", {"files": SimpleUploadedFile("scan.pdf", b"%PDF-1.4\n%%EOF\n")})
    run_jobs(Review.objects.get(slug=base.split("/")[2]))


def _with_a_pdf(member: Membership) -> Record:
    """A report that waits for this reviewer, with its PDF beside the criteria."""
    item = next_item(member, Stage.FULL_TEXT)
    assert item is not None
    pdf = SimpleUploadedFile("report.pdf", make_pdf(["Mentors helped."]))
    add_file(member=member, record=item.record, upload=pdf)
    return item.record


def _offences(page: Page, path: str) -> dict[str, list[str]]:
    """What is wrong with one page, by look: its status, sideways scrolling, and each rule of axe that it breaks."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(path)
    assert answer is not None
    status = [] if answer.status == (404 if path == "/nowhere/" else 200) else [f"answers {answer.status}"]
    page.evaluate(AXE.axe_script)
    wide = _looks_wrong(page)
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    narrow = _looks_wrong(page)
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    paper = ["is cut at the margin"] if _too_wide(page, by=SHRUNK) else []
    page.emulate_media(media="screen")
    return {"answer": status, "wide and light": wide, "narrow and dark": narrow, "on paper": paper}


def _too_wide(page: Page, *, by: float = 1) -> bool:
    return bool(page.evaluate("by => document.documentElement.scrollWidth > window.innerWidth * by", by))


def _looks_wrong(page: Page) -> list[str]:
    found = ["scrolls sideways"] if _too_wide(page) else []
    broken: list[list[str]] = page.evaluate(BROKEN_RULES)
    return found + [f"{rule}: {html[:90]}" for rule, html in broken]


def test_every_page_keeps_the_policy_and_can_be_used_by_everybody(
    review: Review, browser: Browser, live_site: str
) -> None:
    wrong: dict[str, dict[str, list[str]]] = {}
    pages: dict[User | None, Page] = {}
    refused: list[str] = []
    for user, path in _visits(review):
        if user not in pages:
            context = browser.new_context(base_url=live_site)
            if user:
                client = Client()
                client.force_login(user)
                name = settings.SESSION_COOKIE_NAME
                context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
            pages[user] = context.new_page()
            pages[user].on("console", lambda message: refused.append(message.text))
        found = _offences(pages[user], path)
        if any(found.values()):
            wrong[f"{user} {path}"] = found
    for page in pages.values():
        page.context.close()
    assert wrong == {}
    assert [text for text in refused if "Content Security Policy" in text] == []
