"""`manage.py check_review`: every state and count of a review, told again from the log and the raw rows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from extraction.consensus.queue import locked_with_a_gap
from extraction.entries.refinding import misquoted
from reviewapp.management.commands.import_records import find_review
from screening.prisma.check import Checked, check
from screening.reviews.models import Review


class Command(BaseCommand):
    """Say which laws and invariants hold, and what is wrong."""

    help = "Recompute every state and count of a review; exit with 1 and one line for each thing that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("review", nargs="?", help="slug or id of the review")
        which.add_argument("--all", action="store_true", help="check every review of the site")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str | None, **options: Any) -> None:
        """Check one review, or all."""
        reviews = list(Review.objects.order_by("pk")) if options["all"] else [find_review(review or "")]
        found = {one.slug: check(one) for one in reviews}
        told = [
            _line(slug, line, many=options["all"]) for slug, checked in found.items() for line in checked.violations
        ]
        told += [
            _line(one.slug, line, many=options["all"])
            for one in reviews
            for line in (*locked_with_a_gap(one), *misquoted(one))
        ]
        if options["json"]:
            self.stdout.write(json.dumps(_document(found, told), ensure_ascii=False))
        else:
            for line in told:
                self.stdout.write(line)
        if told:
            raise CommandError(f"{len(told)} {'thing does' if len(told) == 1 else 'things do'} not hold.")
        if not options["json"]:
            self.stdout.write(f"Everything holds in {len(found)} {'review' if len(found) == 1 else 'reviews'}.")


def _line(slug: str, line: str, *, many: bool) -> str:
    return f"{slug}: {line}" if many else line


def _document(found: dict[str, Checked], told: list[str]) -> dict[str, Any]:
    names = dict.fromkeys(name for checked in found.values() for name in checked.laws)
    laws = {name: all(checked.laws[name] for checked in found.values()) for name in names}
    return {"laws": laws, "violations": told, "reviews": list(found)}
