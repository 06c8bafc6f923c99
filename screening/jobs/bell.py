"""The bell: tells a worker that a job waits. No request ever talks to the broker; a lost ring is rung again by the sweep."""

from __future__ import annotations

import queue
import threading

from celery import current_app

from reviewapp.logs import logger

TASK = "screening.run_job"
RING_EXPIRES = 60  # seconds; the sweep rings again

_waiting: queue.Queue[int] = queue.Queue(maxsize=1000)
_started = threading.Lock()
_ringer: threading.Thread | None = None
log = logger("screening.jobs")


def ring(job_id: int) -> None:
    """Hand the id to the background thread. A full queue drops it: the row waits, the sweep rings again."""
    _start()
    try:
        _waiting.put_nowait(job_id)
    except queue.Full:
        log.warning("bell queue full", job=job_id)


def _start() -> None:
    global _ringer
    with _started:
        if _ringer is None or not _ringer.is_alive():
            _ringer = threading.Thread(target=_send_for_ever, name="bell", daemon=True)
            _ringer.start()


def _send_for_ever() -> None:
    while True:
        job_id = _waiting.get()
        try:
            current_app.send_task(TASK, args=[job_id], expires=RING_EXPIRES, retry=False, ignore_result=True)
        except Exception as error:  # the broker may be away, frozen or wiped: nothing is lost (P40)
            log.warning("ring failed", job=job_id, error=str(error))
        finally:
            _waiting.task_done()
