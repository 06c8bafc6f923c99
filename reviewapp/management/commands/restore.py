"""`manage.py restore`: a backup comes back into an empty site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.backup import restore, sha256_of
from screening.audit.refusal import NotAllowedNow


class Command(BaseCommand):
    """Bring a backup back and migrate it to this release."""

    help = "Bring a backup into this site, which must be empty, and migrate it to this release."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Bring it back."""
        try:
            restore(file)
        except NotAllowedNow as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"sha256": sha256_of(file)}) if options["json"] else "The site is back.")
