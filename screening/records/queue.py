"""Reading records of a review: those that are in it, found by words, in an order, a page at a time."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from screening.records.models import UNTITLED, Record
from screening.records.search import words
from screening.reviews.models import Review


def records_in(review: Review) -> QuerySet[Record]:
    """Every record that is part of the review, duplicates and removed ones included."""
    return Record.objects.filter(review=review, standing__isnull=False)


def waiting_for_title(review_id: int) -> QuerySet[Record]:
    """Records that would be screened if they had a title: pending until somebody gives them one (imports.md 8)."""
    here = Record.objects.filter(UNTITLED, review_id=review_id)
    return here.filter(standing__isnull=False, standing__lead__isnull=True, standing__removed="")


def found_by(records: QuerySet[Record], query: str) -> QuerySet[Record]:
    """Those in whose title, authors, journal, year, identifiers, keywords or abstract every word of ``query`` occurs."""
    for word in words(query):
        records = records.filter(text__folded__contains=word)
    return records


def with_keys(records: QuerySet[Record]) -> QuerySet[Record]:
    """Annotate ``year_key``: the year, 0 where it is missing, so that years can be compared."""
    return records.annotate(year_key=Coalesce(F("year"), 0))
