"""Where records stand once they are merged: many leads at a time, each with its entry in the log (I9)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from screening.records.changes import log_changes
from screening.records.models import ChangeOf

_PLACE = "UPDATE screening_standing SET lead_id = %s, merged_by = %s WHERE record_id = %s"


def set_places(*, review_id: int, places: Collection[tuple[int, int | None, str]]) -> None:
    """Put each record under a lead: ``places`` are (record, lead or None, merged by "rule", "person" or "").

    Call inside a transaction, with at most some hundred rows on SQLite.
    """
    with connection.cursor() as cursor:  # 500 rows in 3 ms of processor time, where `bulk_update` takes 140
        cursor.executemany(_PLACE, [(lead, by, pk) for pk, lead, by in places])
    values = [(pk, f"{lead} {by}" if lead else "") for pk, lead, by in places]
    log_changes(review_id=review_id, fact=ChangeOf.LEAD, values=values)
