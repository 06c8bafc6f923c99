"""Reading records of a review: those that are in it, found by words, in an order, a page at a time."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from screening.records.models import UNTITLED, Record, Standing
from screening.records.search import words
from screening.reviews.models import Review
from screening.searches.models import DATABASES_AND_REGISTERS


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


def with_votes(standings: QuerySet[Standing]) -> set[int]:
    """Those on which somebody has a vote (DD13)."""
    held = standings.filter(record__items__votes__withdrawn_at__isnull=True, record__items__votes__isnull=False)
    return set(held.order_by().values_list("record_id", flat=True).distinct())


def ranks(standings: QuerySet[Standing], held: Collection[int]) -> dict[int, tuple[bool, bool, int]]:
    """The order in which records lead their group (R1): voted on, from a database or register, earliest import."""
    rows = standings.order_by().values_list("record_id", "source__kind", "record__number")
    return {pk: (pk not in held, kind not in DATABASES_AND_REGISTERS, number) for pk, kind, number in rows}
