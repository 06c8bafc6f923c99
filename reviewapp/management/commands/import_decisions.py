"""`manage.py import_decisions`: votes made in Rayyan, Covidence, EPPI-Reviewer or a spreadsheet join a review."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.management.commands.import_records import find_review
from screening.audit.refusal import NotAllowedNow
from screening.decisions.verdict import Stage
from screening.decisions.vote_row import VoteRow
from screening.decisions.votes_file import read_votes
from screening.fulltexts.taking_over import Brought, TakingOver
from screening.imports.parsed import Refusal
from screening.reviews.models import Membership, Review

STAGES = {stage.slug: stage for stage in Stage}
SHOWN = 20  # rows that do not fit, in words; all of them are in the JSON


class Command(BaseCommand):
    """Take over a file of decisions, all of it or, when asked, what fits."""

    help = "Take over votes made elsewhere: a sheet, or what Rayyan exports. Nothing is stored unless every row fits."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("file", type=Path, metavar="FILE", help="a sheet of votes, or Rayyan's zip, CSV or RIS")
        parser.add_argument("--stage", required=True, choices=sorted(STAGES, reverse=True))
        parser.add_argument("--partial", action="store_true", help="store the rows that fit, list the others")
        parser.add_argument("--encoding", default="", metavar="NAME", help="only where the file does not tell")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str, file: Path, stage: str, **options: Any) -> None:
        """Read, place and store the rows; exit with 1 where nothing was stored because some do not fit."""
        target = find_review(review)
        rows = _rows(file, options["encoding"])
        taking = TakingOver(target, STAGES[stage], _lead(target), file.name, told=self._progress(len(rows)))
        try:
            brought = taking.take_over(rows, partial=options["partial"])
        except NotAllowedNow as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(asdict(brought), ensure_ascii=False))
        self._tell(brought)
        if not brought.fits and not options["partial"]:
            misfits = len(brought.unmatched) + len(brought.refused)
            raise CommandError(
                f"Nothing was stored: {misfits} of {len(rows)} rows do not fit. Correct them, or give --partial to store the others."
            )
        if not options["json"]:
            self.stdout.write(
                f"{brought.votes} votes and {brought.rulings} rulings brought in, {brought.repeated} were here already."
            )

    def _tell(self, brought: Brought) -> None:
        misfits = sorted(brought.unmatched + brought.refused, key=lambda entry: entry["line"])
        for entry in misfits[:SHOWN]:
            self.stderr.write(f"Row {entry['line']} ({entry['record'][:60]}, {entry['reviewer']}): {entry['reason']}")
        if len(misfits) > SHOWN:
            self.stderr.write(f"and {len(misfits) - SHOWN} more rows.")

    def _progress(self, total: int) -> Callable[[int], None]:
        def tell(done: int) -> None:
            if done % 100 == 0 and sys.stderr.isatty():
                self.stderr.write(f"\r{done} of {total} rows", ending="")

        return tell


def _rows(file: Path, encoding: str) -> list[VoteRow]:
    if not file.is_file():
        raise CommandError(f"There is no file {file}. Nothing was stored.")
    try:
        return read_votes(file, encoding=encoding)
    except Refusal as refusal:
        raise CommandError(f"{refusal.sentence} Nothing was stored.") from refusal


def _lead(review: Review) -> Membership:
    leads = Membership.objects.select_related("user", "review").filter(
        review=review, is_lead=True, active_to__isnull=True
    )
    member = leads.order_by("pk").first()
    if member is None:
        raise CommandError("This review has no lead, so that nobody answers for the decisions. Make somebody its lead.")
    return member
