"""What is known about pairs of records: links found by rule, judgements of people, and cards that wait for one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from screening.records.models import Record
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source


class DuplicateLink(models.Model):
    """Why two records are held for the same report: rule, score, a sentence. ``first`` is the one with the smaller id."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="duplicate_links")
    first = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    rule = models.CharField(max_length=60)
    reason = models.TextField()
    kind = models.CharField(max_length=40)
    automatic = models.BooleanField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "first", "second"), name="link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="link_ordered"),
        )

    def __str__(self) -> str:
        return self.reason


class Answer(models.TextChoices):
    SAME = "same", "Same record"
    RELATED = "related", "Related - keep both"
    DIFFERENT = "different", "Different"


class Judgement(models.Model):
    """What a person said of a pair; it outweighs every rule until the person, or another, lifts it (DD12)."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="judgements")
    first = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=9, choices=Answer.choices)
    act = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("review", "first", "second"), condition=Q(lifted_at__isnull=True), name="judgement_one_holds"
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="judgement_ordered"),
        )

    def __str__(self) -> str:
        return self.answer


class Kept(models.TextChoices):
    """What a person may choose of a group: which record leads it, and whose value of a field is shown."""

    LEAD = "lead", "Kept record"
    TITLE = "title", "Title"
    AUTHORS = "authors", "Authors"
    YEAR = "year", "Year"
    JOURNAL = "journal", "Journal"
    PLACE = "place", "Volume (issue): pages"
    DOI = "doi", "DOI"
    PMID = "pmid", "PMID"
    ABSTRACT = "abstract", "Abstract"


class KeptChoice(models.Model):
    """A person let this record lead its group, or its value of a field be shown for it; of several in a group the newest holds.

    A choice is tied to the record, not to the group: it holds wherever the record is merged, and rests while it is not.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="kept_choices")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="kept_choices")
    field = models.CharField(max_length=8, choices=Kept.choices)
    act = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("record", "field"), condition=Q(lifted_at__isnull=True), name="kept_holds"),)

    def __str__(self) -> str:
        return self.field


class CandidateCard(models.Model):
    """A group of two or more records that a person should judge. ``members`` are record ids, ``key`` names the same set again."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="candidate_cards")
    key = models.CharField(max_length=64)
    members: models.JSONField[Any, Any] = models.JSONField()
    score = models.FloatField()
    reason = models.TextField()
    kind = models.CharField(max_length=40)
    found_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=9, blank=True, choices=Answer.choices)
    act = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "key"), name="card_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="card_answered_pair",
            ),
        )
        indexes = (models.Index(fields=("review", "answered_at", "-score"), name="card_open"),)

    def __str__(self) -> str:
        return self.reason


class PartStage(models.TextChoices):
    READ = "read", "Reading records"
    COMPARE = "compare", "Comparing pairs"
    OVER = "over", "What a search that is over has read"


class MatchingPart(models.Model):
    """A part of a search for duplicates: what is asked, and what the worker found that did it (ADR 8).

    ``key`` names what is asked by its content, so that a search that was stopped, and a later one, find their finished parts again.
    ``items`` are records or pairs. With the end of the search the pairs go; what was read stays, with one row that says by which
    parts (OVER): while it is there, the stored links are all that those records have.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="matching_parts")
    stage = models.CharField(max_length=7, choices=PartStage.choices)
    key = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    asked = models.BinaryField()
    found = models.BinaryField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "stage", "key"), name="matching_part_once"),
            models.UniqueConstraint(fields=("review",), condition=Q(stage="over"), name="matching_part_one_over"),
        )

    def __str__(self) -> str:
        return f"{self.stage} {self.items}"


class RemovedAs(models.TextChoices):
    """Why records were removed before import: the three lines of box 3."""

    DUPLICATE = "duplicate", "Duplicate records"
    AUTOMATION = "removed_automation", "Marked as ineligible by automation tools"
    OTHER = "removed_other", "Removed for other reasons"


class DeclaredRemoval(models.Model):
    """Records that a search found and that somebody removed before the file came here: declared, never derived (R10).

    They add ``n`` to boxes 2 and 3 of their source and search from ``at`` until ``withdrawn_at``.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="declared_removals")
    run = models.ForeignKey(SearchRun, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    removed_as = models.CharField(max_length=18, choices=RemovedAs.choices)
    n = models.PositiveIntegerField()
    tool = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=Q(n__gte=1), name="declared_some"),)

    def __str__(self) -> str:
        return f"{self.n} {self.get_removed_as_display()}"
