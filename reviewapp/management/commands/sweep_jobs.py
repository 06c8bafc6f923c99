"""Ring the jobs that wait; for cron."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.jobs.actions import sweep


class Command(BaseCommand):
    help = "Ring the jobs that wait for a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rung = sweep()
        time.sleep(1 if rung else 0)  # the bell rings from a thread
        self.stdout.write(json.dumps({"rung": rung}) if options["json"] else f"{rung} jobs rung")
