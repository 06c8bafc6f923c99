"""The job row: what a worker may rely on after any crash."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Job(models.Model):
    """One piece of long work on a review (reliability.md 2).

    ``attempt`` is the fence: it only rises, and a chunk is written only by the attempt that holds the row. ``checkpoint`` counts
    written chunks. ``again`` asks for one more run after this one. Progress is ``done_n`` of ``total_n`` in the phase that runs since
    ``phase_since``.
    """

    review_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=9, choices=JobState.choices, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    attempts_allowed = models.PositiveIntegerField(default=5)
    checkpoint = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False)
    phase = models.CharField(max_length=60, blank=True)
    phase_since = models.DateTimeField(null=True, blank=True)
    done_n = models.PositiveIntegerField(default=0)
    total_n = models.PositiveIntegerField(default=0)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("review_id", "name", "subject"),
                condition=Q(state__in=["queued", "running"]),
                name="job_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
            models.CheckConstraint(
                condition=Q(attempt__lte=F("attempts_allowed")), name="job_attempts_within_allowance"
            ),
        )
        indexes = (models.Index(fields=("state", "lease_until"), name="job_due"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Worker(models.Model):
    """When each worker process was last alive; without one the pages say so."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
