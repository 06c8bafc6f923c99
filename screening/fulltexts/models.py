"""Reports on their way: how they were sought, what came of it, and the files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.records.models import Record
from screening.reviews.models import Review


class Retrieval(models.TextChoices):
    SOUGHT = "", "Sought"
    RETRIEVED = "retrieved", "Retrieved"
    NOT_RETRIEVED = "not_retrieved", "Not retrieved"


class Cause(models.TextChoices):
    NO_ACCESS = "no_access", "No access"
    NO_REPLY = "no_reply", "No reply from the authors"
    BROKEN_LINK = "broken_link", "Broken link"
    UNPUBLISHED = "unpublished", "Unpublished"


class Report(models.Model):
    """The document of one record that passed title and abstract screening (R3). The row begins with the first act upon it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reports")
    record = models.OneToOneField(Record, on_delete=models.CASCADE, related_name="report")
    status = models.CharField(max_length=13, blank=True, choices=Retrieval.choices)
    cause = models.CharField(max_length=12, blank=True, choices=Cause.choices)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status="not_retrieved", cause__gt="") | (~Q(status="not_retrieved") & Q(cause="")),
                name="report_cause_with_not_retrieved",
            ),
        )

    def __str__(self) -> str:
        return f"report of record {self.record_id}"


class RetrievalAttempt(models.Model):
    """One try to get a report: day, way, outcome."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="attempts")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="attempts")
    on = models.DateField()
    way = models.CharField(max_length=100)
    outcome = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.on}: {self.way}"


class ReportFile(models.Model):
    """A PDF, stored under its hash (P28)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="report_files")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report", "sha256"), condition=Q(removed_at__isnull=True), name="report_file_once"
            ),
        )

    def __str__(self) -> str:
        return self.name
