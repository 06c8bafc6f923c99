"""What was published of a review, as it stood then."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.reviews.models import Review


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications."""

    def light(self) -> PublicationQuerySet:
        """Without what was frozen, which no list shows."""
        return self.select_related("by", "revoked_by").defer("drawing", "rows", "footnotes", "citations", "members")


class Publication(models.Model):
    """One frozen flow. ``drawing`` is its SVG with links to its own lists; ``rows`` the table of its numbers.

    ``citations`` is record number -> reference, ``members`` key of a number -> numbers of its records. ``log_head`` is the last hash of
    the log's chain when it was frozen. Whoever has the ``token`` may read, until ``revoked_at``.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="publications")
    token = models.CharField(max_length=43, unique=True)
    title = models.CharField(max_length=300)
    drawing = models.TextField()
    rows: models.JSONField[Any, Any] = models.JSONField()
    footnotes: models.JSONField[Any, Any] = models.JSONField(default=list)
    citations: models.JSONField[Any, Any] = models.JSONField(default=dict)
    members: models.JSONField[Any, Any] = models.JSONField(default=dict)
    log_head = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ("-published_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="publication_revoked_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.published_at:%Y-%m-%d}"
