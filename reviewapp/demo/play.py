"""Plays the script through the same actions as the pages, each act on its day, so that the demo proves what it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from reviewapp.accounts.models import User
from reviewapp.demo.accounts import make_account
from reviewapp.demo.calendar import Calendar
from reviewapp.demo.clock import clock_at
from reviewapp.demo.findings import Findings
from reviewapp.demo.pdf import make_sample
from reviewapp.demo.script import FOLDER, Account, Cast, Conflict, File, Script, Search, Sought, Voted, same_letters
from screening.conflicts.actions import add_comment, escalate, record_own_reading, rule, take_position
from screening.decisions.actions import Choice, cast_vote
from screening.decisions.models import Item
from screening.decisions.own.actions import set_review_words
from screening.decisions.verdict import Decision, Stage
from screening.fulltexts.actions import add_file, log_attempt, mark_not_retrieved, mark_retrieved
from screening.imports.actions import Description, start_import
from screening.imports.receiving import receive
from screening.jobs.actions import due
from screening.jobs.run import wait
from screening.pipeline import HANDLERS
from screening.protocol.actions import freeze_protocol, set_up_review
from screening.protocol.versions import draft_of
from screening.records.models import Record
from screening.reviews.actions import add_member, change_roles
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.searches.actions import add_search
from screening.searches.models import SearchRun
from screening.studies.actions import create_study

SLUG = "demo"
EMPTY_SLUG = "first-steps"
EMPTY_TITLE = "First steps: an empty review to try things in"
EMPTY_QUESTION = (
    "Nothing is here yet. Sign in as Mei Lin: look at the criteria, freeze the protocol, add a search and upload a file of "
    "references. Alice Okafor and Bob Lindqvist then screen them, and Carol Ruiz rules where they differ."
)
SAMPLE = "Sample pages to try the reader with, not the article:"
A_MINUTE = timedelta(minutes=1)


@dataclass
class Play:
    """One performance: the acts of ``script``, and what they made so far."""

    script: Script
    calendar: Calendar
    review: Review = field(init=False)
    empty: Review = field(init=False)
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Membership] = field(default_factory=dict)
    runs: dict[str, SearchRun] = field(default_factory=dict)
    records: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def perform(self) -> None:
        """Do every act, in the order of time. Call inside a transaction: a demo is whole or not there."""
        for moment, act in sorted(self._acts(), key=lambda pair: pair[0]):
            with clock_at(moment):
                act()

    def _acts(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        day = self.calendar.day
        yield day(42, 9), self._meet
        yield day(42, 9, 30), self._freeze
        moment = day(41, 10)
        for search in self.script.searches:
            yield moment, partial(self._search, search)
            for file in search.files:
                moment += 4 * A_MINUTE
                yield moment, partial(self._import, search, file)
        yield moment + A_MINUTE, self._index
        yield from self._screening()
        for conflict in self.script.conflicts:
            yield from self._conflict(conflict)
        yield from self._reports()
        yield from self._full_text()
        for place, study in enumerate(self.script.studies):
            yield day(3, 16) + place * A_MINUTE, partial(self._study, study.label, study.reports)
        yield from Findings(self.people).acts(day(2, 9))
        yield day(1, 8), self._invite_to_start

    def _meet(self) -> None:
        self.users = {account.handle: make_account(account) for account in self.script.accounts}
        first, *others = self.script.accounts
        script = self.script
        self.review = set_up_review(
            title=script.title, question=script.question, kind=script.kind, preset=script.preset, slug=SLUG, lead=self.users[first.handle]
        )  # fmt: skip
        self._seat(self.review, first, others)

    def _seat(self, review: Review, first: Account, others: list[Account]) -> None:
        leader = Membership.objects.select_related("review", "user").get(review=review, user=self.users[first.handle])
        roles, languages = _roles(first), first.languages
        seated = {first.handle: change_roles(member=leader, roles=roles, languages=languages, actor=leader.user)}
        for account in others:
            seated[account.handle] = add_member(
                review=review, user=self.users[account.handle], roles=_roles(account), languages=account.languages, actor=leader.user
            )  # fmt: skip
        if review.slug == self.review.slug:
            self.people.update(seated)

    @property
    def lead(self) -> Membership:
        return self.people[self.script.accounts[0].handle]

    @property
    def librarian(self) -> Membership:
        return self.people[next(account.handle for account in self.script.accounts if "librarian" in account.roles)]

    def _freeze(self) -> None:
        draft = draft_of(self.review)
        assert draft is not None  # noqa: S101  a review begins with one
        freeze_protocol(version=draft, actor=self.lead.user)
        words = {"speaks_for": self.script.speaks_for, "speaks_against": self.script.speaks_against}
        set_review_words(member=self.lead, **words)

    def _search(self, search: Search) -> None:
        self.runs[search.label] = add_search(
            review=self.review, actor=self.librarian.user, label=search.label, kind=search.kind, date_from=search.published_from,
            date_to=search.published_to,
        )  # fmt: skip

    def _import(self, search: Search, file: File) -> None:
        """As the upload page does it; then every job that follows, here and now."""
        with (FOLDER / file.file).open("rb") as upload:
            received = receive(review=self.review, upload=upload, name=file.file)
        assert received.file is not None, received.sentence  # noqa: S101  a test reads every demo file
        about = Description(
            database=file.database, kind=file.kind, platform=file.platform, searched_on=file.searched, query=file.query, limits=file.limits,
            stated_hits=file.records,
        )  # fmt: skip
        start_import(run=self.runs[search.label], actor=self.librarian.user, file=received.file, description=about)
        do_jobs(self.review)

    def _index(self) -> None:
        """Every DOI and title of the review -> the records that lead their groups."""
        rows = Record.objects.filter(review=self.review).select_related("standing")
        for record in rows:
            for key in (record.doi, record.title, record.title_translated):
                if key:
                    self.records[same_letters(key)].add(record.standing.lead_id or record.pk)

    def _record(self, key: str) -> Record:
        (found,) = self.records[same_letters(key)]
        return Record.objects.get(pk=found)

    def _item(self, key: str, stage: Stage = Stage.TITLE_ABSTRACT) -> int:
        return Item.objects.get(record=self._record(key), stage=stage).pk

    def _screening(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        for voted, moments in self.calendar.screening(self.script):
            for cast, moment in zip(voted.cast, moments, strict=False):
                yield moment, partial(self._vote, voted, cast, Stage.TITLE_ABSTRACT)

    def _vote(self, voted: Voted, cast: Cast, stage: Stage) -> None:
        choice = Choice(Decision(cast.decision), cast.answers, reason=cast.reason, note=cast.note)
        cast_vote(member=self.people[cast.by], item_id=self._item(voted.key, stage), choice=choice)

    def _conflict(self, conflict: Conflict) -> Iterator[tuple[datetime, Callable[[], object]]]:
        began = self.calendar.day(5 if conflict.outcome == "open" else 28, 11)
        for place, (by, text) in enumerate(conflict.comments):
            yield began + place * timedelta(hours=20), partial(self._comment, conflict.key, by, text)
        ended = began + timedelta(days=3)
        for place, cast in enumerate(conflict.confirmed):
            yield ended + place * timedelta(hours=2), partial(self._confirm, conflict.key, cast)
        if conflict.ruling is not None:
            yield ended, partial(self._hand_over, conflict)
            yield ended + timedelta(days=2), partial(self._rule, conflict.key, conflict.ruling)

    def _comment(self, key: str, by: str, text: str) -> None:
        add_comment(member=self.people[by], item_id=self._item(key), text=text)

    def _confirm(self, key: str, cast: Cast) -> None:
        take_position(member=self.people[cast.by], item_id=self._item(key), decision=Decision(cast.decision))

    def _hand_over(self, conflict: Conflict) -> None:
        """Whoever wrote last asks the adjudicator."""
        escalate(member=self.people[conflict.comments[-1][0]], item_id=self._item(conflict.key))

    def _rule(self, key: str, cast: Cast) -> None:
        member, item = self.people[cast.by], self._item(key)
        record_own_reading(member=member, item_id=item, answers=cast.answers)
        rule(member=member, item_id=item, decision=Decision(cast.decision), rationale=cast.note)

    def _reports(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        first = min(attempt.on for report in self.script.reports for attempt in report.attempts)
        for place, report in enumerate(self.script.reports):
            moment = self.calendar.day(1, 12)
            for attempt in report.attempts:
                moment = self.calendar.attempt(attempt, first) + place * A_MINUTE
                yield moment, partial(self._attempt, report, attempt.way, attempt.outcome, moment)
            yield moment, partial(self._outcome, report)

    def _attempt(self, report: Sought, way: str, outcome: str, moment: datetime) -> None:
        log_attempt(member=self.librarian, record=self._record(report.key), way=way, outcome=outcome, on=moment.date())

    def _outcome(self, report: Sought) -> None:
        record = self._record(report.key)
        if report.pages:
            title = f"{SAMPLE} {record.title}"
            upload = SimpleUploadedFile(f"sample-{record.number}.pdf", make_sample(title, report.pages))
            add_file(member=self.librarian, record=record, upload=upload)
        elif report.status == "retrieved":
            mark_retrieved(member=self.librarian, record=record)
        elif report.status == "not_retrieved":
            mark_not_retrieved(member=self.librarian, record=record, cause=report.cause)

    def _full_text(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        for place, voted in enumerate(self.script.full_text_votes):
            for cast, moment in zip(voted.cast, self.calendar.full_text(place), strict=False):
                yield moment, partial(self._vote, voted, cast, Stage.FULL_TEXT)

    def _study(self, label: str, keys: tuple[str, ...]) -> None:
        create_study(member=self.lead, label=label, records=[self._record(key) for key in keys])

    def _invite_to_start(self) -> None:
        first, *others = self.script.accounts
        self.empty = set_up_review(
            title=EMPTY_TITLE, question=EMPTY_QUESTION, preset=self.script.preset, slug=EMPTY_SLUG, lead=self.users[first.handle]
        )  # fmt: skip
        self._seat(self.empty, first, others)


def _roles(account: Account) -> list[Role]:
    return [Role(role) for role in account.roles]


def do_jobs(review: Review) -> None:
    """Do every job that waits in the review, and what follows from it. Raises RuntimeError where one fails."""
    while job := due().filter(review_id=review.pk).first():
        done = wait(job, HANDLERS, seconds=600)
        if done.error:
            raise RuntimeError(f"{done.name}: {done.error}")
