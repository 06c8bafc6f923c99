"""What may happen to a job row: asked for, claimed, written in fenced chunks, ended (reliability.md 2)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from screening.jobs.bell import ring
from screening.jobs.models import Job, JobState

LEASE = timedelta(seconds=60)
RENEW = 10.0  # seconds between two renewals of a lease during long computing
RING_AGAIN = timedelta(seconds=30)


class LostClaim(Exception):
    """Another attempt holds the job, or it was cancelled: stop and write nothing."""


@transaction.atomic
def enqueue(*, name: str, review_id: int | None, subject: str = "") -> Job:
    """Ask for a job, in the transaction of the act that needs it; the bell rings after commit.

    A queued job of the same review, name and subject serves both askers; a running one is asked to run once more. The row stays
    locked until the asker commits, so that no worker does the job without having seen what it was asked for.
    """
    job = _open_job(name, review_id, subject) or _new_job(name, review_id, subject)
    if job.state == JobState.RUNNING:
        Job.objects.filter(pk=job.pk).update(again=True)
    job_id = job.pk
    transaction.on_commit(lambda: ring(job_id))
    return job


def _open_job(name: str, review_id: int | None, subject: str) -> Job | None:
    jobs = Job.objects.select_for_update().filter(review_id=review_id, name=name, subject=subject)
    return jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first()


def _new_job(name: str, review_id: int | None, subject: str) -> Job:
    try:
        with transaction.atomic():
            return Job.objects.create(name=name, review_id=review_id, subject=subject)
    except IntegrityError:  # somebody asked at the same instant; their job may be over by now
        return _open_job(name, review_id, subject) or Job.objects.create(
            name=name, review_id=review_id, subject=subject
        )


def due() -> QuerySet[Job]:
    """Jobs that wait for a worker: queued, or running with a lease that is over or absurdly far ahead (P44)."""
    now = timezone.now()
    stale = Q(state=JobState.RUNNING) & (Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE))
    return Job.objects.filter(Q(state=JobState.QUEUED) | stale)


def claim(*, job_id: int) -> Claim | None:
    """Take the job by one conditional update; None when somebody has it or nothing is due."""
    now = timezone.now()
    spent = due().filter(pk=job_id, attempt__gte=F("attempts_allowed"))
    if spent.update(state=JobState.FAILED, finished_at=now, error=_GAVE_UP):
        return None
    taken = (
        due()
        .filter(pk=job_id)
        .update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=now + LEASE,
            started_at=now,
            phase_since=now,
            again=False,
        )
    )
    if not taken:
        return None
    return Claim(Job.objects.get(pk=job_id))


_GAVE_UP = "The worker was interrupted five times while doing this. Nothing half-done is visible; start it again or ask your administrator."


@dataclass
class Claim:
    """One attempt at a job. Compute outside `chunk`, write inside: the fence and the effect commit together or not at all."""

    job: Job
    attempt: int = field(init=False)
    checkpoint: int = field(init=False)

    def __post_init__(self) -> None:
        self.attempt = self.job.attempt
        self.checkpoint = self.job.checkpoint

    @contextmanager
    def chunk(
        self, *, done_n: int | None = None, total_n: int | None = None, phase: str | None = None
    ) -> Iterator[None]:
        """A transaction that begins with the fence. Raises LostClaim, having written nothing, when the claim is lost."""
        with transaction.atomic():
            self._fence(**_progress(done_n=done_n, total_n=total_n, phase=phase))
            yield
        self.checkpoint += 1

    def _fence(self, **progress: Any) -> None:
        held = Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempt=self.attempt, checkpoint=self.checkpoint
        ).update(checkpoint=F("checkpoint") + 1, lease_until=timezone.now() + LEASE, **progress)
        if not held:
            raise LostClaim

    def beat(self, *, done_n: int | None = None, total_n: int | None = None, phase: str | None = None) -> None:
        """Renew the lease and show progress during long computing. Raises LostClaim."""
        held = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempt=self.attempt).update(
            lease_until=timezone.now() + LEASE, **_progress(done_n=done_n, total_n=total_n, phase=phase)
        )
        if not held:
            raise LostClaim

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Renew the lease every few seconds, in a thread, while the block computes longer than it can tell of."""
        over = threading.Event()
        thread = threading.Thread(target=self._renew, args=(over,), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _renew(self, over: threading.Event) -> None:
        while not over.wait(RENEW):
            with suppress(OperationalError):  # the database is away or busy: the next time will do
                Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempt=self.attempt).update(
                    lease_until=timezone.now() + LEASE
                )
            connection.close()

    def finish(self, *, result: dict[str, Any] | None = None) -> None:
        """End the job. Call inside the last chunk; queue it once more when somebody asked meanwhile."""
        Job.objects.filter(pk=self.job.pk).update(
            state=JobState.DONE, finished_at=timezone.now(), lease_until=None, result=result or {}, error=""
        )
        if Job.objects.filter(pk=self.job.pk, again=True).exists():
            enqueue(name=self.job.name, review_id=self.job.review_id, subject=self.job.subject)

    def fail(self, *, sentence: str) -> None:
        """End the job with a sentence for the lead."""
        Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempt=self.attempt).update(
            state=JobState.FAILED, finished_at=timezone.now(), lease_until=None, error=sentence
        )


def _progress(*, done_n: int | None, total_n: int | None, phase: str | None) -> dict[str, Any]:
    """The columns to write for what is given; a phase begins when its name is first told."""
    given = {"done_n": done_n, "total_n": total_n, "phase": phase}
    told: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if phase is not None:
        told["phase_since"] = Case(When(phase=phase, then=F("phase_since")), default=Value(timezone.now()))
    return told


@transaction.atomic
def cancel(*, job: Job) -> bool:
    """Stop a queued or running job: the next fence sees it. False when it was over already."""
    stopped = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, finished_at=timezone.now(), lease_until=None
    )
    return bool(stopped)


@transaction.atomic
def retry(*, job: Job) -> bool:
    """Queue a failed job again; False where it did not fail, or the same was asked for since.

    Attempts only rise: the allowance is raised, the fence never reset.
    """
    try:
        with transaction.atomic():
            again = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
                state=JobState.QUEUED, attempts_allowed=F("attempt") + 5, error="", finished_at=None
            )
    except IntegrityError:
        return False
    if again:
        job_id = job.pk
        transaction.on_commit(lambda: ring(job_id))
    return bool(again)


def sweep() -> int:
    """Ring every due job whose last ring is older than 30 s; marked by conditional update, so that many sweepers ring once."""
    before = timezone.now() - RING_AGAIN
    rung = 0
    waiting = Q(rung_at__isnull=True, created_at__lt=timezone.now() - timedelta(seconds=5)) | Q(rung_at__lt=before)
    for job_id in list(due().filter(waiting).values_list("pk", flat=True)[:500]):
        if Job.objects.filter(waiting, pk=job_id).update(rung_at=timezone.now()):
            ring(job_id)
            rung += 1
    return rung
