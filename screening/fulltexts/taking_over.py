"""Taking over the decisions of another tool: votes at either stage, rulings on their conflicts, reports they prove at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import TALKABLE, escalate, record_own_reading, rule
from screening.conflicts.models import Ruling
from screening.decisions.bringing_in import Items, People, Records, Rulebook, Unmatched, bring_in_vote, may_bring_in
from screening.decisions.models import Item
from screening.decisions.queue import reopen_queue
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.decisions.vote_row import VoteRow
from screening.fulltexts.actions import log_attempt, mark_retrieved
from screening.fulltexts.models import Report, Retrieval
from screening.records.models import Record
from screening.reviews.models import Membership, Review

ELSEWHERE = "decision made elsewhere"
FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass
class Brought:
    """What came of a file: rows stored as votes and rulings, rows that were here already, and rows that do not fit."""

    votes: int = 0
    rulings: int = 0
    repeated: int = 0
    unmatched: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        """Whether every row found its place."""
        return not (self.unmatched or self.refused)


class _Undo(Exception):
    """Leaves the transaction with nothing stored."""


@dataclass(frozen=True)
class Placed:
    """A row with the record and the member that it names, or the sentence that says why it has no place."""

    row: VoteRow
    record_id: int = 0
    member: Membership | None = None
    unmatched: str = ""
    refused: str = ""


@dataclass
class TakingOver:
    """One file on its way into a stage of a review. ``actor`` is the lead who answers for it; ``source`` names the file.

    ``told`` is called with the number of rows done. ``people`` and ``reasons`` are the file's names and reasons mapped by hand.
    ``blind`` where whoever reads what came of it may not learn what is sealed.
    """

    review: Review
    stage: Stage
    actor: Membership
    source: str
    told: Callable[[int], None] = lambda done: None
    people: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    blind: bool = False
    brought: Brought = field(default_factory=Brought)
    paired: set[int] = field(default_factory=set)  # records on which the file holds two people's votes

    @cached_property
    def book(self) -> Rulebook:
        """The protocol in force. Raises NotAllowedNow before the first freeze."""
        return Rulebook(self.review, self.stage, self.reasons)

    @cached_property
    def items(self) -> Items:
        """The items of the stage."""
        return Items(self.review, self.stage)

    def take_over(self, rows: Iterable[VoteRow], *, partial: bool = False) -> Brought:
        """Store every row, or none where one does not fit, unless ``partial``. Raises NotAllowedNow before the first freeze."""
        assert self.book  # noqa: S101  refuses before anything is read
        try:
            with transaction.atomic():
                self.store(self.place(rows))
                if not partial and not self.brought.fits:
                    raise _Undo
                reopen_queue(review_id=self.review.pk, stage=self.stage)
        except _Undo:
            self.brought.votes = self.brought.rulings = self.brought.repeated = 0
        for listed in (self.brought.unmatched, self.brought.refused):
            listed.sort(key=lambda entry: entry["line"])
        return self.brought

    def place(self, rows: Iterable[VoteRow]) -> list[Placed]:
        """Every row with its place, in the order of storing: votes before rulings, each in the order of time. Writes nothing."""
        records, people = Records(self.review), People(self.review, self.people)
        ordered = sorted(rows, key=lambda row: (row.adjudicator, row.decided_at or FIRST, row.line))
        placed = [_placed(row, records, people) for row in ordered]
        clashing = _clashing(placed)
        self.paired = _paired(placed)
        return [
            replace(
                one, refused=f"Votes of {one.member.user} on this record, or on its duplicates, contradict each other."
            )
            if one.member and (one.record_id, one.member.pk) in clashing
            else one
            for one in placed
        ]

    def store(self, placed: Iterable[Placed]) -> None:
        """Store the rows that have a place, each whole or not at all; the others are listed."""
        for done, one in enumerate(placed, 1):
            if one.unmatched:
                self.brought.unmatched.append(_entry(one.row, one.unmatched))
            elif one.refused or one.member is None:
                self._refuse(one.row, one.refused)
            else:
                try:
                    with transaction.atomic():
                        self._one(one.row, one.record_id, one.member)
                except NotAllowedNow as refusal:
                    self._refuse(one.row, str(refusal))
            self.told(done)

    def _refuse(self, row: VoteRow, sentence: str) -> None:
        self.brought.refused.append(_entry(row, sentence))

    def _one(self, row: VoteRow, record_id: int, member: Membership) -> None:
        may_bring_in(member, row)
        if self.stage is Stage.FULL_TEXT:
            self._have_report(record_id)
        item_id = self.items.of(record_id)
        if row.adjudicator:
            stored = self._rule(row, Item.objects.get(pk=item_id), member)
            self.brought.rulings += stored
        else:
            stored = bring_in_vote(
                member=member, item_id=item_id, choice=self.book.choice(row), book=self.book, source=self.source, cast_at=row.decided_at,
                blind=self.blind, paired=record_id in self.paired,
            )  # fmt: skip
            self.brought.votes += stored
        self.brought.repeated += not stored

    def _have_report(self, record_id: int) -> None:
        """Whoever decided on a report had it: its row says so, with the attempt that tells whence. One given up stays so."""
        report = Report.objects.filter(record_id=record_id).first()
        if report is not None and report.status == Retrieval.NOT_RETRIEVED:
            raise NotAllowedNow("Its report is marked not retrieved here. Mark it retrieved first.", rule="I31")
        if report is None or report.status == Retrieval.SOUGHT:
            record = Record.objects.get(pk=record_id)
            log_attempt(member=self.actor, record=record, way=self.source[:100], outcome=ELSEWHERE)
            mark_retrieved(member=self.actor, record=record)

    def _rule(self, row: VoteRow, item: Item, member: Membership) -> bool:
        """The adjudicator's decision with its reason in words; False where the same ruling is here."""
        assert row.decision is not None  # noqa: S101  rows with a problem never come here
        earlier = Ruling.objects.filter(item=item, round=item.round).first()
        if earlier is not None and (earlier.adjudicator_id, earlier.decision) == (member.pk, row.decision):
            return False
        if (self.blind and not item.is_revealed()) or item.state not in (*TALKABLE, ItemState.ARBITRATION):
            raise NotAllowedNow("Its votes are not in conflict, so there is nothing to rule on.", rule="S2")
        if item.state != ItemState.ARBITRATION:
            escalate(member=self.actor, item_id=item.pk, note=f"Ruled on elsewhere: {self.source}")
        choice = self.book.choice(row)
        record_own_reading(member=member, item_id=item.pk, answers=choice.answers)
        rationale = choice.note.strip() or f"Brought in from {self.source}, no reason given."
        ruling = rule(
            member=member, item_id=item.pk, decision=Decision(row.decision), rationale=rationale, reason=choice.reason
        )
        if row.decided_at is not None and row.decided_at < ruling.at:
            Ruling.objects.filter(pk=ruling.pk).update(at=row.decided_at)
        return True


