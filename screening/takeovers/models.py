"""A file of votes that were cast elsewhere, on its way into a stage of the review."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.verdict import Decision, Stage
from screening.reviews.models import Review

JOB = "takeovers.take"


class TakeoverState(models.TextChoices):
    WAITING = "waiting", "Waits for its mapping"
    QUEUED = "queued", "Being taken over"
    DONE = "done", "Taken over"
    SET_ASIDE = "set_aside", "Set aside"


class Takeover(models.Model):
    """One uploaded file: ``sha256`` says which bytes, ``format`` what they were recognised as.

    ``people`` maps each name that the file has (``""`` for rows without one) to a membership id, 0 for "leave out"; ``reasons``
    maps each reason to a criterion's key, ``""`` for none. ``whole`` is the decision of all rows, for a list that names none.
    Until it is applied only its uploader reads what is in it (B2). ``done_n`` rows of the file have been dealt with;
    ``result`` holds the counts and the rows that did not fit, without what anybody voted.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="takeovers")
    stage = models.CharField(max_length=2, choices=[(stage.value, stage.label) for stage in Stage])
    state = models.CharField(max_length=9, choices=TakeoverState.choices, default=TakeoverState.WAITING)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    format = models.CharField(max_length=60, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    people: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    whole = models.CharField(max_length=7, blank=True, choices=[(one.value, one.label) for one in Decision])
    done_n = models.PositiveIntegerField(default=0)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("review", "stage", "sha256"),
                condition=Q(state__in=["waiting", "queued"]),
                name="takeover_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "queued"], ended_at__isnull=True)
                | Q(state__in=["done", "set_aside"], ended_at__isnull=False),
                name="takeover_ended_pair",
            ),
        )

    def __str__(self) -> str:
        return self.name
