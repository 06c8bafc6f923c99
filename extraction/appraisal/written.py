"""What was settled with an instrument as one table: a row for each study, every answer in words with its points."""

from __future__ import annotations

from extraction.appraisal.plot import sign
from extraction.appraisal.queue import Appraisal, Appraised
from extraction.appraisal.scoring import Score, Total, has_total, items
from screening.manuscript.tables import Table


def table_of(found: Appraisal) -> Table:
    """Study, items, totals by domain and in all."""
    totals = has_total(found.spec)
    domains = [title for title, _ in found.settled[0].domains] if totals and found.settled else []
    headings = ("Study", *(one.label for one in items(found.spec)), *domains, *(("Total", "Of") if totals else ()))
    rows = tuple(_row(one, totals=totals) for one in found.settled)
    source = str(found.spec.scoring.get("source", ""))
    return Table(f"appraisal-{found.form.pk}", found.form.name, headings, rows, source)


def _row(one: Appraised, *, totals: bool) -> tuple[str, ...]:
    cells = [one.label, *(_words(each) for each in one.scores)]
    if totals and one.total:
        cells += [_points(each) for _, each in one.domains]
        cells += [_points(one.total), f"{one.total.most:g}"]
    return tuple(cells)


def _points(one: Total) -> str:
    """The total, or nothing where an answer is missing or no item is asked: half a sum is none."""
    return f"{one.points:g}" if one.is_complete and one.asked else ""


def _words(one: Score) -> str:
    if not one.is_asked:
        return "not asked of this study"
    if one.option is None:
        return ""
    return f"{one.option.label} ({sign(one)})" if one.points is not None else one.option.label
