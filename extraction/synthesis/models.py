"""Sentences of the manuscript that are held against the studies whenever the page opens."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.reviews.models import Membership, Review


class Claim(models.Model):
    """What the authors write of the included studies. It is kept as written; only what it is held against changes."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="claims")
    text = models.TextField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="claim_has_text"),)

    def __str__(self) -> str:
        return self.text[:60]
