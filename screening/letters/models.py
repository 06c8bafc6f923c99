"""The outbox."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.conflicts.models import Mention


class LetterKind(models.TextChoices):
    DIGEST = "digest", "What waits, once a day"
    MENTION = "mention", "A mention, at once"


class Letter(models.Model):
    """An e-mail that is to be sent, or was. One digest a person and ``day``, one letter a mention, whatever is run again.

    ``message_id`` is the same at every try, so that mail programs take a second delivery for the first.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=LetterKind.choices)
    day = models.DateField()
    mention = models.ForeignKey(Mention, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    written_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "day"), condition=Q(kind="digest"), name="letter_one_digest_a_day"),
            models.UniqueConstraint(fields=("mention",), condition=Q(kind="mention"), name="letter_once_a_mention"),
            models.CheckConstraint(
                condition=Q(kind="mention", mention__isnull=False) | Q(kind="digest", mention__isnull=True),
                name="letter_mention_of_its_kind",
            ),
        )
        indexes = (models.Index(fields=("tried_at",), name="letter_to_send", condition=Q(sent_at__isnull=True)),)

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id} on {self.day}"
