"""An import: one file of one source in one search run, and the rows of it that became no record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from screening.imports.storage import StoredFile
from screening.records.models import Record, Removal
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source


class ImportState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    LOADING = "loading", "Being read"
    QUESTION = "question", "Needs an answer"
    STORED = "stored", "Stored"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"
    UNDONE = "undone", "Undone"


class Import(models.Model):
    """One file. Invisible until stored: its records join the review in one last transaction (IM9).

    ``markers = parsed + rejected`` holds for each stored import (IM1), by constraint. This attempt stores since ``storing_since``,
    going on behind ``storing_from`` entries that an earlier one wrote: the time left is told by them.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="imports")
    run = models.ForeignKey(SearchRun, on_delete=models.PROTECT, related_name="imports")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    query = models.TextField()
    searched_on = models.DateField()
    limits = models.TextField(blank=True)
    stated_hits = models.PositiveIntegerField(null=True, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    encoding_given = models.CharField(max_length=40, blank=True)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    question: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.QUEUED)
    error = models.TextField(blank=True)
    format = models.CharField(max_length=40, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    warnings: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    first_number = models.PositiveIntegerField(null=True, blank=True)
    markers = models.PositiveIntegerField(default=0)
    parsed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    rejected_settled_at = models.DateTimeField(null=True, blank=True)
    flagged = models.PositiveIntegerField(default=0)
    storing_since = models.DateTimeField(null=True, blank=True)
    storing_from = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    stored_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("review", "sha256"),
                condition=Q(state__in=["queued", "loading", "question", "stored"]),
                name="import_same_file_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(markers=F("parsed") + F("rejected")), name="import_sum_closes"
            ),
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(stored_at__isnull=False), name="import_stored_has_time"
            ),
            models.CheckConstraint(condition=~Q(query=""), name="import_has_query"),
        )

    def __str__(self) -> str:
        return self.file_name


class WaitingFile(models.Model):
    """A file that was uploaded into a search and waits for its description: who was asked, when, with which query.

    Its bytes are kept under ``sha256`` (`storage`); ``format`` as recognised; ``left_out`` says which files of a zip hold no references.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="waiting_files")
    run = models.ForeignKey(SearchRun, on_delete=models.PROTECT, related_name="waiting_files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    format = models.CharField(max_length=40, blank=True)
    left_out: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("run", "sha256"), name="waiting_file_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The prefix of its form fields."""
        return f"f{self.sha256[:16]}"

    @property
    def file(self) -> StoredFile:
        """What lies on disk."""
        return StoredFile(self.name, self.sha256, self.size)


class RejectedRow(models.Model):
    """A marker that became no record: line, reason, raw text."""

    imported_from = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_rows")
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    reason = models.TextField()
    raw = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("imported_from", "position"), name="rejected_position_once"),)

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class SetAside(models.Model):
    """Where a record stood when an import was undone, so that restoring can give it back (I10): merged into ``lead``, or removed.

    Records of the import itself, and those of others that were merged into one of it. A record that stood alone has no row.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    undone = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="set_aside")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Record, null=True, on_delete=models.CASCADE, related_name="+")
    merged_by = models.CharField(max_length=6, blank=True)
    removed = models.CharField(max_length=10, blank=True, choices=Removal.choices)
    removed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("undone", "record"), name="set_aside_once"),
            models.CheckConstraint(
                condition=Q(lead__isnull=True, merged_by="") | Q(lead__isnull=False, merged_by__in=["rule", "person"]),
                name="set_aside_merge_says_who",
            ),
            models.CheckConstraint(condition=Q(lead__isnull=False) | ~Q(removed=""), name="set_aside_says_something"),
        )

    def __str__(self) -> str:
        return f"record {self.record_id}"
