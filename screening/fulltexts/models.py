"""Reports on their way: how they were sought, what came of it, and the files."""

from __future__ import annotations

from typing import Any

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


class FileKind(models.TextChoices):
    """What a file is to its report. Only the report itself is read beside the criteria; the others open on their own."""

    MAIN = "main", "The report"
    SUPPLEMENT = "supplement", "Supplement"
    CORRECTION = "correction", "Correction"
    PROTOCOL = "protocol", "Protocol"


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
    """One try to get a report: day, way, outcome.

    Where somebody was ``asked`` for it, the answer is expected by ``due_on``; the request is open until ``closed_on``, or until the
    report is at hand or given up.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="attempts")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="attempts")
    on = models.DateField()
    way = models.CharField(max_length=100)
    outcome = models.CharField(max_length=200)
    asked = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(asked__gt="", due_on__isnull=False)
                | Q(asked="", due_on__isnull=True, closed_on__isnull=True),
                name="attempt_request_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.on}: {self.way}"


class ReportFile(models.Model):
    """A file of a report, stored under its hash (P28). ``media_type`` is told from its bytes."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="report_files")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=FileKind.choices, default=FileKind.MAIN)
    media_type = models.CharField(max_length=100, default="application/pdf")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report", "sha256"), condition=Q(removed_at__isnull=True), name="report_file_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="main") | Q(media_type="application/pdf"), name="report_file_main_is_pdf"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Arrival(models.TextChoices):
    """What became of a file that came with many others."""

    READING = "reading", "Being read"
    TRAY = "tray", "In the tray"
    ATTACHED = "attached", "Attached"
    KNOWN = "known", "Attached before"
    ASIDE = "aside", "Put aside"
    UNPACKED = "unpacked", "Unpacked"


class IncomingFile(models.Model):
    """One file of many that were uploaded at once: it is read in the worker, then joins its report or waits in the tray.

    ``how`` tells by what its report was known; ``offered`` are record numbers, the best first, ``likely`` the one to preselect, 0 for
    none; ``said`` is a sentence for people. ``status_before`` and ``cause_before`` are what undoing gives back to the report.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="incoming_files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=Arrival.choices, default=Arrival.READING)
    how = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=FileKind.choices, default=FileKind.MAIN)
    offered: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    likely = models.PositiveIntegerField(default=0)
    said = models.TextField(blank=True)
    file = models.ForeignKey(ReportFile, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    status_before = models.CharField(max_length=13, blank=True)
    cause_before = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("review", "sha256"), condition=Q(state__in=["reading", "tray"]), name="incoming_file_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["attached", "known"], file__isnull=False)
                | (~Q(state__in=["attached", "known"]) & Q(file__isnull=True)),
                name="incoming_file_attached_has_file",
            ),
        )
        indexes = (models.Index(fields=("review", "state"), name="incoming_file_by_state"),)

    def __str__(self) -> str:
        return self.name


class LinkResolver(models.Model):
    """The library's link resolver, asked by people's browsers: an https address with {doi}, {title} or {pmid} in it."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="link_resolver")
    template = models.CharField(max_length=500)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(template__startswith="https://"), name="link_resolver_is_https"),
        )

    def __str__(self) -> str:
        return self.template
