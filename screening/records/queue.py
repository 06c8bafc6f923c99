"""Reading records of a review: those that are in it, found by words, in an order, a page at a time."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from screening.records.models import Record
from screening.records.search import words
from screening.reviews.models import Review


def records_in(review: Review) -> QuerySet[Record]:
    """Every record that is part of the review, duplicates and removed ones included."""
    return Record.objects.filter(review=review, standing__isnull=False)


def found_by(records: QuerySet[Record], query: str) -> QuerySet[Record]:
    """Those in whose title, authors, journal, year, identifiers, keywords or abstract every word of ``query`` occurs."""
    for word in words(query):
        records = records.filter(text__folded__contains=word)
    return records


def with_keys(records: QuerySet[Record]) -> QuerySet[Record]:
    """Annotate ``year_key``: the year, 0 where it is missing, so that years can be compared."""
    return records.annotate(year_key=Coalesce(F("year"), 0))
