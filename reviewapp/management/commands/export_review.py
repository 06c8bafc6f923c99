"""`manage.py export_review`: a whole review as one archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.management.commands.import_records import find_review
from screening.archive.sealed import holds_sealed
from screening.archive.writing import write_archive
from screening.audit.refusal import NotAllowedNow


class Command(BaseCommand):
    """Write the archive; it holds sealed votes, so it is not for people who still screen."""

    help = "Write a whole review, sealed votes with it, into FILE.zip; import_review brings it into another site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("file", type=Path, help="the archive to write")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str, file: Path, **options: Any) -> None:
        """Write it."""
        found = find_review(review)
        try:
            sealed = holds_sealed(found)
            sha256 = write_archive(review=found, into=file)
        except (NotAllowedNow, OSError) as problem:
            raise CommandError(str(problem)) from problem
        said = json.dumps({"review": found.slug, "sha256": sha256})
        warning = " It tells what is still sealed here: keep it from whoever screens." if sealed else ""
        self.stdout.write(said if options["json"] else f"{found.slug} is in {file} (SHA-256 {sha256}).{warning}")
