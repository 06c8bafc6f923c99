"""Reading searches: which source was asked in which search, when, and how many records it gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, QuerySet

from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source gave in one search; ``searched_on`` is the last day it was asked, None if it was not."""

    run: SearchRun
    source: Source
    records: int
    searched_on: date | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Searches beside each other, one row a source; ``rows`` are (source, its cells, its sum)."""

    runs: list[SearchRun]
    rows: list[tuple[Source, list[Cell], int]]
    totals: list[tuple[SearchRun, int]]
    records: int


def runs_of(review: Review) -> QuerySet[SearchRun]:
    """All searches of a review, first one first."""
    return SearchRun.objects.filter(review=review).order_by("number")


def grid(review: Review) -> Grid:
    """Search x source with the number of records that are in the review, and the search date."""
    runs = list(runs_of(review))
    counted = review.standings.order_by().values_list("run", "source").annotate(n=Count("pk"))
    numbers = {(run, source): n for run, source, n in counted}
    stored = (
        review.imports.filter(state="stored").order_by().values_list("run", "source").annotate(day=Max("searched_on"))
    )
    days = {(run, source): day for run, source, day in stored}
    asked = {source for _, source in days}
    rows = []
    for source in Source.objects.filter(review=review, pk__in=asked).order_by("name", "pk"):
        cells = [Cell(run, source, numbers.get((run.pk, source.pk), 0), days.get((run.pk, source.pk))) for run in runs]
        rows.append((source, cells, sum(cell.records for cell in cells)))
    totals = [(run, sum(n for (run_id, _), n in numbers.items() if run_id == run.pk)) for run in runs]
    return Grid(runs=runs, rows=rows, totals=totals, records=sum(numbers.values()))
