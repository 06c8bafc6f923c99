"""Samples of agreed exclusions, and what is said of them when they are read again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.models import Item
from screening.decisions.sharing.models import STAGES
from screening.decisions.verdict import Decision
from screening.reviews.models import Membership, Review


class Rescreen(models.Model):
    """A random sample of what two reviewers excluded in agreement, read again blind. ``population``: how many there were then."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="rescreens")
    stage = models.CharField(max_length=2, choices=STAGES)
    number = models.PositiveSmallIntegerField()
    population = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "stage", "number"), name="rescreen_number_once"),
            models.UniqueConstraint(
                fields=("review", "stage"), condition=Q(ended_at__isnull=True), name="rescreen_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"re-screen {self.number}"


class Reading(models.Model):
    """One record of a re-screen and what its reader says of it. Sealed from everybody else until the re-screen ends.

    ``round`` is the item's when it was drawn: a record that was opened again meanwhile no longer counts.
    """

    rescreen = models.ForeignKey(Rescreen, on_delete=models.CASCADE, related_name="readings")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="readings")
    round = models.PositiveSmallIntegerField()
    reader = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="readings")
    decision = models.CharField(max_length=7, blank=True, choices=[(one.value, one.label) for one in Decision])
    note = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rescreen", "item"), name="reading_once"),
            models.CheckConstraint(
                condition=Q(decision="", read_at__isnull=True) | Q(decision__gt="", read_at__isnull=False),
                name="reading_says_when",
            ),
        )

    def __str__(self) -> str:
        return f"item {self.item_id} read again"
