"""What a change of the criteria touches, which records are screened again, and the changes that were proposed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from screening.amendments import actions, queue
from screening.amendments.access import outcome_of, proposal_in
from screening.amendments.models import Proposal
from screening.api.access import opens
from screening.api.operations.numbers import Id, Number
from screening.api.operations.protocol import AmendmentSent, Key
from screening.api.operations.screening import StageName, stage_of
from screening.api.paging import Asked, Page, cut
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.decisions.models import Item, ItemQuerySet
from screening.protocol.access import version_in
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
TOUCHED = "/reviews/{slug}/protocol/versions/{version}/touched"
RECORDS = f"{TOUCHED}/{{key}}/{{stage}}/{{outcome}}"
PROPOSALS = "/reviews/{slug}/proposals"
Outcome = Literal["include", "exclude"]
Version = Annotated[int, Path(ge=1, le=32_767, description="Number of the version.")]


class TouchedNumber(Schema):
    """How many decided records of one stage and outcome a changed criterion touches."""

    key: str
    label: str
    change: str
    stage: StageName
    outcome: Outcome
    n: int


class Touched(Schema):
    """What a version changes. ``sealed`` records hold a vote that is not open; whether they are touched is not told."""

    items: list[TouchedNumber]
    sealed: int


class TouchedRecord(Schema):
    """A decided record that the change touches."""

    number: int
    title: str


class AgainSent(Sent):
    """Numbers of records that are screened again, and why."""

    records: Annotated[list[Number], Field(min_length=1, max_length=actions.MOST_AT_ONCE)]
    reason: str = Field(min_length=1, max_length=1000)


class Reopened(Schema):
    """How many records are screened again; one that moved on meanwhile is left alone."""

    reopened: int


class ProposalSent(Sent):
    """The key of a criterion, and what should change."""

    key: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=2000)


class ProposalShown(Schema):
    """A change that was proposed from a conflict: open, taken into a version, or declined with an answer."""

    id: int
    conflict: int
    record: int
    key: str
    text: str
    by: str
    at: datetime
    version: int | None
    declined_at: datetime | None
    answer: str


class Proposals(Schema):
    """Those that I may read, the latest first."""

    items: list[ProposalShown]


class DeclineSent(Sent):
    """Why the criterion stays as it is."""

    answer: str = Field(min_length=1, max_length=2000)


@opens(router, "GET", TOUCHED, Permission.SEE_RESULTS, gives=Touched)
def read_touched(request: HttpRequest, member: Membership, version: Version) -> Touched:
    """How many decided records each changed criterion of a version touches."""
    found = version_in(member, version)
    items = [_number(touch, number) for touch in queue.touches(found) for number in touch.numbers]
    return Touched(items=items, sealed=queue.count_sealed(found))


@opens(router, "GET", RECORDS, Permission.SEE_RESULTS, gives=Page[TouchedRecord])
def list_touched(
    request: HttpRequest, member: Membership, version: Version, key: Key, stage: StageName, outcome: Outcome, asked: Query[Asked]
) -> Page[TouchedRecord]:  # fmt: skip
    """The records behind one of these numbers."""
    rows = _touched(member, version, key, stage).filter(decision=outcome_of(outcome)).select_related("record")
    found, following = cut(rows, asked)
    records = [one.record for one in found]
    return Page(items=[TouchedRecord(number=one.number, title=one.title) for one in records], next=following)


@opens(router, "POST", f"{RECORDS}/again", Permission.REOPEN, gives=Reopened, scope=Scope.MANAGE)
def screen_records_again(
    request: HttpRequest, member: Membership, version: Version, key: Key, stage: StageName, outcome: Outcome, sent: AgainSent
) -> Reopened:  # fmt: skip
    """A new round, under the version in force, for some of these records; the earlier rounds are kept."""
    rows = _touched(member, version, key, stage).filter(decision=outcome_of(outcome), record__number__in=sent.records)
    n = actions.screen_again(
        member=member, version=version_in(member, version), key=key, stage=stage_of(stage),
        item_ids=set(rows.values_list("pk", flat=True)), reason=sent.reason,
    )  # fmt: skip
    return Reopened(reopened=n)


@opens(router, "GET", PROPOSALS, Permission.SEE_CONFLICTS, gives=Proposals)
def list_proposals(request: HttpRequest, member: Membership) -> Proposals:
    """Changes of criteria that were proposed, and what became of them."""
    return Proposals(items=[_proposal(one) for one in queue.proposals_for(member)])


@opens(
    router, "POST", "/reviews/{slug}/conflicts/{conflict_id}/proposals", Permission.SEE_CONFLICTS, gives=ProposalShown,
    scope=Scope.SCREEN, status=201,
)  # fmt: skip
def propose_change(request: HttpRequest, member: Membership, conflict_id: Id, sent: ProposalSent) -> ProposalShown:
    """From an open conflict: this criterion should change."""
    item = get_object_or_404(Item.objects.revealed(), pk=conflict_id, review=member.review)
    return _proposal(actions.propose(member=member, item_id=item.pk, key=sent.key, text=sent.text))


@opens(
    router, "POST", f"{PROPOSALS}/{{proposal_id}}/take-up", Permission.EDIT_PROTOCOL, gives=ProposalShown, scope=Scope.MANAGE
)  # fmt: skip
def take_proposal_up(request: HttpRequest, member: Membership, proposal_id: Id, sent: AmendmentSent) -> ProposalShown:
    """Note a proposal with the draft, which is begun with this reason where there is none; its wording is yours to change."""
    actions.take_up(proposal=proposal_in(member, proposal_id), actor=member.user, reason=sent.reason)
    return _proposal(proposal_in(member, proposal_id))


@opens(
    router, "POST", f"{PROPOSALS}/{{proposal_id}}/decline", Permission.EDIT_PROTOCOL, gives=ProposalShown, scope=Scope.MANAGE
)  # fmt: skip
def decline_proposal(request: HttpRequest, member: Membership, proposal_id: Id, sent: DeclineSent) -> ProposalShown:
    """The criterion stays, with an answer."""
    actions.decline(proposal=proposal_in(member, proposal_id), actor=member.user, answer=sent.answer)
    return _proposal(proposal_in(member, proposal_id))


def _touched(member: Membership, version: int, key: str, stage: str) -> ItemQuerySet:
    return queue.touched(version_in(member, version), key, stage_of(stage))


def _number(touch: queue.Touch, number: queue.Number) -> TouchedNumber:
    place: Any = {"stage": number.stage.slug, "outcome": number.decision.value}
    return TouchedNumber(key=touch.key, label=touch.label, change=touch.what, n=number.n, **place)


def _proposal(one: Proposal) -> ProposalShown:
    return ProposalShown(
        id=one.pk, conflict=one.item_id, record=one.item.record.number, key=one.key, text=one.text, by=str(one.member.user),
        at=one.at, version=one.version.number if one.version else None, declined_at=one.declined_at, answer=one.answer,
    )  # fmt: skip
