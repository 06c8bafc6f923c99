"""How many records the lists of a stage hold: numbers of votes, and outcomes that are revealed; never what a sealed vote says (I27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from reviewapp.compiled import compiled
from screening.decisions.models import Item, ItemQuerySet
from screening.decisions.queue import STILL_OPEN, UNSETTLED, in_play, looks_half_voted, n_waiting, with_holder
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.reviews.models import Membership


@dataclass(frozen=True, slots=True)
class Numbers:
    """Records of a stage, as one member counts them.

    ``total`` are in play; the member has ``voted`` on some, some are ``left`` for her, and of those voted on some are ``awaiting`` a vote
    of somebody else, as far as anybody may know. ``conflicts``, ``excluded`` and ``included`` are the same for everybody.
    """

    total: int
    voted: int
    left: int
    awaiting: int
    conflicts: int
    excluded: int
    included: int


_Whole = tuple[int, int, int, int, int]  # in play, open, in conflict, excluded, included
_Own = tuple[int, int, int]  # voted on, open among these, awaiting another vote among these


def numbers_for(member: Membership, stage: Stage) -> Numbers:
    """The numbers of one member."""
    return numbers_of([member], stage)[member.pk]


def numbers_of(members: Sequence[Membership], stage: Stage) -> dict[int, Numbers]:
    """By membership id, for members of one review: two statements for all of them, and one for each with a queue of their own."""
    if not members:
        return {}
    review_id, now = members[0].review_id, timezone.now()
    total, n_open, *outcomes = _whole.first(review_id, now, stage=stage) or (0, 0, 0, 0, 0)
    has_own_queue = _with_a_queue_of_their_own(members, stage)
    own = _own_of(members, stage, now)
    found = {}
    for one in members:
        voted, voted_open, awaiting = own.get(one.pk, (0, 0, 0))
        left = n_waiting(one, stage) if one.pk in has_own_queue else n_open - voted_open
        found[one.pk] = Numbers(total, voted, left, awaiting, *outcomes)
    return found


def _own_of(members: Sequence[Membership], stage: Stage, now: datetime) -> dict[int, _Own]:
    """What each of them voted on, by membership id; nothing of those who did not vote."""
    review_id = members[0].review_id
    if len(members) > 1:
        return {
            pk: (voted, still_open, awaiting) for pk, voted, still_open, awaiting in _each(review_id, now, stage=stage)
        }
    own = _own.first(review_id, members[0].pk, now, stage=stage)
    return {members[0].pk: own} if own else {}


def _with_a_queue_of_their_own(members: Sequence[Membership], stage: Stage) -> set[int]:
    """Those for whom not every unvoted open record waits: by share, by language, or since they read some as adjudicator."""
    review_id = members[0].review_id
    if Assignment.objects.filter(item__review=review_id, item__stage=stage).exists():
        return {one.pk for one in members}
    read = Item.objects.filter(review=review_id, stage=stage, own_readings__isnull=False).order_by()
    readers = read.values_list("own_readings__adjudicator", flat=True).distinct()
    return {*readers, *(one.pk for one in members if one.languages)}


@compiled
def _whole(review_id: int, now: datetime, *, stage: Stage) -> QuerySet[Item, _Whole]:
    final = Q(state=ItemState.FINAL, reveal_at__lte=now)
    kinds = {
        "total": Q(pk__isnull=False),
        "still_open": STILL_OPEN,
        "conflicts": Q(state__in=UNSETTLED, reveal_at__lte=now),
        "excluded": final & Q(decision=Decision.EXCLUDE),
        "included": final & Q(decision=Decision.INCLUDE),
    }
    return _counted(with_holder(in_play(review_id, stage, now)), kinds)


@compiled
def _own(review_id: int, member_id: int, now: datetime, *, stage: Stage) -> QuerySet[Item, _Own]:
    mine = with_holder(in_play(review_id, stage, now)).filter(
        votes__reviewer=member_id, votes__withdrawn_at__isnull=True, votes__round=F("round")
    )
    return _counted(mine, _of_voters(now))


@compiled
def _each(review_id: int, now: datetime, *, stage: Stage) -> QuerySet[Item, tuple[int, int, int, int]]:
    """As `_own`, of everybody who voted, with the membership id before."""
    voted_on = with_holder(in_play(review_id, stage, now)).filter(
        votes__withdrawn_at__isnull=True, votes__round=F("round")
    )
    return _counted(voted_on, _of_voters(now), by="votes__reviewer")


def _of_voters(now: datetime) -> dict[str, Q]:
    return {"voted": Q(pk__isnull=False), "still_open": STILL_OPEN, "awaiting": looks_half_voted(now)}


def _counted(items: ItemQuerySet, kinds: Mapping[str, Q], *, by: str = "") -> QuerySet[Item, Any]:
    """How many of the items are of each kind: one row, none where there are no items; or one row for each value of ``by``, with it."""
    counts: dict[str, Any] = {name: Count("pk", filter=kind) for name, kind in kinds.items()}
    rows: QuerySet[Item, Any] = items.order_by().values(by or "stage").annotate(**counts)
    return rows.values_list(*filter(None, [by]), *counts)
