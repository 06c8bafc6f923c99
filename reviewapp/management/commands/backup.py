"""`manage.py backup`: the whole site in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.backup import back_up


class Command(BaseCommand):
    """Write database, files and a manifest of hashes."""

    help = (
        "Write the whole site (database, files, a manifest of hashes) into FILE; restore brings it into an empty site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="the backup to write")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write it."""
        try:
            sha256 = back_up(file)
        except OSError as problem:
            raise CommandError(str(problem)) from problem
        said = f"The site is in {file} (SHA-256 {sha256}). Whoever can read it can read sealed votes."
        self.stdout.write(json.dumps({"sha256": sha256}) if options["json"] else said)
