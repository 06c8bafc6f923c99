"""Studies: investigations, told by one or more included reports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.records.models import Record
from screening.reviews.models import Review


class Study(models.Model):
    """One investigation. Merging and splitting studies never changes a report box (I34).

    In an update, one ``of_previous_version`` is counted there, and only its new reports are new (R9).
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="studies")
    label = models.CharField(max_length=120)
    of_previous_version = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("label", "id")
        verbose_name_plural = "studies"
        constraints = (
            models.UniqueConstraint(fields=("review", "label"), name="study_label_once"),
            models.CheckConstraint(condition=~Q(label=""), name="study_has_label"),
        )

    def __str__(self) -> str:
        return self.label


class StudyReport(models.Model):
    """A report tells of a study; many to many."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="study_reports")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="study_reports")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="study_reports")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("study", "record"), name="study_report_once"),)

    def __str__(self) -> str:
        return f"record {self.record_id} in {self.study_id}"
