"""The records behind a number as one statement: a page of the list is read without naming every record of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from screening.prisma import counts
from screening.prisma.buckets import Members, members
from screening.records.models import Record
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source

_NAMED = re.compile(r"%\((\w+)\)s")


def records_behind(review: Review, key: str, *, run: SearchRun | None = None) -> QuerySet[Record]:
    """The same records as `counts.record_ids` names (I12). Unknown keys give none."""
    wanted = members(key)
    if wanted is None:
        return Record.objects.none()
    conditions = _conditions(review, wanted)
    if run is not None:
        conditions["run_id"] = [run.pk]
    if not all(conditions.values()):
        return Record.objects.none()
    sql, values = _positional(counts._FATES, {"now": timezone.now(), "review": review.pk})
    where = " AND ".join(f"{name} IN ({', '.join(['%s'] * len(found))})" for name, found in conditions.items())
    values += [value for found in conditions.values() for value in found]
    behind = RawSQL(f"SELECT record_id FROM ({sql}) fates WHERE {where}", values)  # noqa: S608, S611  names of ours only
    return Record.objects.filter(review=review, pk__in=behind)


def _conditions(review: Review, wanted: Members) -> dict[str, list[Any]]:
    """Column -> values that it may have."""
    sources = Source.objects.filter(review=review, kind__in=[kind.value for kind in wanted.kinds])
    found: dict[str, list[Any]] = {
        "bucket": sorted(bucket.value for bucket in wanted.buckets),
        "source_id": [one.pk for one in sources if wanted.name in {None, one.name}],
    }
    if wanted.reason is not None:
        found["COALESCE(reason, '')"] = _keys_of(counts.reason_labels(review), wanted.reason)
    return found


def _keys_of(labels: Mapping[str, str], reason: str) -> list[str]:
    """The keys of the criteria that are told by this name; a key without a name is its own."""
    return [key for key, label in labels.items() if label == reason] + ([reason] if reason not in labels else [])


def _positional(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A statement with named parameters, as one whose parameters have their places."""
    return _NAMED.sub("%s", sql), [values[name] for name in _NAMED.findall(sql)]
