"""The celery application: one task, which takes the id of a job row (see screening/jobs)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")

app = Celery("reviewapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["screening"])


@worker_init.connect
def step_back(**_kwargs: object) -> None:
    """Who screens comes first: where processors are short, an import waits, not a vote.

    Linux may weigh sessions before processes; then the worker's own session has to step back as well.
    """
    if hasattr(os, "nice"):
        os.nice(10)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text("10")
