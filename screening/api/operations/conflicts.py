"""Conflicts: which are open, what both sides said, the talk, and the adjudicator's ruling. Names are masked as on the pages (S4)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Id
from screening.api.operations.records import RecordShown, fields_of
from screening.api.operations.screening import Answer, StageName
from screening.api.paging import Asked, Page, closed, opened
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.audit.refusal import NotAllowedNow
from screening.conflicts import actions, arguments
from screening.conflicts.listing import Clash, clashes
from screening.conflicts.models import OwnReading
from screening.conflicts.queue import to_rule_on
from screening.decisions.models import Item
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.shown import as_shown
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/conflicts"
RULINGS = "/reviews/{slug}/rulings"
Word = Literal["include", "exclude"]
MAX_TEXT = 5000


class ConflictRow(Schema):
    """An open conflict; ``criteria`` are those answered differently, empty where I may not know them."""

    id: int
    record: int
    title: str
    stage: StageName
    state: Literal["conflict", "reason_conflict", "discussion", "arbitration"]
    opened_at: datetime
    criteria: list[str]
    waits_for_me: bool
    mentions_me: bool


class SideShown(Schema):
    """One voter: by name, or as Reviewer A and B to whoever may rule. ``position`` is what it should be now."""

    name: str
    decision: Literal["include", "maybe", "exclude"]
    answers: dict[str, str]
    reason: str
    note: str
    override: str
    position: Literal["", "include", "exclude"]
    position_reason: str


class Message(Schema):
    """A comment, or a step of handing over."""

    name: str
    text: str
    kind: str
    at: datetime | None


class RulingShown(Schema):
    """A ruling with its reason in words."""

    decision: Word
    reason: str
    rationale: str
    by: str
    at: datetime


class ConflictShown(Schema):
    """One conflict, open or settled."""

    id: int
    stage: StageName
    round: int
    state: Literal["conflict", "reason_conflict", "discussion", "arbitration", "final"]
    decision: Literal["", "include", "exclude"]
    record: RecordShown
    sides: list[SideShown]
    thread: list[Message]
    ruling: RulingShown | None


class ToRule(Schema):
    """A conflict to rule on. The arguments open once my own answers are recorded; until then ``sides`` and ``thread`` are null."""

    id: int
    stage: StageName
    round: int
    record: RecordShown
    own_answers: dict[str, str] | None
    sides: list[SideShown] | None
    thread: list[Message] | None


class ToRuleOn(Schema):
    """Conflicts that I may rule on, oldest first."""

    items: list[ToRule]


class ConflictsWanted(Asked):
    """Which conflicts."""

    stage: StageName | None = None
    mine: bool = Field(False, description="Only those that wait for me.")


class CommentSent(Sent):
    """A comment; whoever it names with an @ is called."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)


class PositionSent(Sent):
    """What it should be now; a report's exclusion names the key of the criterion."""

    decision: Word
    reason: str = Field("", max_length=40)


class ReasonSent(Sent):
    """The key of one of the two reasons that were given."""

    reason: str = Field(min_length=1, max_length=40)


class NoteSent(Sent):
    """A note, in words."""

    note: str = Field("", max_length=MAX_TEXT)


class ReadingSent(Sent):
    """My own answers on the bare record."""

    answers: dict[Annotated[str, Field(max_length=40)], Answer] = Field({}, max_length=100)


class RulingSent(PositionSent):
    """A ruling with its reason in words."""

    rationale: str = Field(min_length=1, max_length=MAX_TEXT)


@opens(router, "GET", AT, Permission.SEE_CONFLICTS, gives=Page[ConflictRow])
def list_conflicts(request: HttpRequest, member: Membership, asked: Query[ConflictsWanted]) -> Page[ConflictRow]:
    """Open conflicts, oldest first."""
    found = [one for one in clashes(member) if _takes(asked, one)]
    if asked.cursor:
        edge = tuple(opened(asked.cursor, 2))
        found = [one for one in found if _place(one) > edge]
    page = found[: asked.limit]
    records = Item.objects.select_related("record").in_bulk([one.item_id for one in page])
    following = closed(_place(page[-1])) if len(found) > len(page) else None
    return Page(items=[_row(one, records[one.item_id]) for one in page], next=following)


