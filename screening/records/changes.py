"""Writing down a change of a fact, so that any past count can be told again (I8, I9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from screening.records.models import Change, ChangeOf


def log_change(*, review_id: int, record_id: int, fact: ChangeOf, value: str, at: datetime | None = None) -> None:
    """One fact of one record has a new value, from ``at`` (now) on."""
    log_changes(review_id=review_id, fact=fact, values=[(record_id, value)], at=at)


def log_changes(
    *, review_id: int, fact: ChangeOf, values: Iterable[tuple[int, str]], at: datetime | None = None
) -> None:
    """The same for many records: ``values`` are (record id, value)."""
    moment = at or timezone.now()
    Change.objects.bulk_create(
        [
            Change(review_id=review_id, record_id=record_id, at=moment, fact=fact, value=value)
            for record_id, value in values
        ],
        batch_size=500,
    )
