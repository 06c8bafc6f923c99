"""`manage.py benchmark`: one of the project's benchmarks."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

FOLDER = settings.BASE_DIR / "benchmarks"
# Parts of others, which measure nothing by themselves.
PARTS = {
    "__init__",
    "bib_dedupe_program",
    "comparison",
    "findings_seed",
    "peers",
    "readers",
    "seed",
    "synthetic_records",
}


class Command(BaseCommand):
    """Run one, with its own options."""

    help = "Run a benchmark: ratios against a named peer or a physical reference, in one run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("name", help="which one; " + ", ".join(names()))
        parser.add_argument("options", nargs=argparse.REMAINDER, help="options of the benchmark itself")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Run it in a process of its own; its exit status is ours."""
        if name not in names():
            raise CommandError(f"There is no benchmark {name}. Choose one of {', '.join(names())}.")
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options["options"]], cwd=FOLDER.parent)  # noqa: S603
        if done.returncode:
            raise SystemExit(done.returncode)


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in PARTS)
