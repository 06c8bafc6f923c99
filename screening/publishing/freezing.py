"""A flow and the records behind its numbers as plain values, which no later act changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from screening.exports.queue import chosen, exported_records
from screening.manuscript.tables import citation
from screening.prisma.buckets import Bucket, Members, SourceKind, members
from screening.prisma.counts import Fate, fates_now, reason_labels
from screening.prisma.flow import Flow
from screening.prisma.footnotes import unnamed
from screening.prisma.svg import draw
from screening.prisma.table import Cell, table_of
from screening.reviews.models import Review
from screening.searches.models import Source
from screening.studies.models import Study, StudyReport
from screening.studies.queue import studies_of_previous_version

STUDIES = "new_studies"


@dataclass(frozen=True, slots=True)
class Frozen:
    """The fields of a `Publication` that are told from the review."""

    drawing: str
    rows: list[dict[str, Any]]
    footnotes: list[str]
    citations: dict[str, str]
    members: dict[str, list[int]]
    log_head: str


def freeze(review: Review, flow: Flow, *, title: str) -> Frozen:
    """The flow with every list that its numbers open, and no name of the team. Call it in one snapshot with the flow."""
    flow = replace(flow, footnotes=unnamed(flow.footnotes, flow.declared))
    rows = [_row(row.label, row.unit, row.part, row.dbr, row.other) for row in table_of(flow)]
    keys = {cell["key"] for row in rows for cell in (row["dbr"], row["other"]) if cell}
    citations = {
        str(one.number): citation(one)
        for one in exported_records(chosen(review, ("dbr_identified", "other_identified")))
    }
    lists = _lists(review, keys, but=studies_of_previous_version(review))
    drawing = draw(flow, title=title, link=lambda key: f"?box={quote(key)}" if lists.get(key) else "", inline=True)
    return Frozen(drawing, rows, [f"{note.mark}: {note.text}" for note in flow.footnotes], citations, lists, flow.seal)


def _row(label: str, unit: str, part: bool, *cells: Cell | None) -> dict[str, Any]:
    dbr, other = ({"key": one.key, "n": one.n} if one else None for one in cells)
    return {"label": label, "unit": unit, "part": part, "dbr": dbr, "other": other}


def _lists(review: Review, keys: Iterable[str], *, but: Collection[Study]) -> dict[str, list[int]]:
    """Key -> numbers of its records, from one reading of where each record stands; ``but`` are studies that are not new."""
    labels, numbers = reason_labels(review), _numbers(review)
    sources = {one.pk: one for one in Source.objects.filter(review=review)}
    placed = [(numbers[one.record_id], sources[one.source_id], one) for one in fates_now(review)]
    found: dict[str, list[int]] = {}
    for key in keys:
        wanted = members(key)
        if wanted is not None:
            found[key] = sorted(n for n, source, fate in placed if _counted(wanted, source, fate, labels))
    links = StudyReport.objects.filter(review=review).exclude(study__in=but).values_list("record_id", flat=True)
    included = {one.record_id for _, _, one in placed if one.bucket == Bucket.INCLUDED}
    found[STUDIES] = sorted(numbers[pk] for pk in included & set(links))
    return found


def _counted(wanted: Members, source: Source, fate: Fate, labels: Mapping[str, str]) -> bool:
    return wanted.holds(SourceKind(source.kind), source.name, Bucket(fate.bucket), labels.get(fate.reason, fate.reason))


def _numbers(review: Review) -> Mapping[int, int]:
    return dict(review.records.values_list("pk", "number"))
