"""What stands in a review's coding: codes in their order, and the codings that are counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet

from extraction.coding.hierarchy import CodeRow, in_order, speaker
from extraction.coding.models import Code, Codebook, Coding, CodingSettlement, SourceText
from screening.reviews.models import Review
from screening.studies.models import Study
from screening.studies.queue import studies_that_count

_FIELDS = (
    "id", "guid", "name", "definition", "include_when", "exclude_when", "example", "level", "direction", "colour",
    "parent_id", "position", "status", "merged_into_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SettledCoding:
    """A code stands on a segment of a study. ``code_id`` is the code that speaks for the one that was given."""

    study_id: int
    code_id: int
    segment_id: int


def codebook_of(review: Review) -> Codebook | None:
    """The codebook of a review, None before one is made."""
    return Codebook.objects.filter(review=review).first()


def known_codes(review: Review) -> dict[int, CodeRow]:
    """Every code by its number, merged and retired ones too."""
    rows = Code.objects.filter(review=review).order_by("position", "id").values_list(*_FIELDS)
    found = (CodeRow(row[0], str(row[1]), *row[2:]) for row in rows)
    return {code.id: code for code in found}


def codes(review: Review) -> list[CodeRow]:
    """The codes that count, each before those below it; merged and retired ones have no row of their own."""
    return in_order(known_codes(review).values())


def coded_texts(review: Review) -> QuerySet[SourceText]:
    """Texts of studies that count (I44, I47), those set aside left out."""
    return SourceText.objects.filter(review=review, set_aside_at__isnull=True, study__in=studies_that_count(review))


def settled_codings(review: Review, study: Study | None = None) -> list[SettledCoding]:
    """What is counted, of studies that count (I44, I45, I47): settlements where coding is blind, else all. Sealed work never is."""
    codebook = codebook_of(review)
    if codebook is None:
        return []
    rows, texts = _standing(codebook), coded_texts(review)
    if study is not None:
        rows, texts = rows.filter(segment__source__study=study), texts.filter(study=study)
    study_of, known = dict(texts.order_by().values_list("pk", "study_id")), known_codes(review)
    told = {
        (study_of[text], code, segment_id)
        for text, code_id, segment_id in rows.order_by().values_list("segment__source_id", "code_id", "segment_id")
        if text in study_of and (code := speaker(code_id, known)) is not None
    }
    return [SettledCoding(*one) for one in sorted(told)]


def _standing(codebook: Codebook) -> QuerySet[CodingSettlement] | QuerySet[Coding]:
    if codebook.is_blind:
        return CodingSettlement.objects.filter(
            review_id=codebook.review_id, stands=True, segment__source__study__coding__revealed_at__isnull=False
        )
    return Coding.objects.filter(review_id=codebook.review_id).standing()


def speakers(review: Review) -> partial[int | None]:
    """A function that tells which code speaks for a code's number."""
    return partial(speaker, known=known_codes(review))
