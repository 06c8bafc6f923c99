"""Which conflicts wait for whom."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from reviewapp.compiled import compiled
from screening.conflicts.models import Mention, OwnReading, Position
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.queue import in_conflict, number_of
from screening.decisions.verdict import UNSETTLED, ItemState, Stage
from screening.reviews.models import Membership
from screening.roles import Permission


def open_conflicts(member: Membership, stage: Stage) -> ItemQuerySet:
    """Every revealed, unsettled item of the stage, oldest first."""
    return in_conflict(member.review_id, stage).order_by("reveal_at", "pk")


def mine_to_settle(member: Membership, stage: Stage) -> ItemQuerySet:
    """Conflicts in which this member voted and has not yet taken a position, those in which they are called, and those that only
    an adjudicator who never voted on them may rule on."""
    is_judge = member.may(Permission.ADJUDICATE)
    return open_conflicts(member, stage).filter(_waits_for(member.pk, is_judge=is_judge))


def _waits_for(member_id: int, *, is_judge: bool) -> Q:
    waits = _talks(member_id) | Q(_called(member_id))
    return waits | _to_rule(member_id) if is_judge else waits


def to_talk_about(member: Membership, stage: Stage) -> ItemQuerySet:
    """Conflicts in which this member voted and has not yet taken a position."""
    return open_conflicts(member, stage).filter(_talks(member.pk))


def _talks(member_id: int) -> Q:
    said = Exists(Position.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), member=member_id))
    return ~Q(state=ItemState.ARBITRATION) & Q(_voted(member_id)) & ~Q(said)


def _voted(member_id: int) -> Exists:
    return Exists(
        Vote.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), reviewer=member_id, withdrawn_at__isnull=True)
    )


def _called(member_id: int) -> Exists:
    return Exists(_unread_by(member_id).filter(comment__item=OuterRef("pk")))


def _to_rule(member_id: int) -> Q:
    return Q(state=ItemState.ARBITRATION) & ~Q(Exists(Vote.objects.filter(item=OuterRef("pk"), reviewer=member_id)))


def to_rule_on(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items in arbitration on which this member has never voted (I15), oldest first; those put off by them come last."""
    put_off = OwnReading.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), adjudicator=member)
    items = open_conflicts(member, stage).filter(_to_rule(member.pk))
    last = F("put_off").asc(nulls_first=True)
    return items.annotate(put_off=Subquery(put_off.values("put_off_at"))).order_by(last, "reveal_at", "pk")


def unread_mentions(member: Membership) -> QuerySet[Mention]:
    """Where somebody called this member in the present round of an item, and they have not said that they read it."""
    return _unread_by(member.pk)


def _unread_by(member_id: int) -> QuerySet[Mention]:
    rows = Mention.objects.filter(member=member_id, read_at__isnull=True, comment__round=F("comment__item__round"))
    return rows.filter(comment__item__state__in=UNSETTLED)


def callable_by(author: Membership, item: Item) -> list[Membership]:
    """Who may be called in the thread of an item: those who may read it under its voters' names. An adjudicator who could rule on
    it reads it later and masked (S4), so that a name would give the voters away."""
    team = Membership.objects.filter(review_id=item.review_id, active_to__isnull=True, user__is_active=True)
    voted = set(Vote.objects.filter(item=item).values_list("reviewer_id", flat=True))
    return [
        one
        for one in team.exclude(pk=author.pk).select_related("user").order_by("user__name", "pk")
        if one.may(Permission.SEE_CONFLICTS) and (one.pk in voted or not one.may(Permission.ADJUDICATE))
    ]


def judges_of_item() -> QuerySet[Membership]:
    """Those who may rule on the item of the outer query: adjudicators of its review who never voted on it (I15)."""
    voted = Vote.objects.filter(item=OuterRef(OuterRef("pk")), reviewer=OuterRef("pk"))
    judges = Membership.objects.filter(
        review=OuterRef("review"), is_adjudicator=True, active_to__isnull=True, user__is_active=True
    )
    return judges.exclude(Exists(voted))


def nobody_rules_on(items: ItemQuerySet) -> ItemQuerySet:
    """Those of the items for which the review has no adjudicator who never voted on them (I15)."""
    return items.exclude(Exists(judges_of_item()))


def count_unruled(review_id: int) -> int:
    """How many items of both stages wait for a ruling that nobody in the review may give."""
    return sum(
        nobody_rules_on(in_conflict(review_id, stage).filter(state=ItemState.ARBITRATION)).count() for stage in Stage
    )


def count_waiting(member: Membership) -> int:
    """How many conflicts of both stages wait for this member. Every page tells it, so it is counted by statements built once (ADR 6)."""
    asked = member.review_id, member.pk, timezone.now()
    is_judge = member.may(Permission.ADJUDICATE)
    return sum(sum(_n_waiting(*asked, stage=stage, is_judge=is_judge)) for stage in Stage)


@compiled
def _n_waiting(review_id: int, member_id: int, now: datetime, *, stage: Stage, is_judge: bool) -> QuerySet[Item, int]:
    return number_of(in_conflict(review_id, stage, now).filter(_waits_for(member_id, is_judge=is_judge)))
