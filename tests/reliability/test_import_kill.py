"""A real worker is killed in the middle of an import: nothing is half visible, nothing is lost, nothing comes twice (P41, IM9)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from screening.imports.models import Import
from screening.imports.queue import job_of
from screening.jobs.models import Job
from screening.records.models import Record, RecordText, Standing
from tests.factories import make_review
from tests.parts.worker import RunningWorker
from tests.screening.imports.uploads import numbered, queued

RECORDS = 6_000
KILLS = 2


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Return as soon as it holds; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def let_time_pass() -> None:
    """A minute later: leases of the dead are over, and the sweep may ring again."""
    long_ago = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(state="running").update(lease_until=timezone.now())
    Job.objects.filter(state__in=["queued", "running"]).update(rung_at=long_ago)


def test_p41_an_import_whose_worker_is_killed_resumes_with_each_row_once(worker: RunningWorker) -> None:
    review = make_review()
    imported = queued(review, numbered(RECORDS))
    job = job_of(imported)
    assert job is not None
    let_time_pass()
    rows = Record.objects.filter(imported_from=imported)
    kills = 0
    for _ in range(KILLS):
        before = rows.count()
        wait_until(lambda before=before: rows.count() > before or is_over(job))  # type: ignore[misc]
        if is_over(job):
            break
        worker.kill()
        kills += 1
        assert Standing.objects.filter(review=review).exists() == is_over(job)
        let_time_pass()
        worker.start()
    wait_until(lambda: is_over(job))
    done = Import.objects.get(pk=imported.pk)
    assert kills > 0
    assert (done.state, done.markers, done.parsed, done.rejected) == ("stored", RECORDS, RECORDS, 0)
    assert sorted(rows.values_list("number", flat=True)) == list(range(1, RECORDS + 1))
    assert rows.values("title").distinct().count() == RECORDS
    assert RecordText.objects.filter(record__imported_from=imported).count() == RECORDS
    assert Standing.objects.filter(review=review).count() == RECORDS
    assert Job.objects.filter(Q(name="dedupe.find"), review_id=review.pk).exists()


def is_over(job: Job) -> bool:
    """Whether the job has ended."""
    job.refresh_from_db()
    return job.is_over
