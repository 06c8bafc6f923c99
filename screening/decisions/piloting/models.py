"""Pilot rounds, and the gate after which one vote is enough."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.sharing.models import STAGES
from screening.protocol.models import ProtocolVersion
from screening.reviews.models import Review


class PilotOutcome(models.TextChoices):
    """How a pilot round ended."""

    OPEN = "", "Under way"
    PASSED = "passed", "Gate passed"
    OVERRIDDEN = "overridden", "Opened by the lead without the gate"
    REPEATED = "repeated", "Ended, to be repeated"


class Pilot(models.Model):
    """A round on a random sample that all its reviewers vote on (S5). ``gate`` is the agreement to reach, in per cent.

    Until it ends its stage offers the sample only. ``voided``: its votes were set aside, because the protocol changed.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="pilots")
    stage = models.CharField(max_length=2, choices=STAGES)
    number = models.PositiveSmallIntegerField()
    size = models.PositiveSmallIntegerField()
    gate = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True, choices=PilotOutcome.choices)
    reason = models.TextField(blank=True)
    voided = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "stage", "number"), name="pilot_number_once"),
            models.UniqueConstraint(
                fields=("review", "stage"), condition=Q(ended_at__isnull=True), name="pilot_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False, outcome__gt=""),
                name="pilot_end_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="overridden") | Q(reason__gt=""), name="pilot_override_has_reason"
            ),
            models.CheckConstraint(condition=Q(gate__gte=50, gate__lte=100), name="pilot_gate_is_per_cent"),
        )

    def __str__(self) -> str:
        return f"pilot round {self.number}"


class GatePassed(models.Model):
    """The stage's votes met the gate of "two reviewers until they agree well, then one"; from then on first votes are single."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="gates_passed")
    stage = models.CharField(max_length=2, choices=STAGES)
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.CASCADE, related_name="+")
    both = models.PositiveIntegerField()
    agreed = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("protocol", "stage"), name="gate_passed_once"),
            models.CheckConstraint(condition=Q(agreed__lte=models.F("both")), name="gate_agreed_of_both"),
        )

    def __str__(self) -> str:
        return f"{self.agreed} of {self.both}"
