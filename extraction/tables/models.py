"""Forms and their versions. What a version asks is one JSON document, read by `tables.fields`."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.reviews.models import Membership, Review


class FormKind(models.TextChoices):
    """What a form is for: facts of a study, or a judgement of its quality with points."""

    TABLE = "table", "Extraction"
    APPRAISAL = "appraisal", "Appraisal"


class EntryMode(models.TextChoices):
    """How many fill in a form for each study (domain.md 7)."""

    DUAL = "dual", "Two people, independently"
    VERIFY = "verify", "One person, checked by a second"
    SINGLE = "single", "One person"


class Form(models.Model):
    """One form of a review, such as "Study characteristics" or an appraisal instrument. ``preset`` names where it came from."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="extraction_forms")
    kind = models.CharField(max_length=9, choices=FormKind.choices, default=FormKind.TABLE)
    name = models.CharField(max_length=120)
    mode = models.CharField(max_length=6, choices=EntryMode.choices, default=EntryMode.DUAL)
    preset = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("review", "name"), name="form_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="form_has_name"),
        )

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """What a form asks from some day on. A draft may be edited; a published version stays as it is for ever.

    ``content`` is ``{"sections": [{"title", "help", "fields": [...]}], "scoring": {...}}``; the keys of fields stay the same from
    version to version, so that values are kept. ``reason`` says why a later version was made.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="extraction_form_versions")
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    made_by = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("form", "number")
        constraints = (
            models.UniqueConstraint(fields=("form", "number"), name="form_version_once"),
            models.UniqueConstraint(fields=("form",), condition=Q(published_at__isnull=True), name="form_one_draft"),
            models.CheckConstraint(condition=Q(number__gte=1), name="form_version_from_one"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(number=1) | ~Q(reason=""),
                name="form_later_version_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.form.name}, version {self.number}"

    @property
    def is_published(self) -> bool:
        """True once people may fill it in; from then on it never changes."""
        return self.published_at is not None
