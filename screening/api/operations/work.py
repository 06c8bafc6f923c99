"""How the work of a stage is shared out, and its pilot rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import LARGEST, Number
from screening.api.operations.screening import StageName, stage_of
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.decisions.piloting import rounds, tally
from screening.decisions.piloting.models import Pilot
from screening.decisions.sharing import plan as planning
from screening.decisions.sharing.forms import MOST
from screening.decisions.sharing.models import Order, SharedBy
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
PLAN = "/reviews/{slug}/screening/{stage}/plan"
PILOTS = "/reviews/{slug}/screening/{stage}/pilots"
People = Annotated[list[Number], Field(max_length=500)]


class ShareSent(Sent):
    """What one reviewer is to take: a part of the votes or a number of records; ``key``: one of those who must vote on every record."""

    member: Number
    share: int = Field(0, ge=0, le=MOST)
    key: bool = False


class PlanSent(Sent):
    """How a stage is shared out, in which order. The same seed gives the same order at random."""

    shared_by: SharedBy
    order: Order = Order.IMPORT
    seed: int = Field(1, ge=0, le=LARGEST)
    shares: Annotated[list[ShareSent], Field(max_length=500)] = []


class ShareShown(Schema):
    """A reviewer's share; ``given`` votes so far, and ``kept`` ones that wait for them. Numbers of votes, never what they say."""

    member: int
    name: str
    share: int
    key: bool
    given: int
    kept: int


class Plan(Schema):
    """The plan of a stage, and how much is left: ``votes`` still to be given on ``records``."""

    shared_by: SharedBy
    order: Order
    seed: int
    votes: int
    records: int
    is_done: bool = Field(description="False while records are being put in their places.")
    shares: list[ShareShown]


class PilotSent(Sent):
    """A pilot round: how many records, which agreement in per cent, and the ids of the members who read it."""

    size: int = Field(tally.SIZE, ge=tally.SMALLEST, le=tally.LARGEST)
    gate: int = Field(tally.GATE, ge=50, le=100)
    readers: People


class PilotEndSent(Sent):
    """How a round ends: done ``again``, opened with a ``reason`` where the gate is not passed, its votes set aside with ``void``."""

    again: bool = False
    reason: str = Field("", max_length=1000)
    void: bool = False


class PilotShown(Schema):
    """A pilot round. ``agreement`` is of votes that are open to all, in per cent; null before there is a pair."""

    number: int
    size: int
    gate: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    reason: str
    voided: bool
    done: int
    agreement: float | None
    passes: bool


class Pilots(Schema):
    """Every round of the stage, the last one first."""

    items: list[PilotShown]


@opens(router, "GET", PLAN, Permission.MANAGE_TEAM, gives=Plan)
def read_plan(request: HttpRequest, member: Membership, stage: StageName) -> Plan:
    """Who is offered what, in which order."""
    return _plan(member, stage_of(stage))


@opens(router, "PUT", PLAN, Permission.MANAGE_TEAM, gives=Plan, scope=Scope.MANAGE)
def change_plan(request: HttpRequest, member: Membership, stage: StageName, sent: PlanSent) -> Plan:
    """Share the stage out anew; votes that were given stay. Records are put in their places in a moment."""
    shares = {one.member: planning.Share(one.share, one.key) for one in sent.shares}
    _readers(member, list(shares))
    planning.save_plan(
        lead=member, stage=stage_of(stage), shared_by=sent.shared_by, shares=shares, order=sent.order, seed=sent.seed
    )
    return _plan(member, stage_of(stage))


@opens(router, "GET", PILOTS, Permission.SEE_RESULTS, gives=Pilots)
def list_pilots(request: HttpRequest, member: Membership, stage: StageName) -> Pilots:
    """Pilot rounds, how each went or goes."""
    at = stage_of(stage)
    last = rounds.pilot_of(member.review_id, at)
    under_way = [(last, rounds.tally_of(last))] if last and last.ended_at is None else []
    told = [*under_way, *rounds.ended_rounds(member.review_id, at)]
    return Pilots(items=[_pilot(pilot, found) for pilot, found in told])


@opens(router, "POST", PILOTS, Permission.MANAGE_TEAM, gives=PilotShown, scope=Scope.MANAGE, status=201)
def start_one_pilot(request: HttpRequest, member: Membership, stage: StageName, sent: PilotSent) -> PilotShown:
    """Draw a random sample that all readers vote on; the stage offers nothing else until the round ends."""
    readers = _readers(member, sent.readers)
    pilot = rounds.start_pilot(lead=member, stage=stage_of(stage), size=sent.size, gate=sent.gate, readers=readers)
    return _pilot(pilot, rounds.tally_of(pilot))


@opens(router, "POST", f"{PILOTS}/end", Permission.MANAGE_TEAM, gives=PilotShown, scope=Scope.MANAGE)
def end_one_pilot(request: HttpRequest, member: Membership, stage: StageName, sent: PilotEndSent) -> PilotShown:
    """End the round under way: the stage offers all its records again."""
    pilot = rounds.end_pilot(lead=member, stage=stage_of(stage), **sent.model_dump())
    return _pilot(pilot, None if pilot.voided else rounds.tally_of(pilot))


def _readers(member: Membership, asked: list[int]) -> list[Membership]:
    """The reviewers with these ids. Raises BadInput for anybody who does not screen here."""
    found = {one.pk: one for one in rounds.readers_of(member.review)}
    if missing := sorted(set(asked) - found.keys()):
        raise BadInput(f"Member {missing[0]} does not screen in this review: choose ids of reviewers of the team.")
    return [found[pk] for pk in dict.fromkeys(asked)]


def _plan(member: Membership, stage: Stage) -> Plan:
    plan, left = planning.plan_of(member.review, stage), planning.outlook(member.review, stage)
    shares = planning.shares_of(plan)
    nothing = planning.Share()
    return Plan(
        shared_by=SharedBy(plan.shared_by), order=Order(plan.order), seed=plan.seed, votes=left.votes, records=left.records,
        is_done=planning.job_of(member.review, stage) is None,
        shares=[
            ShareShown(
                member=one.pk, name=str(one.user), share=shares.get(one.pk, nothing).share, key=shares.get(one.pk, nothing).is_key,
                given=left.given.get(one.pk, 0), kept=left.kept.get(one.pk, 0),
            )
            for one in rounds.readers_of(member.review)
        ],
    )  # fmt: skip


def _pilot(pilot: Pilot, found: tally.Tally | None) -> PilotShown:
    return PilotShown(
        number=pilot.number, size=pilot.size, gate=pilot.gate, started_at=pilot.started_at, ended_at=pilot.ended_at,
        outcome=pilot.outcome, reason=pilot.reason, voided=pilot.voided, done=found.done if found else 0,
        agreement=found.per_cent if found else None, passes=bool(found and found.passes(pilot.gate)),
    )  # fmt: skip
