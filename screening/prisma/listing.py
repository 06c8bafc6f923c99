"""The records behind a number, as they were placed: a page of the list is read without naming every record of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils import timezone

from screening.prisma import counts
from screening.prisma.buckets import Bucket, Members, SourceKind, members
from screening.records.models import KeptTally, Record
from screening.records.placed import PlacedRecords
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source

_NAMED = re.compile(r"%\((\w+)\)s")


def records_behind(review: Review, key: str, *, run: SearchRun | None = None) -> PlacedRecords:
    """The same records as `counts.record_ids` names (I12). Unknown keys give none."""
    wanted = members(key)
    if wanted is None:
        return PlacedRecords(review.pk, {}, Record.objects.none())
    labels = counts.reason_labels(review)
    sources = {source.pk: source for source in Source.objects.filter(review=review)}
    kept = KeptTally.objects.filter(review=review, n__gt=0)
    tallies = {
        one.pk: one.n
        for one in (kept if run is None else kept.filter(run=run))
        if _holds(wanted, sources[one.source_id], one.bucket, labels.get(one.reason, one.reason))
    }
    return PlacedRecords(review.pk, tallies, _arrived(review, wanted, run, sources, labels))


def _holds(wanted: Members, source: Source, bucket: str, reason: str) -> bool:
    return wanted.holds(SourceKind(source.kind), source.name, Bucket(bucket), reason)


def _arrived(
    review: Review, wanted: Members, run: SearchRun | None, sources: Mapping[int, Source], labels: Mapping[str, str]
) -> Any:
    """Of the records that moved those that the number counts now, as one statement."""
    conditions: dict[str, list[Any]] = {
        "bucket": sorted(bucket.value for bucket in wanted.buckets),
        "source_id": [
            pk
            for pk, one in sources.items()
            if SourceKind(one.kind) in wanted.kinds and wanted.name in {None, one.name}
        ],
    }
    if wanted.reason is not None:
        conditions["COALESCE(reason, '')"] = _keys_of(labels, wanted.reason)
    if run is not None:
        conditions["run_id"] = [run.pk]
    if not all(conditions.values()):
        return Record.objects.none()
    sql, values = _positional(counts.moved_fates(), {"now": timezone.now(), "review": review.pk})
    where = " AND ".join(f"{name} IN ({', '.join(['%s'] * len(found))})" for name, found in conditions.items())
    values += [value for found in conditions.values() for value in found]
    behind = RawSQL(f"SELECT record_id FROM ({sql}) fates WHERE {where}", values)  # noqa: S608, S611  names of ours only
    return Record.objects.filter(review=review, pk__in=behind)


def _keys_of(labels: Mapping[str, str], reason: str) -> list[str]:
    """The keys of the criteria that are told by this name; a key without a name is its own."""
    return [key for key, label in labels.items() if label == reason] + ([reason] if reason not in labels else [])


def _positional(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A statement with named parameters, as one whose parameters have their places."""
    return _NAMED.sub("%s", sql), [values[name] for name in _NAMED.findall(sql)]
