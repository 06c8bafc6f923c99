"""Which conflicts wait for whom."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from screening.conflicts.models import Position
from screening.decisions.models import ItemQuerySet, Vote
from screening.decisions.queue import in_conflict
from screening.decisions.verdict import ItemState, Stage
from screening.reviews.models import Membership
from screening.roles import Permission


def open_conflicts(member: Membership, stage: Stage) -> ItemQuerySet:
    """Every revealed, unsettled item of the stage, oldest first."""
    return in_conflict(member.review_id, stage).order_by("reveal_at", "pk")


def mine_to_settle(member: Membership, stage: Stage) -> ItemQuerySet:
    """Conflicts in which this member voted and has not yet taken a position, and those that only this member may rule on."""
    waiting = open_conflicts(member, stage)
    voted = Exists(
        Vote.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), reviewer=member, withdrawn_at__isnull=True)
    )
    said = Exists(Position.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), member=member))
    talks = waiting.exclude(state=ItemState.ARBITRATION).filter(voted).exclude(said)
    if not member.may(Permission.ADJUDICATE):
        return talks
    return talks | to_rule_on(member, stage)


def to_rule_on(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items in arbitration on which this member has never voted (I15)."""
    ever = Exists(Vote.objects.filter(item=OuterRef("pk"), reviewer=member))
    return open_conflicts(member, stage).filter(state=ItemState.ARBITRATION).exclude(ever)


def nobody_rules_on(items: ItemQuerySet) -> ItemQuerySet:
    """Those of the items for which the review has no adjudicator who never voted on them (I15)."""
    voted = Vote.objects.filter(item=OuterRef(OuterRef("pk")), reviewer=OuterRef("pk"))
    judges = Membership.objects.filter(
        review=OuterRef("review"), is_adjudicator=True, active_to__isnull=True, user__is_active=True
    )
    return items.exclude(Exists(judges.exclude(Exists(voted))))


def count_unruled(review_id: int) -> int:
    """How many items of both stages wait for a ruling that nobody in the review may give."""
    return sum(
        nobody_rules_on(in_conflict(review_id, stage).filter(state=ItemState.ARBITRATION)).count() for stage in Stage
    )


def count_waiting(member: Membership) -> int:
    """How many conflicts of both stages wait for this member."""
    return sum(mine_to_settle(member, stage).count() for stage in Stage)
