"""One list of records for every page that opens a number: searched, sorted, paged by key, its state in the address (U2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from screening.records.models import Record
from screening.records.placed import PlacedRecords
from screening.records.queue import found_by, with_keys

PAGE = 50
SORTS = {
    "number": ("Number", ("number",)),
    "title": ("Title", ("title", "number")),
    "year": ("Oldest first", ("year_key", "number")),
    "-year": ("Newest first", ("-year_key", "-number")),
}
_OWN = ("q", "sort", "after", "before")
_SHOWN = (
    "number",
    "title",
    "title_translated",
    "authors",
    "year",
    "journal",
    "languages",
    "doi",
    "flags",
    "review_id",
    "standing__lead_id",
    "standing__removed",
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``total`` counts all records of the list, ``found`` those that the search leaves of them; None: not counted."""

    records: list[Record]
    total: int | None
    found: int | None
    query: str
    sort: str
    earlier: str
    later: str

    @property
    def sorts(self) -> list[tuple[str, str]]:
        return [(key, label) for key, (label, _) in SORTS.items()]

    @property
    def is_searched(self) -> bool:
        return bool(self.query)


def page_of(
    records: QuerySet[Record] | PlacedRecords, request: HttpRequest, total: int | None = None, *, counts: bool = True
) -> dict[str, Any]:
    """Context of `screening/records/list.html`: ``page`` and ``kept``, the other filters of the address as hidden fields.

    ``records`` is any set of records of one review. One that grows with the review is `PlacedRecords`; any other set is counted, and is
    given as a subquery, never as a list of ids: ``Record.objects.filter(standing__in=standings)``. ``total`` is how many they are, where
    that is known already; without ``counts`` a set that would have to be counted has none.
    """
    asked = request.GET
    query, sort = asked.get("q", "").strip()[:200], asked.get("sort", "number")
    sort = sort if sort in SORTS else "number"
    found = found_by(records.records() if isinstance(records, PlacedRecords) else records, query)
    if total is None:
        total = _total(records, counts=counts)
    whole = _of_placed(records) if isinstance(records, PlacedRecords) and not query else _of_set(found)
    rows, earlier, later = _cut(whole, SORTS[sort][1], asked)
    kept: list[tuple[str, str]] = [(key, str(value)) for key, value in asked.items() if key not in _OWN]
    own: list[tuple[str, str]] = [("q", query), ("sort", sort)]
    page = Page(
        records=rows,
        total=total,
        found=found.count() if query else total,
        query=query,
        sort=sort,
        earlier=_address(kept + own, "before", rows[0]) if earlier else "",
        later=_address(kept + own, "after", rows[-1]) if later else "",
    )
    return {"page": page, "kept": kept}


def _total(records: QuerySet[Record] | PlacedRecords, *, counts: bool) -> int | None:
    if isinstance(records, PlacedRecords):
        return records.total()
    return records.count() if counts else None


def _address(parameters: list[tuple[str, str]], name: str, record: Record) -> str:
    return "?" + urlencode([*(pair for pair in parameters if pair[1]), (name, str(record.number))])


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a page is cut from: where to find the record of an edge, and the ids of a page and one more beyond such a record.

    Sorted by their keys alone and then read: rows are wide, and an index has the keys.
    """

    records: QuerySet[Record]
    beyond: Callable[[tuple[str, ...], Record | None], list[int]]

    def edge(self, number: str) -> Record | None:
        is_number = number.isdecimal() and len(number) < 10
        return self.records.filter(number=int(number)).first() if is_number else None

    def rows(self, keys: tuple[str, ...], edge: Record | None) -> list[Record]:
        ids = self.beyond(keys, edge)
        rows = Record.objects.select_related("standing").only(*_SHOWN).in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]


def _of_set(found: QuerySet[Record]) -> _Whole:
    ordered = with_keys(found)

    def beyond(keys: tuple[str, ...], edge: Record | None) -> list[int]:
        further = _beyond(ordered, edge, keys) if edge else ordered
        return list(further.order_by(*keys).values_list("pk", flat=True)[: PAGE + 1])

    return _Whole(ordered, beyond)


def _of_placed(placed: PlacedRecords) -> _Whole:
    of_review = with_keys(Record.objects.filter(review=placed.review_id))
    return _Whole(of_review, lambda keys, edge: placed.stretch(keys, edge, PAGE + 1))


def _cut(whole: _Whole, keys: tuple[str, ...], asked: Mapping[str, str]) -> tuple[list[Record], bool, bool]:
    """The rows of the page; whether there are earlier and later ones."""
    before = whole.edge(asked.get("before", ""))
    if before is not None:
        rows = whole.rows(_turned(keys), before)
        return rows[:PAGE][::-1], len(rows) > PAGE, bool(rows)
    after = whole.edge(asked.get("after", ""))
    rows = whole.rows(keys, after)
    return rows[:PAGE], after is not None and bool(rows), len(rows) > PAGE


def _turned(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key[1:] if key.startswith("-") else f"-{key}" for key in keys)


def _beyond(ordered: QuerySet[Record], edge: Record, keys: tuple[str, ...]) -> QuerySet[Record]:
    """Rows after ``edge`` in the order of ``keys``: (a, b) > (x, y) spelt out, each key in its own direction."""
    wanted, equal = Q(), Q()
    for key in keys:
        name = key.removeprefix("-")
        step = "lt" if key.startswith("-") else "gt"
        wanted |= equal & Q(**{f"{name}__{step}": getattr(edge, name)})
        equal &= Q(**{name: getattr(edge, name)})
    return ordered.filter(wanted)
