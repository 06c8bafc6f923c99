"""The codebook, the texts of included studies, what each person coded in them, and the codings that stand."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, F, Q
from django.utils import timezone

from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.studies.models import Study


class CodingMode(models.TextChoices):
    """How a team codes (domain.md 8). Only the first is blind and has an agreement."""

    CODEBOOK = "codebook", "Codebook: two people code each study, independently"
    REFLEXIVE = "reflexive", "Reflexive: codings and memos count at once, without agreement"
    LINES = "lines", "Thematic synthesis: line by line, then descriptive, then analytical themes"


class CodeStatus(models.TextChoices):
    """What became of a code. Codings are never moved: a merged code speaks for the other, a split one holds its parts."""

    ACTIVE = "active", "In use"
    MERGED = "merged", "Merged"
    SPLIT = "split", "Split"
    RETIRED = "retired", "Retired"


class Direction(models.TextChoices):
    """Which way a theme works, where the codebook tells of that."""

    FACILITATOR = "facilitator", "Facilitator"
    BARRIER = "barrier", "Barrier"


class Codebook(models.Model):
    """The one codebook of a review. A code's level is one of ``levels``; ``sets`` are its `exchange.CodeSet`.

    ``threshold`` is the share of characters, in per cent, from which two segments are the same passage (character Jaccard).
    """

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="codebook")
    name = models.CharField(max_length=120)
    mode = models.CharField(max_length=9, choices=CodingMode.choices, default=CodingMode.CODEBOOK)
    preset = models.CharField(max_length=60, blank=True)
    levels: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    sets: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    threshold = models.PositiveSmallIntegerField(default=50)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="codebook_has_name"),
            models.CheckConstraint(
                condition=Q(threshold__gte=1, threshold__lte=100), name="codebook_threshold_is_a_share"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_blind(self) -> bool:
        """True where a coder's work is sealed until both have submitted."""
        return self.mode == CodingMode.CODEBOOK


class CodebookVersion(models.Model):
    """The codebook as it stood on a day, with the reason for keeping it. ``content`` is a list of codes by guid (`exchange`)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="codebook_versions")
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content: models.JSONField[Any, Any] = models.JSONField(default=list)
    reason = models.TextField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("codebook", "number")
        constraints = (
            models.UniqueConstraint(fields=("codebook", "number"), name="codebook_version_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="codebook_version_has_reason"),
        )

    def __str__(self) -> str:
        return f"version {self.number} of {self.codebook_id}"


class Code(models.Model):
    """One code or theme. ``guid`` stays the same from file to file; ``colour`` is #RRGGBB or empty."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="codes")
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="codes")
    guid = models.UUIDField(default=uuid.uuid4)
    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True)
    include_when = models.TextField(blank=True)
    exclude_when = models.TextField(blank=True)
    example = models.TextField(blank=True)
    level = models.CharField(max_length=80, blank=True)
    direction = models.CharField(max_length=11, blank=True, choices=Direction.choices)
    colour = models.CharField(max_length=7, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=7, choices=CodeStatus.choices, default=CodeStatus.ACTIVE)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_in")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("codebook", "guid"), name="code_guid_once"),
            models.UniqueConstraint(
                fields=("codebook", "name", "level", "direction"),
                condition=Q(status__in=("active", "split"), parent__isnull=True),
                name="code_name_once",
            ),
            models.UniqueConstraint(
                fields=("codebook", "parent", "name", "level", "direction"),
                condition=Q(status__in=("active", "split"), parent__isnull=False),
                name="code_name_once_below",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="code_has_name"),
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="code_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="code_merged_into_another",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class CodeAct(models.TextChoices):
    """What a code went through, each with a reason, each to be undone."""

    MERGE = "merge", "Merged"
    SPLIT = "split", "Split"
    RENAME = "rename", "Renamed"
    RETIRE = "retire", "Retired"


class CodeChange(models.Model):
    """One merge, split, rename or retirement. ``before`` holds what undoing needs: ``{"name"}`` or ``{"parts": [guid, ...]}``."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="code_changes")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="changes")
    act = models.CharField(max_length=6, choices=CodeAct.choices)
    into = models.ForeignKey(Code, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField()
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="code_change_has_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="code_change_undone_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} of {self.code_id}"


class TextKind(models.TextChoices):
    """Whose words a text is: a report's results, its authors' interpretation, a participant's, or a whole transcript."""

    RESULTS = "results", "Results"
    INTERPRETATION = "interpretation", "Authors' interpretation"
    QUOTE = "quote", "Direct quotes"
    TRANSCRIPT = "transcript", "Transcript"


