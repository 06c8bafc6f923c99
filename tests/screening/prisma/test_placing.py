"""Tallies that are kept say what a count of every record says, whatever happened between two placings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.db.models import QuerySet
from django.test import RequestFactory
from django.utils import timezone

from screening.imports.actions import give_title, restore_import, undo_import
from screening.prisma import placing
from screening.prisma.buckets import RECORD_KEYS
from screening.prisma.check import check
from screening.prisma.counts import flow_of, record_ids, recounted, tallied_now
from screening.prisma.listing import records_behind
from screening.prisma.placing import place_moved, place_some
from screening.records import listing
from screening.records.listing import page_of
from screening.records.models import KeptTally, Moved, Place, Record
from screening.records.placed import PlacedRecords, placed_in
from screening.records.queue import records_in
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_import, make_record, make_review, open_screening, settled, vote
from tests.screening.exports.worlds import world

pytestmark = pytest.mark.django_db
AT_ONCE = timedelta(0)


def place_all(review: Review) -> None:
    while place_some(review.pk, age=AT_ONCE):
        pass


def is_exact(review: Review) -> None:
    now = timezone.now()
    assert tallied_now(review.pk, now) == recounted(review.pk, now)


def test_i12_a_number_opens_its_records_before_while_and_after_they_are_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    review, _ = world()
    before, turns = flow_of(review).numbers, 1
    monkeypatch.setattr(placing, "AT_ONCE", {"sqlite": 20, "postgresql": 20})
    while turns:
        is_exact(review)
        assert flow_of(review).numbers == before
        for key in RECORD_KEYS:
            found, ids = records_behind(review, key), record_ids(review, key)
            assert sorted(found.stretch(("number",), None, 1000)) == ids
            assert sorted(found.records().values_list("pk", flat=True)) == ids
            assert found.total() == len(ids) == before[key]
        turns = place_some(review.pk, age=AT_ONCE)
    assert not Moved.objects.exists()
    assert Place.objects.count() == sum(KeptTally.objects.values_list("n", flat=True)) == before["all_identified"]


def test_b2_a_sealed_outcome_is_not_placed_before_every_clock_has_passed_its_reveal() -> None:
    with time_machine.travel(datetime(2024, 3, 4, 9, tzinfo=UTC), tick=False) as clock:
        review = make_review()
        make_import(review, records=1)
        (item,) = open_screening(review)
        clock.shift(60)
        place_moved()
        vote(alice(review), item, "exclude")
        vote(bob(review), item, "exclude")
        told = []
        for _ in range(20):
            place_moved()
            is_exact(review)
            told.append((KeptTally.objects.get(n=1).bucket, flow_of(review).numbers["records_excluded"]))
            clock.shift(1)
    assert told == [("ta_pending", 0)] * 6 + [("ta_pending", 1)] * 10 + [("ta_excluded", 1)] * 4


def test_what_leaves_the_review_leaves_the_tallies_and_comes_back_with_it() -> None:
    review = make_review()
    first, second = make_import(review, records=3), make_import(review, records=2, database="ERIC")
    place_all(review)
    undo_import(imported=second, actor=lead(review).user)
    is_exact(review)
    place_all(review)
    assert (Place.objects.count(), flow_of(review).numbers["dbr_identified"]) == (3, 3)
    restore_import(imported=second, actor=lead(review).user)
    assert flow_of(review).numbers["dbr_identified"] == 5
    place_all(review)
    is_exact(review)
    assert first.records.count() == 3
    assert check(review).violations == []


def test_i12_the_check_names_what_is_not_placed_and_what_does_not_add_up() -> None:
    review = make_review()
    stored = make_import(review, records=2)
    place_all(review)
    is_exact(review)
    KeptTally.objects.update(n=3)
    place = Place.objects.order_by("number").last()
    assert place
    Place.objects.filter(pk=place.pk).delete()
    Place.objects.create(record_id=place.pk + 99, tally=place.tally, number=77)
    words = ("told as", "kept as", "placed")
    assert [sentence for sentence in check(review).violations if any(word in sentence for word in words)] == [
        "I12: 3 records of MEDLINE are told as ta_pending, but there are 2.",
        "I12: 3 records of MEDLINE are kept as ta_pending, but 2 are placed there.",
        f"I12: record {place.number} is nowhere placed, and nothing says that it moved.",
        "I12: record 77 is placed, but it is not in the review.",
    ]
    assert stored.records.count() == 2


def test_lists_of_placed_records_are_in_order_at_every_page_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    review = make_review()
    for database in ("MEDLINE", "ERIC"):
        stored = make_import(review, records=0, database=database)
        for place, title in enumerate(("b", "a", "long " * 14, "", "ä", "c")):
            make_record(stored, position=place, title=title, year=None if place == 4 else 2000 + place % 3)
    untitled = Record.objects.filter(title="").first()
    assert untitled
    items = open_screening(review)
    place_all(review)
    settled(review, items[0], "exclude", "exclude")
    give_title(record_id=untitled.pk, actor=lead(review).user, title="Found", found_in="the report")
    for sort in listing.SORTS:
        there = _walk(records_in(review), sort, "after")
        assert len({number for page in there for number in page}) == 12
        for placed in (placed_in(review.pk), records_behind(review, "all_identified")):
            assert _walk(placed, sort, "after") == there
            assert [page[::-1] for page in _walk(placed, sort, "before")] == _reversed(there)


def _walk(records: QuerySet[Record] | PlacedRecords, sort: str, way: str) -> list[list[int]]:
    """Numbers on each page, from the first to the last, or back from the last."""
    asked: dict[str, str] = {}
    if way == "before":
        pages = _walk(records, sort, "after")
        asked, told = {"before": str(pages[-1][0])}, [pages[-1]]
    else:
        told = []
    while True:
        page = page_of(records, RequestFactory().get("/", {"sort": sort, **asked}))["page"]
        told.append([record.number for record in page.records])
        further = page.later if way == "after" else page.earlier
        if not further:
            return told
        asked = dict(parse_qsl(further.removeprefix("?")))


def _reversed(pages: list[list[int]]) -> list[list[int]]:
    return [page[::-1] for page in pages[::-1]]
