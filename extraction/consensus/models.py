"""The value that stands for a study, field by field, with who settled it and why."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from extraction.entries.models import Extraction, ValueStatus
from screening.reviews.models import Membership, Review


class Chosen(models.TextChoices):
    """Where a settled value comes from."""

    EQUAL = "equal", "Both entered the same"
    FIRST = "first", "The first entry"
    SECOND = "second", "The second entry"
    NEW = "new", "A new value"
    ONLY = "only", "The only entry"


class Settlement(models.Model):
    """The value of one field of one study in one round, on which the tables rest. Entries are never edited by it.

    ``reason`` is needed for a new value. ``decided_by`` is empty where both entered the same.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="settlements")
    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="settlements")
    round = models.PositiveSmallIntegerField(default=1)
    field = models.CharField(max_length=60)
    status = models.CharField(max_length=14, choices=ValueStatus.choices, default=ValueStatus.REPORTED)
    value: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    note = models.TextField(blank=True)
    chosen = models.CharField(max_length=6, choices=Chosen.choices)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("extraction", "round", "id")
        constraints = (
            models.UniqueConstraint(fields=("extraction", "round", "field"), name="settlement_once"),
            models.CheckConstraint(condition=~Q(chosen="new") | ~Q(reason=""), name="settlement_new_has_reason"),
            models.CheckConstraint(
                condition=Q(chosen__in=("equal", "only")) | Q(decided_by__isnull=False),
                name="settlement_decided_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.extraction_id}"
