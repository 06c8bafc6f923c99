"""One list of records for every page that opens a number: searched, sorted, paged by key, its state in the address (U2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from screening.records.models import Record
from screening.records.queue import found_by, with_keys

PAGE = 50
SORTS = {
    "number": ("Number", ("number",)),
    "title": ("Title", ("title", "number")),
    "year": ("Oldest first", ("year_key", "number")),
    "-year": ("Newest first", ("-year_key", "number")),
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
    """One page of a list. ``total`` counts all records of the list, ``found`` those that the search leaves of them."""

    records: list[Record]
    total: int
    found: int
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


def page_of(records: QuerySet[Record], request: HttpRequest, total: int | None = None) -> dict[str, Any]:
    """Context of `screening/records/list.html`: ``page`` and ``kept``, the other filters of the address as hidden fields.

    ``records`` is any set of records of one review; for a large set give a subquery, never a list of ids:
    ``Record.objects.filter(standing__in=standings)``. ``total`` is how many they are, where that is known already.
    """
    asked = request.GET
    query, sort = asked.get("q", "").strip()[:200], asked.get("sort", "number")
    sort = sort if sort in SORTS else "number"
    found = found_by(records, query)
    total = records.count() if total is None else total
    rows, earlier, later = _cut(found, sort, asked)
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


def _address(parameters: list[tuple[str, str]], name: str, record: Record) -> str:
    return "?" + urlencode([*(pair for pair in parameters if pair[1]), (name, str(record.number))])


def _cut(found: QuerySet[Record], sort: str, asked: Mapping[str, str]) -> tuple[list[Record], bool, bool]:
    """The rows of the page; whether there are earlier and later ones."""
    keys = SORTS[sort][1]
    ordered = with_keys(found)
    before = _edge(ordered, asked.get("before", ""))
    if before is not None:
        rows = _first(_beyond(ordered, before, _turned(keys)), _turned(keys))
        return rows[:PAGE][::-1], len(rows) > PAGE, bool(rows)
    after = _edge(ordered, asked.get("after", ""))
    if after is not None:
        ordered = _beyond(ordered, after, keys)
    rows = _first(ordered, keys)
    return rows[:PAGE], after is not None and bool(rows), len(rows) > PAGE


def _first(ordered: QuerySet[Record], keys: tuple[str, ...]) -> list[Record]:
    """A page of rows and one more. Sorted by their keys alone and then read: rows are wide, and by number an index has the keys."""
    ids = list(ordered.order_by(*keys).values_list("pk", flat=True)[: PAGE + 1])
    rows = Record.objects.select_related("standing").only(*_SHOWN).in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _edge(ordered: QuerySet[Record], number: str) -> Record | None:
    return ordered.filter(number=int(number)).first() if number.isdecimal() and len(number) < 10 else None


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
