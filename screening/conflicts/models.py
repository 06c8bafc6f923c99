"""Talk about a conflict, positions taken after it, and rulings. First votes stay as they are (I21)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.decisions.models import Item
from screening.reviews.models import Membership, Review


class Comment(models.Model):
    """One message in the thread of an item and round."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="comments")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="comments")
    round = models.PositiveSmallIntegerField()
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),)

    def __str__(self) -> str:
        return self.text[:60]


class Position(models.Model):
    """Where a voter stands after the talk; an item is final by discussion when both positions agree (I22)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="positions")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="positions")
    round = models.PositiveSmallIntegerField()
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="positions")
    decision = models.CharField(max_length=7, choices=[("include", "Include"), ("exclude", "Exclude")])
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("item", "round", "member"), name="position_one_each"),
            models.CheckConstraint(
                condition=Q(decision="exclude") | Q(reason=""), name="position_reason_only_on_exclude"
            ),
        )

    def __str__(self) -> str:
        return self.decision


class Mention(models.Model):
    """A comment calls somebody who may see the item. It waits for them until ``read_at``, or until the item moves on."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="mentions")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="mentions")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "member"), name="mention_once"),)

    def __str__(self) -> str:
        return f"mention of member {self.member_id}"


class Escalation(models.Model):
    """No consensus: the item goes to the adjudicator, by a member's word or by the review's rule after so many days.

    ``came_from`` is the state before it, to which it returns where the one who handed it over takes it back (``taken_back_at``).
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="escalations")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="escalations")
    round = models.PositiveSmallIntegerField()
    member = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    after_days = models.PositiveSmallIntegerField("by rule, after so many days", null=True, blank=True)
    came_from = models.CharField(max_length=15, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("item", "round"), condition=Q(taken_back_at__isnull=True), name="escalation_once"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, after_days__isnull=True)
                | Q(member__isnull=True, after_days__isnull=False),
                name="escalation_by_a_person_or_by_rule",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False, member__isnull=False),
                name="escalation_taken_back_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"item {self.item_id} escalated"


class OwnReading(models.Model):
    """The adjudicator's own answers on the bare record, given before the arguments open (S4). Its time is the logged opening.

    ``draft`` keeps the rationale of an adjudicator who is undecided and has put the ruling off.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="own_readings")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="own_readings")
    round = models.PositiveSmallIntegerField()
    adjudicator = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="own_readings")
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    draft = models.TextField(blank=True)
    put_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "round", "adjudicator"), name="own_reading_once"),)

    def __str__(self) -> str:
        return f"reading of item {self.item_id}"


class Ruling(models.Model):
    """The third person's decision, with its reason in words. One a round (P33); never by a voter of the item (I15)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="rulings")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="rulings")
    round = models.PositiveSmallIntegerField()
    adjudicator = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="rulings")
    decision = models.CharField(max_length=7, choices=[("include", "Include"), ("exclude", "Exclude")])
    reason = models.CharField(max_length=40, blank=True)
    rationale = models.TextField()
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("item", "round"), name="ruling_once"),
            models.CheckConstraint(condition=~Q(rationale=""), name="ruling_has_rationale"),
            models.CheckConstraint(
                condition=Q(decision="exclude") | Q(reason=""), name="ruling_reason_only_on_exclude"
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision} by ruling"