class SourceText(models.Model):
    """A text of a study, in NFC. It never changes, so that offsets hold; one that is set aside leaves the counts. It begins on ``page``;
    ``page_starts`` are the code points at which further pages begin."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="source_texts")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="source_texts")
    kind = models.CharField(max_length=14, choices=TextKind.choices, default=TextKind.RESULTS)
    label = models.CharField(max_length=120)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    page = models.PositiveIntegerField(null=True, blank=True)
    page_starts: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    set_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("study", "id")
        constraints = (
            models.UniqueConstraint(fields=("study", "label", "sha256"), name="source_text_once"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(label=""), name="source_text_says_something"),
        )

    def __str__(self) -> str:
        return self.label


class Segment(models.Model):
    """A passage: code points ``start`` to ``end`` of a text, ``end`` not included. Who coded it says `Coding`, never this row."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="segments")
    source = models.ForeignKey(SourceText, on_delete=models.PROTECT, related_name="segments")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    page = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("source", "start", "end")
        constraints = (
            models.UniqueConstraint(fields=("source", "start", "end"), name="segment_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="segment_is_not_empty"),
        )

    def __str__(self) -> str:
        return self.quote[:60]


class CodedStudy(models.Model):
    """The coding of one study. Until ``revealed_at`` each coder sees the own codings only; ``settled_at`` ends the comparison.
    ``first_revealed_at`` stays when it is reopened: agreement is told of what each had coded until then."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="coded_studies")
    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="coding")
    revealed_at = models.DateTimeField(null=True, blank=True)
    first_revealed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "coded studies"
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(revealed_at__isnull=False),
                name="coded_study_settled_when_revealed",
            ),
        )

    def __str__(self) -> str:
        return f"coding of {self.study_id}"


class CodingTurn(models.Model):
    """One person's coding of one study; two at most where coding is blind. ``left_at`` is set where a lead handed it, unfinished, to
    another, whose turn ``goes_on_from`` it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="coding_turns")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="coding_turns")
    coder = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="coding_turns")
    slot = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    goes_on_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("study", "slot")
        constraints = (
            models.UniqueConstraint(fields=("study", "slot"), condition=Q(left_at__isnull=True), name="coding_turn_slot_once"),
            models.UniqueConstraint(fields=("study", "coder"), name="coding_turn_once_a_person"),
            models.CheckConstraint(condition=Q(slot__gte=1), name="coding_turn_from_one"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(submitted_at__isnull=True), name="coding_turn_left_unfinished"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"turn {self.slot} of {self.study_id}"


class CodingQuerySet(models.QuerySet["Coding"]):
    """Reads of codings. Every page, list, export and count goes through `visible_to` or rests on settlements."""

    def standing(self) -> CodingQuerySet:
        """Codings that were not removed."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, member: Membership) -> CodingQuerySet:
        """One's own, those of studies whose coding is revealed, and all where the codebook is not blind."""
        revealed = Q(segment__source__study__coding__revealed_at__isnull=False)
        return self.filter(review_id=member.review_id).filter(
            Q(coder=member) | revealed | ~Q(code__codebook__mode=CodingMode.CODEBOOK)
        )


class Coding(models.Model):
    """A person put a code on a segment."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="codings")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="codings")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="codings")
    coder = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="codings")
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CodingQuerySet.as_manager()

    class Meta:
        ordering = ("segment", "code", "coder")
        constraints = (models.UniqueConstraint(fields=("segment", "code", "coder"), name="coding_once"),)

    def __str__(self) -> str:
        return f"{self.code_id} on {self.segment_id}"


class CodingMemoQuerySet(models.QuerySet["CodingMemo"]):
    """Reads of memos."""

    def visible_to(self, member: Membership) -> CodingMemoQuerySet:
        """One's own, and those of revealed studies; where the codebook is blind, memos on codes once no study is still sealed."""
        under_way = CodedStudy.objects.filter(review_id=member.review_id, revealed_at__isnull=True)
        revealed = Q(study__coding__revealed_at__isnull=False) | (Q(study__isnull=True) & ~Exists(under_way))
        return self.filter(review_id=member.review_id, removed_at__isnull=True).filter(
            Q(author=member) | revealed | ~Q(review__codebook__mode=CodingMode.CODEBOOK)
        )


class CodingMemo(models.Model):
    """A thought on a study, on a segment of it, or on a code."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="coding_memos")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="coding_memos")
    study = models.ForeignKey(Study, null=True, blank=True, on_delete=models.PROTECT, related_name="coding_memos")
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="memos")
    code = models.ForeignKey(Code, null=True, blank=True, on_delete=models.PROTECT, related_name="memos")
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CodingMemoQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(study__isnull=False, code__isnull=True)
                | Q(study__isnull=True, segment__isnull=True, code__isnull=False),
                name="coding_memo_about_one_thing",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="coding_memo_says_something"),
        )

    def __str__(self) -> str:
        return self.text[:60]


class SettledHow(models.TextChoices):
    """Whose coding a settlement follows."""

    EQUAL = "equal", "Both coded the same"
    FIRST = "first", "As the first coder has it"
    SECOND = "second", "As the second coder has it"
    BOTH = "both", "All of both"
    EDIT = "edit", "Edited"


class CodingSettlement(models.Model):
    """What was settled of one code on one segment after both submitted; only where it ``stands`` is it counted (I45). An edit has a
    reason; where both coded the same nobody decided. Rows of one decision share ``act``, and are undone together."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="coding_settlements")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="settlements")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="settlements")
    stands = models.BooleanField(default=True)
    how = models.CharField(max_length=6, choices=SettledHow.choices)
    act = models.UUIDField(null=True, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("segment", "code")
        constraints = (
            models.UniqueConstraint(fields=("segment", "code"), name="coding_settlement_once"),
            models.CheckConstraint(condition=~Q(how="edit") | ~Q(reason=""), name="coding_settlement_edit_has_reason"),
            models.CheckConstraint(
                condition=Q(how="equal") | Q(decided_by__isnull=False), name="coding_settlement_decided_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code_id} on {self.segment_id}: {self.how}"
