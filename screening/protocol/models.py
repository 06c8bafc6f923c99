"""The protocol: versions of criteria and stage rules."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.reviews.models import Membership, Review


class StageMode(models.TextChoices):
    DUAL = "dual", "Two reviewers, independently"
    SINGLE = "single", "One reviewer"
    LIBERAL = "liberal", "Liberal: one include is enough, two to exclude"
    DUAL_THEN_SINGLE = "dual_then_single", "Two reviewers until they agree well, then one"


class MaybeChoice(models.TextChoices):
    DEFAULT = "default", "Maybe counts as Include"
    STRICT = "strict", "Maybe against Include is a conflict"


class ReasonClashChoice(models.TextChoices):
    QUEUE = "queue", "A person picks the reason"
    BY_ORDER = "by_order", "The earlier criterion wins"


class ProtocolVersion(models.Model):
    """Criteria and stage rules. A draft until ``frozen_at``; the highest frozen version is the active one (I24)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="protocol_versions")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ta_mode = models.CharField(max_length=16, choices=StageMode.choices, default=StageMode.DUAL)
    ta_maybe = models.CharField(max_length=8, choices=MaybeChoice.choices, default=MaybeChoice.DEFAULT)
    ft_mode = models.CharField(
        max_length=16, choices=[c for c in StageMode.choices if c[0] != StageMode.LIBERAL.value], default=StageMode.DUAL
    )
    reason_clash = models.CharField(max_length=8, choices=ReasonClashChoice.choices, default=ReasonClashChoice.QUEUE)
    gate_items = models.PositiveSmallIntegerField(default=25)
    gate_agreement = models.PositiveSmallIntegerField(default=75)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "number"), name="protocol_number_once"),
            models.UniqueConstraint(fields=("review",), condition=Q(frozen_at__isnull=True), name="protocol_one_draft"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, frozen_by__isnull=True)
                | Q(frozen_at__isnull=False, frozen_by__isnull=False),
                name="protocol_frozen_pair",
            ),
            models.CheckConstraint(condition=~Q(ft_mode="liberal"), name="protocol_liberal_only_at_ta"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="protocol_amendment_has_reason"),
        )

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.frozen_at is None


class Facet(models.TextChoices):
    POPULATION = "population", "Population"
    FOCUS = "focus", "Focus"
    PUBLICATION_TYPE = "publication_type", "Publication type"
    LANGUAGE = "language", "Language"
    STUDY_DESIGN = "study_design", "Study design"
    TIMEFRAME = "timeframe", "Timeframe"
    SCOPE = "scope", "Scope"
    OTHER = "other", "Other"


class Direction(models.TextChoices):
    INCLUDE = "include", "Must be met to include"
    EXCLUDE = "exclude", "Excludes when it applies"


class Criterion(models.Model):
    """One question with a direction. ``key`` stays the same across versions; ``rule`` may hold a metadata hint (imports.md 7).

    ``examples_met`` and ``examples_not_met`` hold one example a line.
    """

    version = models.ForeignKey(ProtocolVersion, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    facet = models.CharField(max_length=20, choices=Facet.choices, default=Facet.OTHER)
    label = models.CharField(
        "short name",
        max_length=35,
        validators=[RegexValidator(r"^[^,;]*$", "A short name holds no comma and no semicolon.")],
    )
    question = models.CharField(max_length=300, blank=True)
    met_when = models.TextField("met when", blank=True)
    not_met_when = models.TextField("not met when", blank=True)
    examples_met = models.TextField("examples that meet it", blank=True)
    examples_not_met = models.TextField("examples that do not meet it", blank=True)
    direction = models.CharField(max_length=7, choices=Direction.choices, default=Direction.INCLUDE)
    order = models.PositiveSmallIntegerField()
    at_ta = models.BooleanField("asked at title and abstract", default=True)
    at_ft = models.BooleanField("asked at full text", default=True)
    rule: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="criterion_key_once"),
            models.UniqueConstraint(fields=("version", "label"), name="criterion_label_once"),
            models.CheckConstraint(condition=~Q(not_met_when="") | ~Q(met_when=""), name="criterion_says_something"),
        )

    def __str__(self) -> str:
        return self.label


class ReviewWords(models.Model):
    """The two lists of words that are marked for everybody while screening: see `words` for how a line is written."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, primary_key=True, related_name="words")
    speaks_for = models.TextField(blank=True)
    speaks_against = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"words of {self.review_id}"


class Desk(models.Model):
    """What one member keeps for herself in a review: words to mark, the tags that she uses, how records are shown to her.

    Nobody else ever reads it (P19). ``tags`` are the names on offer, one a line.
    """

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, primary_key=True, related_name="desk")
    speaks_for = models.TextField(blank=True)
    speaks_against = models.TextField(blank=True)
    tags = models.TextField(blank=True)
    highlights_on = models.BooleanField("mark the words", default=True)
    hides_authors = models.BooleanField("hide authors and journal", default=False)

    def __str__(self) -> str:
        return f"desk of {self.member_id}"
