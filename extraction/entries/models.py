"""The extraction of one study with one form, the entries of its extractors, their values, and the words that a value rests on."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from extraction.tables.models import EntryMode, Form, FormVersion
from screening.reviews.models import Membership, Review
from screening.studies.models import Study


class ExtractionState(models.TextChoices):
    """Where the extraction of a study stands. Until `compare` no one sees another's entry."""

    OPEN = "open", "Being filled in"
    DIFFER = "differ", "Values differ"
    AGREED = "agreed", "All values agree"
    LOCKED = "locked", "Locked"


class EntryState(models.TextChoices):
    """Where one person's entry stands (domain.md 7)."""

    ASSIGNED = "assigned", "Not begun"
    DRAFT = "draft", "Begun"
    SUBMITTED = "submitted", "Submitted"


class EntryRole(models.TextChoices):
    """What the person does: extract independently, or check the entry of the other."""

    EXTRACTOR = "extractor", "Extractor"
    VERIFIER = "verifier", "Verifier"


class ValueStatus(models.TextChoices):
    """What a report says of a field; an assumption needs a note."""

    REPORTED = "reported", "Reported"
    NOT_REPORTED = "not_reported", "Not reported"
    UNCLEAR = "unclear", "Unclear"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    ASSUMED = "assumed", "Assumed"


class Extraction(models.Model):
    """One study with one form. ``mode`` and ``version`` are those under which it is filled in; ``round`` rises when a lead reopens.

    ``revealed_at`` is set when the last entry is submitted: before it an entry is its author's alone. ``revisit`` marks that the
    form has changed since in a way that touches this study.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="extractions")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="extractions")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="extractions")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="extractions")
    mode = models.CharField(max_length=6, choices=EntryMode.choices)
    state = models.CharField(max_length=6, choices=ExtractionState.choices, default=ExtractionState.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    is_pilot = models.BooleanField(default=False)
    revisit = models.BooleanField(default=False)
    revealed_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("study", "form")
        constraints = (
            models.UniqueConstraint(fields=("study", "form"), name="extraction_once"),
            models.CheckConstraint(
                condition=Q(state="open", revealed_at__isnull=True) | (~Q(state="open") & Q(revealed_at__isnull=False)),
                name="extraction_revealed_when_complete",
            ),
            models.CheckConstraint(
                condition=Q(state="locked", locked_at__isnull=False, locked_by__isnull=False)
                | (~Q(state="locked") & Q(locked_at__isnull=True, locked_by__isnull=True)),
                name="extraction_locked_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("review", "form", "state"), name="extraction_state"),)

    def __str__(self) -> str:
        return f"{self.form} of {self.study}"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of entries. Every page, list, export and count goes through `visible_to`."""

    def visible_to(self, member: Membership) -> EntryQuerySet:
        """One's own entries, those whose extraction is revealed, and for a verifier the submitted entry to be checked."""
        verified = Q(
            role=EntryRole.EXTRACTOR,
            state=EntryState.SUBMITTED,
            extraction__mode=EntryMode.VERIFY,
            extraction__entries__extractor=member,
            extraction__entries__role=EntryRole.VERIFIER,
            extraction__entries__round=F("round"),
            extraction__entries__left_at__isnull=True,
            left_at__isnull=True,
        )
        revealed = Q(left_at__isnull=True) & (
            Q(extraction__revealed_at__isnull=False) | Q(round__lt=F("extraction__round"))
        )
        own = self.filter(extraction__review_id=member.review_id)
        return own.filter(Q(extractor=member) | revealed | verified).distinct()


class Entry(models.Model):
    """What one person extracts from one study in one round. Never changed after it is revealed; a reopening begins a new round.

    ``left_at`` is set where another took the place: what was entered stays with its author and counts for nothing; ``goes_on_from`` is
    such an entry, where its successor began with a copy of it. ``version`` is what
    the form asked when its author last answered as a whole: where the extraction has gone on to a later one, what changed is marked.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="entries")
    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="entries")
    extractor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="entries")
    role = models.CharField(max_length=9, choices=EntryRole.choices, default=EntryRole.EXTRACTOR)
    round = models.PositiveSmallIntegerField(default=1)
    slot = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=EntryState.choices, default=EntryState.ASSIGNED)
    saves = models.PositiveIntegerField(default=0)
    assigned_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    goes_on_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("extraction", "round", "slot")
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(
                fields=("extraction", "round", "slot"), condition=Q(left_at__isnull=True), name="entry_slot_once"
            ),
            models.UniqueConstraint(fields=("extraction", "round", "extractor"), name="entry_once_a_person"),
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="entry_two_at_most"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at__isnull=True)),
                name="entry_submitted_has_time",
            ),
        )
        indexes = (models.Index(fields=("extractor", "state"), name="entry_of_person"),)

    def __str__(self) -> str:
        return f"entry {self.pk} of {self.extraction_id}"


class EntryValue(models.Model):
    """One field of one entry. ``value`` is JSON of the shape that the field's kind says (`tables.fields`), null where nothing is said."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="entry_values")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="values")
    field = models.CharField(max_length=60)
    status = models.CharField(max_length=14, choices=ValueStatus.choices, default=ValueStatus.REPORTED)
    value: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("entry", "id")
        constraints = (
            models.UniqueConstraint(fields=("entry", "field"), name="entry_value_once"),
            models.CheckConstraint(condition=~Q(status="assumed") | ~Q(note=""), name="entry_value_assumed_has_note"),
        )

    def __str__(self) -> str:
        return f"{self.field} of entry {self.entry_id}"


class Anchor(models.Model):
    """The words of a report that a value rests on, pinned to file and page (I42). ``found`` is False where a newer file lacks them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="anchors")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="anchors")
    field = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    page = models.PositiveIntegerField()
    quote = models.TextField()
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    found = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("entry", "field", "made_at")
        constraints = (
            models.CheckConstraint(condition=~Q(quote="") & Q(page__gte=1), name="anchor_has_quote_and_page"),
        )

    def __str__(self) -> str:
        return f"page {self.page}: {self.quote[:40]}"
