"""`manage.py agreement`: how far the reviewers agreed before they saw each other's votes."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reviewapp.management.commands.import_records import find_review
from screening.decisions.agreement import printed
from screening.decisions.agreement_many import ManyAgreement
from screening.decisions.pairs import PairAgreement, agreement_of
from screening.decisions.verdict import Stage

STAGES = {stage.slug: stage for stage in Stage}


class Command(BaseCommand):
    """Print each pair's table first, then its coefficients."""

    help = "Agreement of the independent votes of a stage, by round, pair of reviewers and subject."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("--stage", required=True, choices=sorted(STAGES, reverse=True))
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str, stage: str, **options: Any) -> None:
        """Only votes that are open to all are read."""
        found = agreement_of(find_review(review), STAGES[stage])
        if options["json"]:
            self.stdout.write(json.dumps([entry.figures() for entry in found], ensure_ascii=False))
            return
        if not found:
            self.stdout.write("No two reviewers have votes on the same record that are open to all.")
        for (_, _), entries in groupby(found, key=lambda entry: (entry.when, entry.label)):
            pairs = list(entries)
            for entry in pairs:
                self.stdout.write("\n".join(_lines(entry)))
            if pairs[0].of_all is not None:
                self.stdout.write("\n".join(_lines_of_all(pairs[0], pairs[0].of_all)))


def _lines(entry: PairAgreement) -> list[str]:
    heading = f"{' and '.join(entry.reviewers)}, {entry.when}, {entry.label}: {entry.n} both voted"
    if entry.found is None:
        return [heading, f"  {entry.why}"]
    rows = [
        f"  {name:12}" + "".join(f"{n:8}" for n in row)
        for name, row in zip(entry.found.categories, entry.found.table, strict=True)
    ]
    figures = entry.found
    interval = f"({printed(figures.kappa_low)} to {printed(figures.kappa_high)})" if figures.kappa is not None else ""
    shown = f"  agreed {printed(figures.po)}, kappa {printed(figures.kappa, 3)} {interval}".rstrip()
    coefficients = f"{shown}, PABAK {printed(figures.pabak)}, AC1 {printed(figures.ac1)}"
    return [heading, *rows, coefficients, *([f"  kappa is undefined: {entry.why}"] if entry.why else [])]


def _lines_of_all(entry: PairAgreement, of_all: ManyAgreement) -> list[str]:
    heading = f"All {of_all.raters} reviewers, {entry.when}, {entry.label}: {of_all.n} with two votes or more"
    rows = [
        f"  {records:8} records: "
        + ", ".join(f"{n} {name}" for name, n in zip(of_all.categories, votes, strict=True) if n)
        for votes, records in of_all.table
    ]
    shown = [
        f"  {name} {printed(value, 3)}" + (f": {why}" if why else "")
        for name, value, why in (
            ("Fleiss' kappa", of_all.fleiss, of_all.fleiss_why),
            ("Krippendorff's alpha", of_all.alpha, of_all.alpha_why),
        )
    ]
    return [heading, *rows, *shown]
