"""The audit log: append-only rows without foreign keys, so that the log never blocks and is never blocked."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """One act: who, when (UTC), what, old and new value, reason.

    ``item_id`` and ``round`` are set where the act belongs to a screening decision: such a row is shown to others only when
    that decision is revealed (B2). ``own`` marks an act on a sealed vote, hidden until then from all but its actor.
    """

    review_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    item_id = models.BigIntegerField(null=True)
    round = models.PositiveSmallIntegerField(null=True)
    sealed = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("review_id", "-at", "-id"), name="audit_review_at"),
            models.Index(fields=("item_id",), name="audit_item"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sealed=False) | models.Q(item_id__isnull=False), name="audit_sealed_has_item"
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.verb}"
