"""The worker's own housekeeping: says that it is alive, rings jobs that were forgotten, and leaves when it has gone deaf."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from reviewapp.logs import logger
from screening.jobs.actions import due, sweep
from screening.jobs.models import Job, JobState, Worker

EVERY = 10.0  # seconds between sweeps
DEAF_AFTER = timedelta(seconds=90)
log = logger("screening.jobs")


def start(name: str, clockwork: Iterable[Callable[[], None]] = ()) -> threading.Thread:
    """Sweep now and every 10 s in a thread of the worker's main process, and let each of ``clockwork`` ask for what is due."""
    thread = threading.Thread(target=_sweep_for_ever, args=(name, tuple(clockwork)), name="sweep", daemon=True)
    thread.start()
    return thread


def _sweep_for_ever(name: str, clockwork: tuple[Callable[[], None], ...]) -> None:
    while True:
        try:
            _once(name)
            wind(clockwork)
        except Exception as error:  # the database may be away for a while
            log.warning("sweep failed", error=str(error))
        finally:
            connection.close()  # the pool forks: no connection may cross
        time.sleep(EVERY)


def wind(clockwork: Iterable[Callable[[], None]]) -> None:
    """Let each ask for what is due; where one fails the others still do."""
    for ask in clockwork:
        try:
            ask()
        except Exception as error:  # the database may be away for a while
            log.warning("clockwork failed", ask=ask.__name__, error=str(error))


def _once(name: str) -> None:
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    sweep()
    if _is_deaf():
        log.error("jobs wait and none is claimed: leaving, the supervisor starts a new worker")
        os.kill(os.getpid(), signal.SIGTERM)


def _is_deaf() -> bool:
    """Jobs have waited through two rings, and no worker has claimed anything meanwhile (watchdog of reliability.md 2)."""
    long_ago = timezone.now() - DEAF_AFTER
    forgotten = due().filter(state=JobState.QUEUED, created_at__lt=long_ago, rung_at__isnull=False).exists()
    busy = Job.objects.filter(state=JobState.RUNNING).exists()
    recent = Job.objects.filter(started_at__gt=long_ago).exists()
    return forgotten and not busy and not recent


def worker_seen_seconds_ago() -> float | None:
    """Age in seconds of the youngest sign of life of any worker; None if there never was one."""
    seen = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return (timezone.now() - seen).total_seconds() if seen else None
