"""How the work of a stage is shared out: plan, shares, and for whom a vote is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from screening.decisions.models import Item
from screening.decisions.verdict import Stage
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