@opens(router, "GET", f"{AT}/{{conflict_id}}", Permission.SEE_CONFLICTS, gives=ConflictShown)
def read_conflict(request: HttpRequest, member: Membership, conflict_id: Id) -> ConflictShown:
    """Both votes with their answers, the talk and the ruling; to whoever may rule, only once it is settled."""
    return _shown(member, _item(member, conflict_id))


@opens(router, "POST", f"{AT}/{{conflict_id}}/comments", Permission.DISCUSS, gives=ConflictShown, scope=Scope.SCREEN)
def comment_on_conflict(request: HttpRequest, member: Membership, conflict_id: Id, sent: CommentSent) -> ConflictShown:
    """Write in the thread."""
    actions.add_comment(member=member, item_id=_item(member, conflict_id).pk, text=sent.text)
    return _shown(member, _item(member, conflict_id))


@opens(router, "POST", f"{AT}/{{conflict_id}}/position", Permission.DISCUSS, gives=ConflictShown, scope=Scope.SCREEN)
def take_my_position(request: HttpRequest, member: Membership, conflict_id: Id, sent: PositionSent) -> ConflictShown:
    """Say what it should be now; final when all voters say the same."""
    item = _item(member, conflict_id)
    actions.take_position(member=member, item_id=item.pk, decision=Decision(sent.decision), reason=sent.reason)
    return _shown(member, _item(member, conflict_id))


@opens(
    router, "POST", f"{AT}/{{conflict_id}}/reason", Permission.SEE_CONFLICTS, gives=None, scope=Scope.SCREEN, status=204
)
def pick_one_reason(request: HttpRequest, member: Membership, conflict_id: Id, sent: ReasonSent) -> None:
    """Both exclude and differ in the reason only: pick one of the two."""
    actions.pick_reason(member=member, item_id=_item(member, conflict_id).pk, reason=sent.reason)


@opens(
    router, "POST", f"{AT}/{{conflict_id}}/no-consensus", Permission.SEE_CONFLICTS, gives=None, scope=Scope.SCREEN, status=204
)  # fmt: skip
def hand_conflict_over(request: HttpRequest, member: Membership, conflict_id: Id, sent: NoteSent) -> None:
    """No consensus: hand it to the adjudicator."""
    if member.may(Permission.ADJUDICATE) and not member.may(Permission.DISCUSS) and not member.may(Permission.REOPEN):
        raise PermissionDenied
    actions.escalate(member=member, item_id=_item(member, conflict_id).pk, note=sent.note)


@opens(
    router, "POST", f"{AT}/{{conflict_id}}/take-back", Permission.SEE_CONFLICTS, gives=None, scope=Scope.SCREEN, status=204
)  # fmt: skip
def take_conflict_back(request: HttpRequest, member: Membership, conflict_id: Id) -> None:
    """Take a hand-over back, while no adjudicator has opened it."""
    actions.take_back_hand_over(member=member, item_id=_item(member, conflict_id).pk)


@opens(router, "GET", RULINGS, Permission.ADJUDICATE, gives=ToRuleOn)
def list_rulings(request: HttpRequest, member: Membership) -> ToRuleOn:
    """Conflicts that wait for my ruling, at most a hundred."""
    items = [item for stage in Stage for item in to_rule_on(member, stage).select_related(*_RECORD, "protocol")[:100]]
    return ToRuleOn(items=[_to_rule(member, item) for item in items[:100]])


@opens(router, "GET", f"{RULINGS}/{{conflict_id}}", Permission.ADJUDICATE, gives=ToRule)
def read_ruling(request: HttpRequest, member: Membership, conflict_id: Id) -> ToRule:
    """One conflict that waits for my ruling: the bare record, and the masked arguments once I have answered."""
    return _to_rule(member, _unruled(member, conflict_id))


@opens(router, "POST", f"{RULINGS}/{{conflict_id}}/reading", Permission.ADJUDICATE, gives=ToRule, scope=Scope.SCREEN)
def record_my_reading(request: HttpRequest, member: Membership, conflict_id: Id, sent: ReadingSent) -> ToRule:
    """Record my own answers; the arguments open, and that is logged."""
    item = _item(member, conflict_id)
    actions.record_own_reading(member=member, item_id=item.pk, answers=dict(sent.answers))
    return _to_rule(member, _unruled(member, conflict_id))


