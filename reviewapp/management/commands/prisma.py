"""`manage.py prisma`: the flow of a review, as numbers, the R package's CSV, a drawing or a Word document."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.management.commands.import_records import find_review
from screening.prisma.counts import columns_of, flow_of
from screening.prisma.files import COLUMN_FILES, FILES
from screening.prisma.sealing import sealed_flow_of
from screening.prisma.wording import title_of_figure
from screening.reviews.models import Review
from screening.searches.models import SearchRun


class Command(BaseCommand):
    """Write the flow to standard output or to a file."""

    help = "The PRISMA 2020 flow of a review or of one search, now or as on an earlier day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("--search", metavar="LABEL", help="one search only; its label or number")
        parser.add_argument(
            "--as-of",
            type=moment,
            metavar="TIME",
            help="2024-05-31 (the end of that day) or 2024-05-31T14:00; UTC unless it says",
        )
        parser.add_argument("--columns", action="store_true", help="the searches side by side; csv is a table then")
        parser.add_argument("--format", choices=FILES, default="json")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write; default: standard output")
        parser.add_argument(
            "--json", action="store_const", const="json", dest="format", help="the same as --format json"
        )

    def handle(self, *args: Any, review: str, format: str, output: Path | None, **options: Any) -> None:  # noqa: A002
        """Derive the flow, then write it."""
        target = find_review(review)
        run = _search(target, options["search"])
        if options["as_of"] and options["as_of"] > datetime.now(UTC) + timedelta(days=1):
            raise CommandError("That time has not come yet. Leave --as-of out for the flow as it is now.")
        written = (
            _columns(target, options["as_of"], format)
            if options["columns"]
            else _flow(target, run, options["as_of"], format)
        )
        if output is not None:
            _write(output, written)
            return
        stream = getattr(self.stdout, "buffer", None)
        if stream is not None:
            stream.write(written)
        elif not FILES[format].is_text:
            raise CommandError(f"A {format} is no text: give --output FILE.")
        else:
            self.stdout.write(written.decode(), ending="")


def _flow(review: Review, run: SearchRun | None, as_of: datetime | None, kind: str) -> bytes:
    flow = flow_of(review, run=run, as_of=as_of) if as_of else sealed_flow_of(review, run=run)
    return FILES[kind].write(flow, title_of_figure(flow.kind, review.title, flow.scope))


def _columns(review: Review, as_of: datetime | None, kind: str) -> bytes:
    columns = columns_of(review, as_of=as_of)
    if not columns.each:
        raise CommandError("No search of this review has found anything yet.")
    return COLUMN_FILES[kind].write(columns, title_of_figure(columns.whole.kind, review.title))


def moment(text: str) -> datetime:
    """A point in time from a day (its end) or a day with a time. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if len(text.strip()) <= len("2024-05-31"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _search(review: Review, label: str | None) -> SearchRun | None:
    if not label:
        return None
    runs = review.search_runs.all()
    found = runs.filter(label__iexact=label).first() or (
        runs.filter(number=int(label)).first() if label.isdecimal() else None
    )
    if found is None:
        known = ", ".join(f"“{run.label}”" for run in runs)
        raise CommandError(f"There is no search “{label}” in this review." + (f" It has {known}." if known else ""))
    return found


def _write(path: Path, written: bytes) -> None:
    try:
        path.write_bytes(written)
    except OSError as problem:
        raise CommandError(f"{path} cannot be written: {problem.strerror}.") from problem
