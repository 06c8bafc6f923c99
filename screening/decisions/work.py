"""How the work of a stage is shared out: plan and shares, assignments, pilot rounds, the gate, and re-screens. Models."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.models import Item
from screening.decisions.verdict import Decision, Stage
from screening.protocol.models import ProtocolVersion
from screening.reviews.models import Membership, Review

SHARE_OUT = "decisions.share_out"  # the job that does what the plan says
STAGES = [(stage.value, stage.label) for stage in Stage]


class SharedBy(models.TextChoices):
    """Who is offered a record."""

    ANYONE = "anyone", "Anyone takes the next record"
    PARTS = "parts", "Each takes a part of the votes"
    RECORDS = "records", "Each takes a number of records"


class Order(models.TextChoices):
    """In which order the records of a stage come up."""

    IMPORT = "import", "As imported"
    RANDOM = "random", "At random"
    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    TITLE = "title", "By title"


class StagePlan(models.Model):
    """How the lead shares out a stage, and its order. Without such a row anyone takes the next record, as imported.

    ``seed`` fixes the random order.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="stage_plans")
    stage = models.CharField(max_length=2, choices=STAGES)
    shared_by = models.CharField(max_length=7, choices=SharedBy.choices, default=SharedBy.ANYONE)
    order = models.CharField(max_length=6, choices=Order.choices, default=Order.IMPORT)
    seed = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("review", "stage"), name="stage_plan_once"),)

    def __str__(self) -> str:
        return f"{self.stage}: {self.get_shared_by_display()}"


class WorkShare(models.Model):
    """One member's part of a stage: per cent or any proportion, or a number of records, as the plan counts.

    ``is_key``: one of the votes on every record comes from one of those so marked.
    """

    plan = models.ForeignKey(StagePlan, on_delete=models.CASCADE, related_name="shares")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="work_shares")
    share = models.PositiveIntegerField(default=0)
    is_key = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("plan", "member"), name="work_share_once"),
            models.CheckConstraint(condition=Q(share__lte=1_000_000), name="work_share_is_sane"),
        )

    def __str__(self) -> str:
        return f"{self.share}"


class Assignment(models.Model):
    """A vote on the item is kept for this reviewer. ``Item.pool`` says how many votes anybody else may give. Narrow: many rows."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    reviewer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="assignments")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "reviewer"), name="assignment_once"),)

    def __str__(self) -> str:
        return f"item {self.item_id} to {self.reviewer_id}"


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
