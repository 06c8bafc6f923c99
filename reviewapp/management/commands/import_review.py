"""`manage.py import_review`: an archived review comes back, here or on another site."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.archive.restoring import restore_archive
from screening.archive.verify_archive import check_seal
from screening.audit.refusal import NotAllowedNow


class Command(BaseCommand):
    """Bring an archive in: all of it with the same counts, or nothing."""

    help = (
        "Bring a review back from an archive that export_review wrote; it gives the same counts, votes and agreement."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="the archive")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Bring it in."""
        try:
            review = restore_archive(file)
            with file.open("rb") as archive:
                sha256 = hashlib.file_digest(archive, "sha256").hexdigest()
        except (NotAllowedNow, OSError) as problem:
            raise CommandError(str(problem)) from problem
        for sentence in check_seal(str(file)).failures:
            self.stderr.write(
                f"{sentence} What its list names is here, but the list itself may have been written anew."
            )
        said = json.dumps({"review": review.slug, "sha256": sha256})
        self.stdout.write(said if options["json"] else f"The review is here as {review.slug}.")