def _placed(row: VoteRow, records: Records, people: People) -> Placed:
    if row.problem:
        return Placed(row, refused=row.problem)
    try:
        return Placed(row, records.named_by(row), people.named(row.reviewer))
    except Unmatched as unmatched:
        return Placed(row, unmatched=str(unmatched))


def _paired(placed: Iterable[Placed]) -> set[int]:
    votes = {(one.record_id, one.member.pk) for one in placed if one.member and not one.row.adjudicator}
    return {record_id for record_id, n in Counter(record_id for record_id, _ in votes).items() if n > 1}


def _clashing(placed: Iterable[Placed]) -> set[tuple[int, int]]:
    """(record, member) that have two votes in the file which differ: none of them is taken."""
    first: dict[tuple[int, int], tuple[object, ...]] = {}
    found = set()
    for one in placed:
        if one.member is None:
            continue
        said = (one.row.adjudicator, one.row.decision, one.row.reason.casefold())
        if first.setdefault((one.record_id, one.member.pk), said) != said:
            found.add((one.record_id, one.member.pk))
    return found


def _entry(row: VoteRow, sentence: str) -> dict[str, Any]:
    named = {"record": row.key[:200], "title": row.title[:200]}
    return {"line": row.line, **named, "reviewer": row.reviewer, "reason": sentence}
