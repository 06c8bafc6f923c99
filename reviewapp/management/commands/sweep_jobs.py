"""Ring the jobs that wait; for cron."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.jobs.actions import sweep
from screening.jobs.sweeper import wind
from screening.pipeline import CLOCKWORK


class Command(BaseCommand):
    help = "Ask for the jobs that are due by the clock, and ring those that wait for a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wind(CLOCKWORK)
        rung = sweep()
        time.sleep(1 if rung else 0)  # the bell rings from a thread
        self.stdout.write(json.dumps({"rung": rung}) if options["json"] else f"{rung} jobs rung")