@opens(router, "POST", f"{RULINGS}/{{conflict_id}}", Permission.ADJUDICATE, gives=ConflictShown, scope=Scope.SCREEN)
def give_ruling(request: HttpRequest, member: Membership, conflict_id: Id, sent: RulingSent) -> ConflictShown:
    """Rule, with a written reason."""
    actions.rule(
        member=member, item_id=_item(member, conflict_id).pk, decision=Decision(sent.decision), rationale=sent.rationale,
        reason=sent.reason,
    )  # fmt: skip
    return _shown(member, _item(member, conflict_id))


_RECORD = ("record__standing__source", "record__standing__run", "record__standing__lead")


def _item(member: Membership, item_id: int) -> Item:
    """A revealed item of this review; anything else is as good as none (B2)."""
    items = Item.objects.revealed().select_related(*_RECORD, "protocol")
    return get_object_or_404(items, pk=item_id, review_id=member.review_id)


def _unruled(member: Membership, item_id: int) -> Item:
    """A conflict that waits for this member's ruling."""
    items = Item.objects.filter(
        pk__in=[pk for stage in Stage for pk in to_rule_on(member, stage).values_list("pk", flat=True)]
    )
    return get_object_or_404(items.select_related(*_RECORD, "protocol"), pk=item_id)


def _takes(asked: ConflictsWanted, clash: Clash) -> bool:
    return asked.stage in (None, clash.stage.slug) and (clash.is_mine or not asked.mine)


def _place(clash: Clash) -> tuple[int, int]:
    return int(clash.opened_at.timestamp() * 1_000_000), clash.item_id


def _row(clash: Clash, item: Item) -> ConflictRow:
    stage: Any = clash.stage.slug
    state: Any = clash.state.value
    return ConflictRow(
        id=item.pk, record=item.record.number, title=item.record.title or item.record.title_translated, stage=stage, state=state,
        opened_at=clash.opened_at, criteria=list(clash.differing), waits_for_me=clash.is_mine,
        mentions_me=clash.is_called,
    )  # fmt: skip


def _shown(member: Membership, item: Item) -> ConflictShown:
    if arguments.is_masked(member, item):
        sentence = (
            "You may rule on this conflict, so its arguments are under rulings, once your own answers are recorded."
        )
        raise NotAllowedNow(sentence, rule="S4")
    outcome: dict[str, Any] = {"state": item.state, "decision": item.decision}
    return ConflictShown(
        **_about(item),
        **outcome,
        sides=_sides(member, item),
        thread=_thread(member, item),
        ruling=_ruling(item),
    )


def _ruling(item: Item) -> RulingShown | None:
    ruling = arguments.ruling_of(item)
    if ruling is None:
        return None
    decision: Any = ruling.decision
    reason = arguments.reason_label(item.protocol_id, ruling.reason)
    by = str(ruling.adjudicator.user)
    return RulingShown(decision=decision, reason=reason, rationale=ruling.rationale, by=by, at=ruling.at)


def _to_rule(member: Membership, item: Item) -> ToRule:
    reading = OwnReading.objects.filter(item=item, round=item.round, adjudicator=member).first()
    return ToRule(
        **_about(item),
        own_answers=reading.answers if reading else None,
        sides=_sides(member, item) if reading else None,
        thread=_thread(member, item) if reading else None,
    )


def _about(item: Item) -> dict[str, Any]:
    record = RecordShown(**fields_of(as_shown(item.record)))
    return {"id": item.pk, "stage": Stage(item.stage).slug, "round": item.round, "record": record}


def _sides(member: Membership, item: Item) -> list[SideShown]:
    return [_side(side) for side in arguments.sides(member, item)]


def _side(side: arguments.Side) -> SideShown:
    decision: Any = side.vote.decision
    position: Any = side.position
    return SideShown(
        name=side.name, decision=decision, answers=side.vote.answers, reason=side.reason, note=side.note, override=side.override,
        position=position, position_reason=side.position_reason,
    )  # fmt: skip


def _thread(member: Membership, item: Item) -> list[Message]:
    return [Message(name=one.name, text=one.text, kind=one.kind, at=one.at) for one in arguments.thread(member, item)]
