"""Records, wide and written once; beside them the narrow row that says where a record stands, and its changes in time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from screening.records.search import folded_text
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source

UNTITLED = Q(title="", title_translated="")


class Record(models.Model):
    """One hit as imported. Never overwritten, never deleted while its import stands. Shapes as `imports.parsed.ParsedRecord`.

    A title that the file lacked may be filled in, by a `Repair` beside it; without one a record does not come up for screening.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="records")
    imported_from = models.ForeignKey("screening.Import", on_delete=models.CASCADE, related_name="records")
    number = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    title = models.TextField(blank=True)
    title_translated = models.TextField(blank=True)
    authors: models.JSONField[Any, Any] = models.JSONField(default=list)
    year = models.SmallIntegerField(null=True)
    year_early = models.SmallIntegerField(null=True)
    raw_year = models.CharField(max_length=60, blank=True)
    journal = models.TextField(blank=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    keywords: models.JSONField[Any, Any] = models.JSONField(default=list)
    languages: models.JSONField[Any, Any] = models.JSONField(default=list)
    language_inferred = models.BooleanField(default=False)
    raw_languages: models.JSONField[Any, Any] = models.JSONField(default=list)
    types: models.JSONField[Any, Any] = models.JSONField(default=list)
    raw_types: models.JSONField[Any, Any] = models.JSONField(default=list)
    url = models.TextField(blank=True)
    ids: models.JSONField[Any, Any] = models.JSONField(default=dict)
    flags: models.JSONField[Any, Any] = models.JSONField(default=list)

    # On a copy to be read: field -> number of the duplicate that it comes from.
    shown_from: Mapping[str, int] = MappingProxyType({})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "number"), name="record_number_once"),
            models.UniqueConstraint(fields=("imported_from", "position"), name="record_position_once"),
        )
        indexes = (
            models.Index(fields=("review",), name="record_untitled", condition=UNTITLED),
            models.Index(fields=("review", "number", "id"), name="record_by_number"),  # lists sort by it alone, unread
        )

    def __str__(self) -> str:
        return self.title or "(no title)"

    @property
    def is_untitled(self) -> bool:
        return not self.title and not self.title_translated

    def folded(self) -> str:
        """What searching looks at, case-folded: `RecordText.folded`."""
        year = "" if self.year is None else str(self.year)
        return folded_text(
            [self.title, self.title_translated, *self.authors, self.journal, year, self.doi, self.pmid, *self.keywords, self.abstract]
        )  # fmt: skip


class Repair(models.Model):
    """A title that a person gave to a record whose file had none, and where it was found. The last one is the record's title.

    Since only a missing title is given, the title as imported is empty wherever a record has such a row; its raw text stays as it
    came. Rows are never changed: a correction is one more row. Guards hold both, whoever writes.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="repairs")
    title = models.TextField()
    found_in = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(title="") & ~Q(found_in=""), name="repair_says_what_and_why"),
        )

    def __str__(self) -> str:
        return self.title


class RecordText(models.Model):
    """The raw text of a record as its file had it, and one case-folded text for searching."""

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True, related_name="text")
    raw = models.TextField(blank=True)
    folded = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.raw[:60]


class Removal(models.TextChoices):
    NONE = "", "Not removed"
    AUTOMATION = "automation", "Marked ineligible by automation"
    OTHER = "other", "Removed for another reason"


class Standing(models.Model):
    """Where a record stands before screening. A record is part of the review exactly while it has this row.

    ``lead`` points to the kept record of its duplicate group, and is empty on that record itself (R1). ``language`` is the
    first language code, empty if unknown. Narrow on purpose: every count scans it.
    """

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="standings")
    run = models.ForeignKey(SearchRun, on_delete=models.PROTECT, related_name="standings")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="standings")
    imported_from = models.ForeignKey("screening.Import", on_delete=models.CASCADE, related_name="standings")
    lead = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="duplicates")
    merged_by = models.CharField(
        max_length=6, blank=True, choices=[("", "not merged"), ("rule", "by rule"), ("person", "by a person")]
    )
    removed = models.CharField(max_length=10, blank=True, choices=Removal.choices)
    removed_reason = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = (models.Index(fields=("review", "lead", "removed"), name="standing_fate"),)
        constraints = (
            models.CheckConstraint(condition=~Q(lead=models.F("record")), name="standing_not_own_duplicate"),
            models.CheckConstraint(
                condition=Q(lead__isnull=True, merged_by="") | Q(lead__isnull=False, merged_by__in=["rule", "person"]),
                name="standing_merge_says_who",
            ),
            models.CheckConstraint(condition=Q(removed="") | ~Q(removed_reason=""), name="standing_removal_has_reason"),
        )

    def __str__(self) -> str:
        return f"record {self.record_id}"

    @property
    def is_duplicate(self) -> bool:
        return self.lead_id is not None


class ChangeOf(models.TextChoices):
    """Which fact about a record changed. The latest value of each fact at time T gives the bucket at T (I8, I9)."""

    LEAD = "lead"  # id of the kept record and by whom merged, "17 rule"
    REMOVED = "removed"
    TA = "ta"  # "state decision"
    REPORT = "report"  # "", retrieved, not_retrieved
    FT = "ft"  # "state decision reason"
    STUDY = "study"  # ids of the studies it tells of, "3 17 known 4" (`studies.linked`)


class Change(models.Model):
    """One change of one fact, append-only. ``at`` may lie ahead by an undo window: it takes effect then."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="changes")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    fact = models.CharField(max_length=8, choices=ChangeOf.choices)
    value = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("review", "at"), name="change_review_at"),)

    def __str__(self) -> str:
        return f"{self.fact}={self.value}"


class KeptTally(models.Model):
    """``n`` records with one fate: found by one search in one source, in one bucket, at full text for one reason.

    ``merged_by``, ``lead_kind``, ``between`` and ``late`` tell duplicates apart, as `prisma.buckets.Tally` does. Kept so that no page
    counts every record. Never written by an act: whatever changes a fate leaves a `Moved`, and these are counted anew.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="kept_tallies")
    run = models.ForeignKey(SearchRun, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    bucket = models.CharField(max_length=18)
    reason = models.CharField(max_length=40, blank=True)
    merged_by = models.CharField(max_length=6, blank=True)
    lead_kind = models.CharField(max_length=12, blank=True)
    between = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("review", "run", "source", "bucket", "reason", "merged_by", "lead_kind", "between", "late"),
                name="kept_tally_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.n} {self.bucket}"


class Place(models.Model):
    """The tally in which a record was counted last, beside what lists are sorted by: a page of any list is one stretch of an index.

    ``record_id`` is no foreign key: a place outlives its record until it is counted off. ``title`` is its beginning only.
    """

    record_id = models.BigIntegerField(primary_key=True)
    tally = models.ForeignKey(KeptTally, on_delete=models.CASCADE, related_name="places", db_index=False)
    number = models.PositiveIntegerField()
    year = models.SmallIntegerField(default=0)
    title = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("tally", "number"), name="place_by_number"),
            models.Index(fields=("tally", "year", "number"), name="place_by_year"),
            models.Index(fields=("tally", "title", "number"), name="place_by_title"),
        )

    def __str__(self) -> str:
        return f"place of record {self.record_id}"


class Moved(models.Model):
    """A record whose fate may differ, from ``at`` on, from what its place says: until it is placed anew it is counted by its rows."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("review", "record_id"), name="moved_of_review"),)

    def __str__(self) -> str:
        return f"record {self.record_id} moved"
