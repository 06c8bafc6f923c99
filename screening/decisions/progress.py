"""How the voting of a stage moves: votes a day, last votes, votes still needed. Numbers of votes only, never what they say (I27)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Case, Count, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from screening.decisions.models import Vote, VoteQuerySet
from screening.decisions.queue import in_play
from screening.decisions.rules import current_mode
from screening.decisions.verdict import Mode, Stage
from screening.protocol.versions import active_protocol
from screening.reviews.models import Review


def votes_by_day(review_id: int, stage: Stage, since: datetime) -> dict[int, dict[date, int]]:
    """Membership id -> day -> votes that were first cast here on it, from ``since`` on; what was brought in has no pace."""
    cast_here = _active(review_id, stage).filter(brought_in=False, cast_at__gte=since)
    rows = (
        cast_here.annotate(day=TruncDate("cast_at"))
        .order_by()
        .values_list("reviewer_id", "day")
        .annotate(n=Count("pk"))
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for reviewer, day, n in rows:
        found[reviewer][day] = n
    return dict(found)


def last_votes(review_id: int) -> dict[int, date]:
    """Membership id -> the day of the last vote cast here, at either stage. A changed vote keeps its day."""
    cast_here = Vote.objects.filter(review_id=review_id, withdrawn_at__isnull=True, brought_in=False)
    rows = cast_here.order_by().values_list("reviewer_id").annotate(last=Max("cast_at"))
    return {reviewer: timezone.localdate(last) for reviewer, last in rows}


def votes_needed(review: Review, stage: Stage) -> int:
    """How many votes the open records of a stage still take, as far as anybody may know; in liberal mode at most."""
    version = active_protocol(review)
    if version is None:
        return 0
    single = Q(mode=Mode.SINGLE)
    if current_mode(version=version, stage=stage) is Mode.SINGLE:
        single |= Q(mode="", pilot=0)
    wanted = Case(When(single, then=Value(1)), default=F("voters"), output_field=IntegerField())
    still_open = in_play(review.pk, stage).filter(reveal_at__isnull=True)
    total = still_open.aggregate(n=Sum(Greatest(wanted - F("votes_in"), Value(1))))["n"]
    return int(total or 0)


def _active(review_id: int, stage: Stage) -> VoteQuerySet:
    return Vote.objects.active().filter(item__in=in_play(review_id, stage))
