"""Checks of what is kept so that no page counts every record: the tallies, and the place of each record."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from screening.prisma.counts import recounted, tallied_now
from screening.records.models import KeptTally, Moved, Place, Standing
from screening.reviews.models import Review
from screening.searches.models import Source


def each_tally_says_what_a_count_says(review: Review) -> Iterator[str]:
    """I12: tallies, put right for what moved, equal a count of every record; and each tally has as many places."""
    now = timezone.now()
    told, wanted = tallied_now(review.pk, now), recounted(review.pk, now)
    sources = dict(Source.objects.filter(review=review).values_list("pk", "name"))
    for key in sorted(told.keys() | wanted.keys()):
        if told[key] != wanted[key]:
            yield f"{told[key]} records of {sources[key[1]]} are told as {key[2]}, but there are {wanted[key]}."
    kept = KeptTally.objects.filter(review=review).annotate(placed=Count("places"))
    for one in kept.exclude(n=F("placed")).order_by("pk"):
        yield f"{one.n} records of {one.source} are kept as {one.bucket}, but {one.placed} are placed there."


def each_record_has_its_place(review: Review) -> Iterator[str]:
    """I12: a record in the review is placed, one outside is not; or else there is a note that it moved."""
    moved = Moved.objects.filter(review=review, record_id=OuterRef("record_id"))
    here = Standing.objects.filter(review=review, record_id=OuterRef("record_id"))
    placed = Place.objects.filter(record_id=OuterRef("record_id"))
    without = Standing.objects.filter(~Exists(placed), ~Exists(moved), review=review).order_by("pk")
    for number in without.values_list("record__number", flat=True):
        yield f"record {number} is nowhere placed, and nothing says that it moved."
    left: QuerySet[Place] = Place.objects.filter(~Exists(here), ~Exists(moved), tally__review=review)
    for number in left.order_by("pk").values_list("number", flat=True):
        yield f"record {number} is placed, but it is not in the review."
