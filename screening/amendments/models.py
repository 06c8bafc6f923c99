"""Proposed changes of criteria."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.models import Item
from screening.protocol.models import ProtocolVersion
from screening.reviews.models import Membership, Review


class Proposal(models.Model):
    """A discussion showed that a criterion should change; ``key`` is the criterion's.

    Open until a lead takes it into the draft ``version`` or declines it with an ``answer``. Open again where the draft is discarded.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="proposals")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="proposals")
    round = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    text = models.TextField()
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="proposals")
    at = models.DateTimeField(default=timezone.now)
    version = models.ForeignKey(
        ProtocolVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="proposal_says_something"),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, answer="")
                | Q(declined_at__isnull=False, answer__gt="", version__isnull=True),
                name="proposal_declined_with_an_answer",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]
