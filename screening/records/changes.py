"""Writing down a change of a fact, so that any past count can be told again (I8, I9), and which records are to be counted anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, QuerySet, Value
from django.utils import timezone

from screening.records.models import Change, ChangeOf, Standing

BATCH = 500
_MARK = "INSERT INTO screening_moved (review_id, record_id, at) "


def log_change(*, review_id: int, record_id: int, fact: ChangeOf, value: str, at: datetime | None = None) -> None:
    """One fact of one record has a new value, from ``at`` (now) on."""
    log_changes(review_id=review_id, fact=fact, values=[(record_id, value)], at=at)


def log_changes(
    *, review_id: int, fact: ChangeOf, values: Iterable[tuple[int, str]], at: datetime | None = None
) -> None:
    """The same for many records: ``values`` are (record id, value)."""
    moment, told = at or timezone.now(), list(values)
    Change.objects.bulk_create(
        [
            Change(review_id=review_id, record_id=record_id, at=moment, fact=fact, value=value)
            for record_id, value in told
        ],
        batch_size=BATCH,
    )
    mark_moved(review_id=review_id, records=[record_id for record_id, _ in told], at=moment)


def mark_moved(*, review_id: int, records: Iterable[int], at: datetime | None = None) -> None:
    """Count these records by their rows until they are placed anew, which is after ``at`` (now)."""
    moment = connection.ops.adapt_datetimefield_value(at or timezone.now())
    rows = [(review_id, record_id, moment) for record_id in records]
    with connection.cursor() as cursor:  # a vote passes here: half the time that a row of the model takes
        for start in range(0, len(rows), BATCH):
            values = rows[start : start + BATCH]
            places = ", ".join(["(%s, %s, %s)"] * len(values))
            cursor.execute(f"{_MARK}VALUES {places}", [one for row in values for one in row])


def mark_all_moved(standings: QuerySet[Standing]) -> None:
    """The same for whole files: for each of ``standings``, in one statement."""
    at = Value(timezone.now(), output_field=DateTimeField())
    rows = standings.order_by().annotate(moved_at=at).values_list("review_id", "record_id", "moved_at")
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_MARK + sql, values)
