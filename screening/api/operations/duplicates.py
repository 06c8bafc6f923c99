"""Duplicates: the search for them, the candidates that wait for a person, and what was merged and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.jobs import JobShown, job_shown
from screening.api.operations.numbers import Id, Number, RecordNumber
from screening.api.operations.records import RecordShown, shown
from screening.api.paging import Asked, Page, cut
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.dedupe import queue
from screening.dedupe.actions import (
    answer_card,
    ask_for_duplicates,
    choose_kept,
    part_record,
    stop_search,
    undo_answer,
)
from screening.dedupe.declaring import Line, numbers_of_duplicates
from screening.dedupe.keeping import picked
from screening.dedupe.models import Answer, CandidateCard, Judgement, Kept, KeptChoice
from screening.dedupe.stored import group_of
from screening.records.models import Record
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/duplicates"


class Counted(Schema):
    """Duplicates charged to one source in one search; ``declared`` were removed before import."""

    search: str
    source: str
    by_rule: int
    by_person: int
    within_source: int
    between_sources: int
    between_searches: int
    declared: int


class Duplicates(Schema):
    """Duplicates in numbers, and the last search for them."""

    open_cards: int
    by_rule: int
    by_person: int
    kept_apart: int
    lines: list[Counted]
    job: JobShown | None


class CardRow(Schema):
    """Records that a person should judge; ``records`` are their numbers."""

    id: int
    records: list[int]
    score: float
    reason: str
    kind: str
    answer: Literal["", "same", "related", "different"]
    answered_at: datetime | None


class CardShown(Schema):
    """The same with the records themselves, and what differs between them: names of fields."""

    card: CardRow
    records: list[RecordShown]
    kept: int | None = Field(description="Number of the record that would be kept.")


class AnswerSent(Sent):
    """Whether the records are the same."""

    answer: Literal["same", "related", "different"]


class Act(Sent):
    """What undoes an answer."""

    act: UUID


class KeptSent(Sent):
    """Field -> number of the record of the group whose value is shown, or that leads; what is left out stays as it is."""

    kept: dict[Kept, Number]


class Merged(Schema):
    """A record that was merged into another, and why."""

    record: int
    kept: int
    by: Literal["rule", "person"]
    rule: str
    score: float | None
    reason: str
    person: str


class MergesWanted(Asked):
    """Which merges."""

    by: Literal["rule", "person"] | None = None
    search: Number | None = None
    source: Number | None = None


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=Duplicates)
def read_duplicates(request: HttpRequest, member: Membership) -> Duplicates:
    """Duplicates in numbers, by search and source, and how far the search for them is."""
    review, job = member.review, queue.last_job(member.review)
    return Duplicates(
        open_cards=queue.open_cards(review).count(),
        by_rule=queue.merged(review.pk, "rule").count(),
        by_person=queue.merged(review.pk, "person").count(),
        kept_apart=queue.apart_acts(review).count(),
        lines=[_counted(line) for line in numbers_of_duplicates(review)],
        job=job_shown(job) if job else None,
    )


@opens(router, "POST", f"{AT}/find", Permission.RESOLVE_DUPLICATES, gives=JobShown, scope=Scope.MANAGE, status=202)
def find_duplicates(request: HttpRequest, member: Membership) -> JobShown:
    """Search the whole review for duplicates; a worker does it."""
    return job_shown(ask_for_duplicates(member=member))


@opens(router, "POST", f"{AT}/stop", Permission.RESOLVE_DUPLICATES, gives=None, scope=Scope.MANAGE, status=204)
def stop_duplicates(request: HttpRequest, member: Membership) -> None:
    """Stop the search; what it merged so far stands."""
    stop_search(member=member)


@opens(router, "GET", f"{AT}/cards", Permission.SEE_RESULTS, gives=Page[CardRow])
def list_cards(request: HttpRequest, member: Membership, asked: Query[Asked]) -> Page[CardRow]:
    """Candidates that wait for a person."""
    rows, following = cut(queue.open_cards(member.review), asked)
    return Page(items=[_card(card, records) for card, records in queue.records_of(rows)], next=following)


@opens(router, "GET", f"{AT}/cards/{{card_id}}", Permission.SEE_RESULTS, gives=CardShown)
def read_card(request: HttpRequest, member: Membership, card_id: Id) -> CardShown:
    """One candidate with its records."""
    [(card, records)] = queue.records_of([_one(member, card_id)])
    columns = queue.side_by_side(card).columns
    return CardShown(
        card=_card(card, records),
        records=shown(Record.objects.filter(pk__in=card.members).select_related(*_ORIGIN).order_by("number")),
        kept=next((column.record.number for column in columns if column.leads), None),
    )


@opens(router, "POST", f"{AT}/cards/{{card_id}}/answer", Permission.RESOLVE_DUPLICATES, gives=Act, scope=Scope.MANAGE)
def answer_one_card(request: HttpRequest, member: Membership, card_id: Id, sent: AnswerSent) -> Act:
    """Same, related or different; `act` undoes it. The same answer sent twice is one act."""
    card, answer = _one(member, card_id), Answer(sent.answer)
    if card.act is not None and card.answer == answer and _holds(member, card.act):
        return Act(act=card.act)
    return Act(act=answer_card(member=member, card=card, answer=answer))


@opens(router, "POST", f"{AT}/undo", Permission.RESOLVE_DUPLICATES, gives=None, scope=Scope.MANAGE, status=204)
def undo_one_answer(request: HttpRequest, member: Membership, sent: Act) -> None:
    """Take an answer back; the records stand as before."""
    if not any(kind.objects.filter(act=sent.act, review=member.review).exists() for kind in (Judgement, KeptChoice)):
        raise Http404
    undo_answer(member=member, act=sent.act)


@opens(router, "GET", f"{AT}/merged", Permission.SEE_RESULTS, gives=Page[Merged])
def list_merged(request: HttpRequest, member: Membership, asked: Query[MergesWanted]) -> Page[Merged]:
    """Every merged record by number, with the record that is kept and the reason. A group is what has the same `kept`."""
    chosen = queue.Filter(source=asked.source or 0, search=asked.search or 0)
    rows, following = cut(queue.merged(member.review_id, asked.by or "", chosen), asked, ("pk",))
    return Page(items=[_merged(merge) for merge in queue.explained(rows)], next=following)


@opens(router, "POST", f"{AT}/merged/{{number}}/part", Permission.RESOLVE_DUPLICATES, gives=Act, scope=Scope.MANAGE)
def part_duplicate(request: HttpRequest, member: Membership, number: RecordNumber) -> Act:
    """Not a duplicate: the record leaves its group."""
    return Act(act=part_record(member=member, record=_record(member, number)))


@opens(router, "POST", f"{AT}/merged/{{number}}/kept", Permission.RESOLVE_DUPLICATES, gives=Act, scope=Scope.MANAGE)
def choose_kept_record(request: HttpRequest, member: Membership, number: RecordNumber, sent: KeptSent) -> Act:
    """Which record of a group leads it, and whose values are shown; `act` undoes it."""
    record = _record(member, number)
    kept = picked(
        member.review_id, group_of(member.review_id, [record.pk]), {field.value: n for field, n in sent.kept.items()}
    )
    return Act(act=choose_kept(member=member, record=record, kept=kept))


_ORIGIN = ("standing__source", "standing__run", "standing__lead")


def _one(member: Membership, card_id: int) -> CandidateCard:
    return get_object_or_404(CandidateCard, pk=card_id, review=member.review)


def _record(member: Membership, number: int) -> Record:
    return get_object_or_404(Record, review=member.review, number=number, standing__isnull=False)


def _holds(member: Membership, act: UUID) -> bool:
    return Judgement.objects.filter(act=act, by=member.user, lifted_at__isnull=True).exists()


def _card(card: CandidateCard, records: list[Record]) -> CardRow:
    answer: Any = card.answer
    return CardRow(
        id=card.pk, records=[record.number for record in records], score=round(card.score, 3), reason=card.reason, kind=card.kind,
        answer=answer, answered_at=card.answered_at,
    )  # fmt: skip


def _merged(merge: queue.Merge) -> Merged:
    standing, link = merge.standing, merge.link
    assert standing.lead is not None  # noqa: S101  only merged records are listed
    by_person = standing.merged_by == "person"
    return Merged(
        record=standing.record.number,
        kept=standing.lead.number,
        by="person" if by_person else "rule",
        rule=link.rule if link else "",
        score=round(link.score, 3) if link else None,
        reason=link.reason if link else "",
        person=str(merge.judgement.by) if merge.judgement and by_person else "",
    )


def _counted(line: Line) -> Counted:
    names = ("by_rule", "by_person", "within_source", "between_sources", "between_searches", "declared")
    return Counted(search=line.run.label, source=line.source.name, **{name: getattr(line, name) for name in names})
