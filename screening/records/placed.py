"""Sets of records told by where they were placed: a page costs the same in a set of any size, at any depth.

A set is some tallies with all their records, less what moved since, and of what moved the records that are in it now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from screening.records.models import KeptTally, Moved, Place, Record
from screening.records.queue import with_keys

TITLE = 60  # characters of a title that a list is sorted by: so many a place holds
# Key of a list -> column of `Place`, and what tells the same of a record that is not placed.
_COLUMNS = {"number": "number", "title": "title", "year_key": "year"}
_KEYS = {"number": "number", "title": "place_title", "year_key": "year_key"}
FEW = 3_000  # ids that are named in a statement
_TERMS = 100  # of one UNION: SQLite takes 500
_STRETCH = """SELECT p.record_id, {columns} FROM screening_place p WHERE p.tally_id = %s{beyond}
AND NOT EXISTS (SELECT 1 FROM screening_moved m WHERE m.review_id = %s AND m.record_id = p.record_id)"""

Statement = tuple[str, list[Any]]


def moved_in(review_id: int) -> QuerySet[Moved, Any]:
    """Ids of the records that are to be counted by their rows."""
    return Moved.objects.filter(review_id=review_id).values("record_id")


@dataclass(frozen=True)
class PlacedRecords:
    """Records of one review: ``tallies`` maps the tallies to their sizes, ``arrived`` are those of what moved that are in the set."""

    review_id: int
    tallies: Mapping[int, int]
    arrived: QuerySet[Record]

    def total(self) -> int:
        """How many there are."""
        left = Place.objects.filter(tally__in=self.tallies, record_id__in=moved_in(self.review_id)).count()
        return sum(self.tallies.values()) - left + len(self._arrived_ids)

    def records(self) -> QuerySet[Record]:
        """All of them, to be searched in."""
        placed = Place.objects.filter(tally__in=self.tallies).exclude(record_id__in=moved_in(self.review_id))
        here = Q(pk__in=placed.values("record_id")) | Q(pk__in=self.arrived.order_by().values("pk"))
        return Record.objects.filter(here, review=self.review_id)

    def stretch(self, keys: Sequence[str], edge: Record | None, n: int) -> list[int]:
        """Ids of the next ``n`` beyond ``edge``, in the order of ``keys``: `listing.SORTS`, all in one direction."""
        parts = [self._placed(pk, keys, edge, n) for pk in self.tallies]
        if self._arrived_ids:
            parts.append(self._arrived(keys, edge, n))
        if not parts:
            return []
        while len(parts) > 1:
            parts = [_joined(parts[at : at + _TERMS], keys, n) for at in range(0, len(parts), _TERMS)]
        with connection.cursor() as cursor:
            cursor.execute(*parts[0])
            return [row[0] for row in cursor.fetchall()]

    @cached_property
    def _arrived_ids(self) -> list[int]:
        """Read once: the total and the page ask the same."""
        return list(self.arrived.order_by().values_list("pk", flat=True))

    def _placed(self, tally: int, keys: Sequence[str], edge: Record | None, n: int) -> Statement:
        columns = ", ".join(f"p.{_COLUMNS[key]}" for key in _names(keys))
        step = "<" if keys[0].startswith("-") else ">"
        values = _values(keys, edge) if edge else []
        beyond = f" AND ({columns}) {step} ({', '.join(['%s'] * len(values))})" if values else ""
        sql = _STRETCH.format(columns=columns, beyond=beyond)
        return _first(sql, keys, n), [tally, *values, self.review_id]

    def _arrived(self, keys: Sequence[str], edge: Record | None, n: int) -> Statement:
        names = [_KEYS[key] for key in _names(keys)]
        ids = self._arrived_ids
        arrived = Record.objects.filter(pk__in=ids) if len(ids) <= FEW else self.arrived
        found = with_keys(arrived).annotate(place_title=Left("title", TITLE))
        if edge:
            found = found.filter(_beyond(names, keys[0].startswith("-"), _values(keys, edge)))
        sql, values = found.order_by().values_list("pk", *names).query.sql_with_params()
        return _first(sql, keys, n), list(values)


def _names(keys: Sequence[str]) -> list[str]:
    return [key.removeprefix("-") for key in keys]


def _values(keys: Sequence[str], edge: Record) -> list[Any]:
    known = {"number": edge.number, "title": edge.title[:TITLE], "year_key": edge.year or 0}
    return [known[name] for name in _names(keys)]


def _beyond(names: Sequence[str], is_backwards: bool, values: Sequence[Any]) -> Q:
    """(a, b) > (x, y) spelt out."""
    wanted, equal = Q(), Q()
    for name, value in zip(names, values, strict=True):
        wanted |= equal & Q(**{f"{name}__{'lt' if is_backwards else 'gt'}": value})
        equal &= Q(**{name: value})
    return wanted


def _first(sql: str, keys: Sequence[str], n: int) -> str:
    """The first ``n`` rows of a statement by its columns but the first: SQLite takes an order in a UNION only further inside."""
    down = " DESC" if keys[0].startswith("-") else ""
    order = ", ".join(f"{place}{down}" for place in range(2, len(keys) + 2))
    return f"SELECT * FROM ({sql} ORDER BY {order} LIMIT {n}) found"  # noqa: S608


def _joined(parts: Collection[Statement], keys: Sequence[str], n: int) -> Statement:
    sql = " UNION ALL ".join(sql for sql, _ in parts)
    return _first(sql, keys, n), [value for _, values in parts for value in values]


def placed_in(review_id: int, **filters: int) -> PlacedRecords:
    """Every record of the review, or those of ``run__number`` and ``source_id``."""
    kept = KeptTally.objects.filter(review_id=review_id, n__gt=0, **filters)
    standing = {f"standing__{name}": value for name, value in filters.items()}
    arrived = Record.objects.filter(pk__in=moved_in(review_id), standing__isnull=False, **standing)
    return PlacedRecords(review_id, dict(kept.values_list("pk", "n")), arrived)
