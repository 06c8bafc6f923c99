"""Screening at both stages: what waits for me, my votes, the lists of a stage. Nothing of another's sealed vote."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Number, RecordNumber
from screening.api.operations.records import RecordShown, fields_of
from screening.api.paging import Asked, Page, cut
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.audit.refusal import NotAllowedNow
from screening.decisions import queue
from screening.decisions.actions import Choice, locked_record, postpone, reopen_item, vote_on, withdraw_vote
from screening.decisions.forms import MAX_NOTE
from screening.decisions.lists import items_in
from screening.decisions.models import Item, Vote
from screening.decisions.screen import own_vote, own_votes, progress, screen_context
from screening.decisions.submissions import once
from screening.decisions.verdict import Decision, Stage
from screening.protocol.versions import Versions
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
StageName = Literal["title-abstract", "full-text"]
StageList = Literal["to-screen", "my-votes", "awaiting", "conflicts", "excluded", "included"]
Word = Literal["include", "maybe", "exclude"]
Answer = Literal["met", "not_met", "unclear"]
AT = "/reviews/{slug}/screening/{stage}"
Key = Annotated[
    UUID | None,
    Header(
        alias="Idempotency-Key", description="A UUID of your own: the same request sent twice with it is done once."
    ),
]


class VoteSent(Sent):
    """A vote. ``answers`` maps keys of criteria to answers; ``reason`` is the key of the criterion that a report fails."""

    decision: Word
    answers: dict[Annotated[str, Field(max_length=40)], Answer] = Field({}, max_length=100)
    reason: str = Field("", max_length=40)
    override: str = Field("", max_length=MAX_NOTE, description="Why it is included although a criterion is not met.")
    note: str = Field("", max_length=MAX_NOTE)
    known: str | None = Field(
        None,
        max_length=40,
        description="`known` of your vote that you saw, empty for none; another vote is then not overwritten.",
    )
    protocol: Number | None = Field(
        None, description="Version whose criteria you read; refused where another is in force."
    )
    seconds: int | None = Field(None, ge=0, le=86_400, description="Seconds from showing the record to voting.")


class VoteShown(Schema):
    """A vote of mine."""

    record: int
    stage: StageName
    round: int
    decision: Word
    answers: dict[str, Answer]
    reason: str
    override: str
    note: str
    protocol: int
    cast_at: datetime
    changed_at: datetime | None
    known: str


class Question(Schema):
    """A criterion as it is asked of one record: what the record says itself, and what a rule makes of that."""

    key: str
    label: str
    question: str
    fact: str
    hint: str


class ToScreen(Schema):
    """A record to vote on, with the criteria that are asked."""

    record: RecordShown
    round: int
    protocol: int | None
    questions: list[Question]
    vote: VoteShown | None


class Waiting(Schema):
    """The next records of my queue, in its order."""

    items: list[ToScreen]


class StageRow(Schema):
    """A record in a list of the stage; ``own`` is my own decision, empty where I have not voted."""

    number: int
    title: str
    own: Literal["", "include", "maybe", "exclude"]


class Progress(Schema):
    """How far I have come, and the size of each list of the stage."""

    total: int
    voted: int
    left: int
    awaiting: int
    conflicts: int
    excluded: int
    included: int


class Reason(Sent):
    """Why, in words."""

    reason: str = Field("", max_length=2000)


@opens(router, "GET", f"{AT}/next", Permission.SCREEN, gives=Waiting)
def list_next(
    request: HttpRequest, member: Membership, stage: StageName, limit: Annotated[int, Query(ge=1, le=20)] = 1
) -> Waiting:
    """The next records that wait for my vote."""
    at, versions = stage_of(stage), Versions(member.review)
    waiting = [pk for pk, _ in queue.waiting_after(member, at, 0, limit)]
    found = (queue.shown(pk) for pk in waiting)
    return Waiting(items=[_to_screen(item, at, None, versions) for item in found if item is not None])


@opens(router, "GET", f"{AT}/records/{{number}}", Permission.SCREEN, gives=ToScreen)
def read_screened(request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber) -> ToScreen:
    """One record of the stage with its criteria and my own vote."""
    at = stage_of(stage)
    item = item_at(member, at, number)
    return _to_screen(item, at, own_vote(member, item), Versions(member.review))


@opens(router, "GET", f"{AT}/lists/{{name}}", Permission.SEE_REVIEW, gives=Page[StageRow])
def list_stage(
    request: HttpRequest, member: Membership, stage: StageName, name: StageList, asked: Query[Asked]
) -> Page[StageRow]:
    """One list of the stage, in the order of the queue; outcomes only where the votes are open."""
    items = items_in(member, stage_of(stage), name)
    rows, following = cut(items.select_related("record"), asked, ("order_key", "pk"))
    own = own_votes(member, [item.pk for item in rows])
    return Page(items=[_row(item, own.get(item.pk)) for item in rows], next=following)


@opens(router, "GET", f"{AT}/progress", Permission.SEE_REVIEW, gives=Progress)
def read_progress(request: HttpRequest, member: Membership, stage: StageName) -> Progress:
    """How far I have come at a stage."""
    told = progress(member, stage_of(stage))
    return Progress(**{name: told[name] for name in Progress.model_fields})


@opens(router, "POST", f"{AT}/records/{{number}}/vote", Permission.SCREEN, gives=VoteShown, scope=Scope.SCREEN)
def cast_my_vote(
    request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber, sent: VoteSent, key: Key = None
) -> VoteShown:
    """Vote on a record, or change my vote while that is allowed."""
    at, versions = stage_of(stage), Versions(member.review)

    def act() -> Vote:
        item = locked_record(review_id=member.review_id, stage=at, number=number)
        if item is None:
            raise Http404
        _refuse_other_criteria(item, sent.protocol, versions)
        vote = vote_on(item=item, member=member, choice=_choice(sent), known=sent.known, versions=versions)
        queue.advance_cursor(member, at)
        return vote

    once(user=member.user, key=key or uuid4(), result={"decision": sent.decision}, act=act)
    return read_my_vote(request, member, stage, number)


@opens(router, "GET", f"{AT}/records/{{number}}/vote", Permission.SCREEN, gives=VoteShown)
def read_my_vote(request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber) -> VoteShown:
    """My own vote on a record; 404 where I have none."""
    votes = Vote.objects.active().filter(
        reviewer=member, item__review=member.review, item__stage=stage_of(stage), item__record__number=number
    )
    return _vote(get_object_or_404(votes.select_related("protocol", "item__record")))


@opens(router, "DELETE", f"{AT}/records/{{number}}/vote", Permission.SCREEN, gives=None, scope=Scope.SCREEN, status=204)
def take_my_vote_back(request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber) -> None:
    """Take my vote back, while the pair is incomplete or the undo window is open."""
    withdraw_vote(member=member, item_id=item_at(member, stage_of(stage), number).pk)


@opens(
    router, "POST", f"{AT}/records/{{number}}/postpone", Permission.SCREEN, gives=None, scope=Scope.SCREEN, status=204
)
def postpone_record(
    request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber, sent: Reason
) -> None:
    """Put a record at the end of my queue."""
    postpone(member=member, item_id=item_at(member, stage_of(stage), number).pk, why=sent.reason)


@opens(router, "POST", f"{AT}/records/{{number}}/reopen", Permission.REOPEN, gives=None, scope=Scope.MANAGE, status=204)
def reopen_record(
    request: HttpRequest, member: Membership, stage: StageName, number: RecordNumber, sent: Reason
) -> None:
    """Open a settled record for a new round, with a reason; the votes are kept and no longer count."""
    items = Item.objects.filter(review=member.review, stage=stage_of(stage), record__number=number)
    reopen_item(item_id=get_object_or_404(items).pk, lead=member, reason=sent.reason)


def stage_of(name: str) -> Stage:
    """The stage of this name."""
    return next(stage for stage in Stage if stage.slug == name)


def item_at(member: Membership, stage: Stage, number: int) -> Item:
    """A record in play at a stage. Raises Http404 for any other."""
    return get_object_or_404(queue.with_all_shown(queue.items_of(member, stage)), record__number=number)


def _row(item: Item, own: Vote | None) -> StageRow:
    title = item.record.title or item.record.title_translated
    return StageRow(number=item.record.number, title=title, own=Decision(own.decision).value if own else "")


def _choice(sent: VoteSent) -> Choice:
    return Choice(
        Decision(sent.decision), dict(sent.answers), reason=sent.reason, override=sent.override, note=sent.note, seconds=sent.seconds
    )  # fmt: skip


def _refuse_other_criteria(item: Item, read: int | None, versions: Versions) -> None:
    version = versions.of(item.protocol_id)
    if read is not None and version is not None and version.number != read:
        sentence = f"Version {version.number} of the criteria holds for this record. Your vote was not stored; read them and vote again."
        raise NotAllowedNow(sentence, rule="P36")


def _to_screen(item: Item, stage: Stage, own: Vote | None, versions: Versions) -> ToScreen:
    told = screen_context(item, stage, own=own, versions=versions)
    version = told["version"]
    return ToScreen(
        record=RecordShown(**fields_of(told["record"])),
        round=item.round,
        protocol=version.number if version else None,
        questions=[
            Question(
                key=one.criterion.key, label=one.criterion.label, question=one.criterion.question, fact=one.fact, hint=one.hint
            )
            for one in told["questions"]
        ],
        vote=_vote(own) if own else None,
    )  # fmt: skip


def _vote(vote: Vote) -> VoteShown:
    stage: Any = Stage(vote.item.stage).slug
    return VoteShown(
        record=vote.item.record.number, stage=stage, round=vote.round, decision=Decision(vote.decision).value,
        answers=vote.answers, reason=vote.reason, override=vote.override, note=vote.note, protocol=vote.protocol.number,
        cast_at=vote.cast_at, changed_at=vote.changed_at, known=vote.stamp(),
    )  # fmt: skip
