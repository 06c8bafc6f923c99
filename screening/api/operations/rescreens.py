"""Samples of agreed exclusions that are read again, blind, and what they prove."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import RecordNumber
from screening.api.operations.records import RecordShown, fields_of
from screening.api.operations.screening import StageName, Word, stage_of
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.decisions.models import Item
from screening.decisions.queue import with_all_shown
from screening.decisions.rescreening import rounds
from screening.decisions.rescreening.bound import LARGEST, SIZES
from screening.decisions.rescreening.models import Reading, Rescreen
from screening.decisions.verdict import Decision
from screening.dedupe.shown import all_as_shown
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/screening/{stage}/rescreens"
AGAIN = "/reviews/{slug}/screening/{stage}/again"


class SampleSent(Sent):
    """How many exclusions are read again."""

    size: int = Field(SIZES[1], ge=1, le=LARGEST)


class RescreenShown(Schema):
    """A sample of exclusions read again. What was found, and the bound that it proves, is told once it has ended."""

    number: int
    population: int
    size: int
    read: int
    started_at: datetime
    ended_at: datetime | None
    missed: list[int] | None = Field(description="Records that should have passed; null while it is under way.")
    at_most_per_cent: float | None = Field(
        description="Upper 95 % bound of missed records; null where nothing is proven."
    )


class Rescreens(Schema):
    """Every one of the stage, the last one first; ``population`` is what a new one would be drawn from."""

    items: list[RescreenShown]
    population: int


class ToReadAgain(Schema):
    """A record that waits for me, bare: neither votes nor names. ``said`` is what I said of it, empty where I have not read it."""

    record: RecordShown
    said: str
    note: str


class ReadingAgain(Schema):
    """What waits for me in the sample under way."""

    items: list[ToReadAgain]
    left: int


class ReadAgainSent(Sent):
    """What I say of a record, whatever was said before."""

    decision: Word
    note: str = Field("", max_length=5000)


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=Rescreens)
def list_rescreens(request: HttpRequest, member: Membership, stage: StageName) -> Rescreens:
    """Samples of exclusions that are or were read again."""
    at = stage_of(stage)
    found = rounds.rescreens_of(member.review_id, at)
    return Rescreens(
        items=[_shown(one) for one in found], population=rounds.agreed_exclusions(member.review_id, at).count()
    )


@opens(router, "POST", AT, Permission.REOPEN, gives=RescreenShown, scope=Scope.MANAGE, status=201)
def start_one_rescreen(request: HttpRequest, member: Membership, stage: StageName, sent: SampleSent) -> RescreenShown:
    """Draw a sample of agreed exclusions, each for a reviewer who has not voted on it."""
    return _shown(rounds.start_rescreen(lead=member, stage=stage_of(stage), size=sent.size))


@opens(router, "POST", f"{AT}/end", Permission.REOPEN, gives=RescreenShown, scope=Scope.MANAGE)
def end_one_rescreen(request: HttpRequest, member: Membership, stage: StageName) -> RescreenShown:
    """End it; each record that should have passed is opened for a new round."""
    ended, _ = rounds.end_rescreen(lead=member, stage=stage_of(stage))
    return _shown(ended)


@opens(router, "GET", AGAIN, Permission.SCREEN, gives=ReadingAgain)
def list_to_read_again(
    request: HttpRequest, member: Membership, stage: StageName, limit: Annotated[int, Query(ge=1, le=20)] = 1
) -> ReadingAgain:
    """The next records that I read again, those unread first."""
    waiting = rounds.readings_of(member, stage_of(stage))
    unread = waiting.filter(read_at__isnull=True)
    found = list((unread if unread.exists() else waiting)[:limit])
    items = with_all_shown(Item.objects.filter(pk__in=[one.item_id for one in found])).in_bulk()
    records = all_as_shown([items[one.item_id].record for one in found])
    told = [
        ToReadAgain(record=RecordShown(**fields_of(record)), said=one.decision, note=one.note)
        for one, record in zip(found, records, strict=True)
    ]
    return ReadingAgain(items=told, left=unread.count())


@opens(router, "POST", f"{AGAIN}/{{number}}", Permission.SCREEN, gives=None, scope=Scope.SCREEN, status=204)
def read_record_again(
    request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber, sent: ReadAgainSent
) -> None:
    """Say what I make of one of them; it may be changed until the sample ends."""
    rounds.read_again(
        member=member, stage=stage_of(stage), number=number, decision=Decision(sent.decision), note=sent.note
    )


def _shown(one: Rescreen) -> RescreenShown:
    readings = Reading.objects.filter(rescreen=one)
    bound = rounds.bound_of(one)
    missed = [row.item.record.number for row in rounds.missed_in(one)] if one.ended_at else None
    return RescreenShown(
        number=one.number, population=one.population, size=readings.count(), read=readings.exclude(read_at=None).count(),
        started_at=one.started_at, ended_at=one.ended_at, missed=missed, at_most_per_cent=bound.per_cent if bound else None,
    )  # fmt: skip
