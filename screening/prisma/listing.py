"""The records behind a number as one statement: a page of the list is read without naming every record of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from screening.decisions.models import Item
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.prisma import counts
from screening.prisma.buckets import EVERY, REMOVED, SCREENED, Bucket, Members, members
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source

_NAMED = re.compile(r"%\((\w+)\)s")


def records_behind(review: Review, key: str, *, run: SearchRun | None = None) -> QuerySet[Record]:
    """The same records as `counts.record_ids` names (I12). Unknown keys give none."""
    wanted = members(key)
    if wanted is None:
        return Record.objects.none()
    standings = _standings(review, wanted, run)
    if standings is not None:
        return Record.objects.filter(review=review, standing__in=standings)
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


def _standings(review: Review, wanted: Members, run: SearchRun | None) -> QuerySet[Standing] | None:
    """The large sets told by the narrow row, with the item where it takes one: no more tables are read than that. None for others.

    What these conditions say is what `buckets.bucket_of` says, first match wins; a test holds every number against `counts.record_ids`.
    """
    condition = _LARGE.get(wanted.buckets)
    if condition is None:
        return None
    sources = _conditions(review, wanted)["source_id"]
    rows = Standing.objects.filter(condition, review=review, source__in=sources)
    rows = rows if run is None else rows.filter(run=run)
    if wanted.buckets <= _BY_ITEM:
        settled = Item.objects.filter(
            record=OuterRef("record"), stage=Stage.TITLE_ABSTRACT, state=ItemState.FINAL
        ).revealed()
        excluded = wanted.buckets == {Bucket.TA_EXCLUDED}
        rows = rows.filter(Exists(settled.filter(decision=Decision.EXCLUDE)) if excluded else ~Exists(settled))
    return rows


_SCREENED = Q(lead__isnull=True, removed="")
_BY_ITEM = frozenset({Bucket.TA_PENDING, Bucket.TA_EXCLUDED})
_LARGE: dict[frozenset[Bucket], Q] = {
    EVERY: Q(),
    SCREENED: _SCREENED,
    frozenset({Bucket.DUPLICATE}): Q(lead__isnull=False),
    REMOVED: Q(lead__isnull=False) | ~Q(removed=""),
    frozenset({Bucket.TA_PENDING}): _SCREENED,
    frozenset({Bucket.TA_EXCLUDED}): _SCREENED,
}


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
