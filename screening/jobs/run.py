"""Doing a job: by a worker when the bell rings, or at once by a command that waits for the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from django.db import OperationalError

from reviewapp.logs import logger
from screening.audit.refusal import NotAllowedNow
from screening.jobs.actions import Claim, LostClaim, claim
from screening.jobs.models import Job

Handler = Callable[[Claim], None]
log = logger("screening.jobs")

STOPPED = (
    "This stopped on an error of the site. Nothing half-done is visible. "
    "Start it again; if it stops again, tell your administrator."
)


def run(job_id: int, handlers: Mapping[str, Handler]) -> None:
    """Claim the job and hand it to the handler of its name.

    A refusal ends it with its sentence; after a kill, or when the database was away, the lease runs out and it is taken up again.
    """
    taken = claim(job_id=job_id)
    if taken is None:
        return
    try:
        handlers[taken.job.name](taken)
    except LostClaim:
        log.info("claim lost", job=job_id, attempt=taken.attempt)
    except NotAllowedNow as refusal:
        taken.fail(sentence=str(refusal))
    except OperationalError as error:  # the database was away, or chose another transaction
        log.warning("database away", job=job_id, error=str(error))
    except Exception:
        log.exception("job failed", job=job_id, name=taken.job.name)
        taken.fail(sentence=STOPPED)


def wait(job: Job, handlers: Mapping[str, Handler], *, seconds: float = 3600) -> Job:
    """Do the job here, or wait for the worker that has it. Returns the row when it is over. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run(job.pk, handlers)
        job.refresh_from_db()
        if job.is_over:
            return job
        time.sleep(0.2)
    raise TimeoutError(f"{job.name} is not done after {seconds:.0f} seconds; it goes on in the worker.")
