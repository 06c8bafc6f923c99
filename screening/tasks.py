"""The one celery task, and what a worker does when it starts."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from screening.jobs import sweeper
from screening.jobs.bell import TASK
from screening.jobs.run import run
from screening.pipeline import CLOCKWORK, HANDLERS


@shared_task(name=TASK)
def run_job(job_id: int) -> None:
    """Do the job with this id, if it is due."""
    run(job_id, HANDLERS)


@worker_ready.connect
def _start_sweeper(sender: Any, **_: Any) -> None:
    sweeper.start(str(sender.hostname), CLOCKWORK)
