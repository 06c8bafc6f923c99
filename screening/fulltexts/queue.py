"""Which reports are sought, and how far each has come."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from screening.decisions.models import ItemQuerySet
from screening.decisions.queue import decided
from screening.decisions.verdict import Decision, Stage


def sought(review_id: int, now: datetime | None = None) -> ItemQuerySet:
    """Title and abstract items that are revealed, final and included: each is one report sought (R3)."""
    return decided(review_id, Stage.TITLE_ABSTRACT, Decision.INCLUDE, now)


def to_retrieve(review_id: int) -> ItemQuerySet:
    """Sought, and neither retrieved nor given up."""
    return sought(review_id).filter(Q(record__report__isnull=True) | Q(record__report__status=""))


def retrieved(review_id: int) -> ItemQuerySet:
    return sought(review_id).filter(record__report__status="retrieved")


def not_retrieved(review_id: int) -> ItemQuerySet:
    return sought(review_id).filter(record__report__status="not_retrieved")
