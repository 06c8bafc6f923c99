"""Which records an export holds, and what it says became of each."""

from __future__ import annotations

from typing import Any

import pytest

from screening.exports import queue
from screening.exports.exported import ExportRecord
from screening.exports.queue import LISTS, STANDS, chosen, exported_records
from screening.prisma.buckets import RECORD_KEYS, Bucket
from screening.prisma.counts import flow_of, record_ids
from screening.prisma.listing import records_behind
from screening.reviews.models import Review
from tests.factories import make_import, make_review
from tests.screening.exports.worlds import PLACES, ruled, world

pytestmark = pytest.mark.django_db


def told(review: Review, name: str) -> dict[int, ExportRecord]:
    return {record.number: record for record in exported_records(chosen(review, LISTS[name][1]))}


def test_i12_each_list_holds_exactly_the_records_that_its_numbers_count() -> None:
    review, records = world()
    flow = flow_of(review)
    numbers = {place: record.number for place, record in records.items()}
    for name, (_, keys) in LISTS.items():
        assert len(told(review, name)) == sum(flow.number(key) for key in keys), name
    assert list(told(review, "records")) == [numbers[place] for place in PLACES]
    assert list(told(review, "included")) == [numbers["included"]]
    assert list(told(review, "excluded-fulltext")) == [numbers["excluded at full text"]]
    assert list(told(review, "not-retrieved")) == [numbers["not retrieved"]]
    assert list(told(review, "excluded-title-abstract")) == [numbers["excluded"]]
    assert set(told(review, "screened")) == set(numbers.values()) - {numbers["duplicate"], numbers["removed"]}


def test_i12_every_number_of_the_flow_can_be_exported() -> None:
    review, _ = world()
    for key in RECORD_KEYS:
        assert set(chosen(review, (key,)).fates) == set(record_ids(review, key)), key


def test_i12_the_list_behind_a_number_holds_exactly_its_records() -> None:
    review, _ = world()
    flow, run = flow_of(review), review.search_runs.get()
    parts = [f"{key}:{part}" for key, named in flow.parts.items() for part in named]
    assert parts
    for key in (*RECORD_KEYS, *parts, "dbr_excluded:nobody said so", "database_specific_results:none", "new_studies"):
        for within in (None, run):
            found = records_behind(review, key, run=within)
            listed = sorted(found.records().values_list("pk", flat=True))
            assert listed == record_ids(review, key, run=within), key
            assert (sorted(found.stretch(("number",), None, 1000)), found.total()) == (listed, len(listed)), key


def test_a_report_excluded_at_full_text_carries_its_reasons() -> None:
    review, records = world()
    record = told(review, "excluded-fulltext")[records["excluded at full text"].number]
    assert dict(record.extras) == {
        "Found in": "MEDLINE",
        "Search": "Search 1",
        "Where it stands": "excluded at full text",
        "Primary reason": "Focus",
        "Further reasons": "Timeframe",
        "Decided by": "agreement",
    }
    assert record.remark == "Primary reason: Focus. Further reasons: Timeframe. Decided by: agreement"


def test_a_report_that_was_not_retrieved_carries_its_attempts_and_cause() -> None:
    review, records = world()
    extras = dict(told(review, "not-retrieved")[records["not retrieved"].number].extras)
    assert extras["Cause"] == "No reply from the authors"
    assert extras["Attempts"] == "2022-09-01 library: no copy; 2022-09-08 e-mail: no reply"


def test_an_included_report_names_its_study() -> None:
    review, records = world()
    assert dict(told(review, "included")[records["included"].number].extras)["Study"] == "Archibald 2017"


def test_all_records_say_where_they_stand_and_a_half_voted_one_says_no_more_than_pending() -> None:
    review, records = world()
    stands = {number: dict(record.extras)["Where it stands"] for number, record in told(review, "records").items()}
    assert {place: stands[record.number] for place, record in records.items()} == {
        "included": "included",
        "excluded at full text": "excluded at full text",
        "not retrieved": "not retrieved",
        "excluded": "excluded at title and abstract",
        "half voted": "pending at title and abstract",
        "conflict": "pending at title and abstract",
        "duplicate": f"duplicate of record {records['included'].number}",
        "removed": "removed before screening: other reason",
    }


def test_a_record_that_a_ruling_included_is_sought() -> None:
    review, records = world()
    assert ruled(review, records["conflict"]).state == "final"
    assert dict(told(review, "records")[records["conflict"].number].extras)["Where it stands"] == "pending: sought"


def test_one_search_alone_can_be_exported() -> None:
    review = make_review()
    make_import(review, records=2, search="Search 1")
    make_import(review, records=3, search="Search 2")
    second = review.search_runs.get(label="Search 2")
    found = chosen(review, ("dbr_identified",), second)
    assert {record.number for record in exported_records(found)} == {3, 4, 5}


def test_every_field_of_a_record_is_exported() -> None:
    review = make_review()
    fields: dict[str, Any] = {
        "title": "A title", "title_translated": "題目", "authors": ["A, B"], "year": 2010, "year_early": 2009, "raw_year": "2010//",
        "journal": "J", "volume": "1", "issue": "2", "pages": "3-4", "doi": "10.1/x", "pmid": "1", "abstract": "Text",
        "keywords": ["k"], "languages": ["en"], "language_inferred": False, "raw_languages": ["eng"], "types": ["review"],
        "raw_types": ["Review"], "url": "https://example.org", "ids": {"accession": "x"},
    }  # fmt: skip
    make_import(review, **fields)
    (record,) = told(review, "records").values()
    for name, value in fields.items():
        found = getattr(record, name)
        assert (list(found) if isinstance(found, tuple) else found) == value, name


def test_every_bucket_has_words() -> None:
    assert set(STANDS) == set(Bucket)


def test_more_records_than_one_batch_come_in_the_order_of_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    review = make_review()
    make_import(review, records=7)
    monkeypatch.setattr(queue, "CHUNK", 3)
    assert list(told(review, "records")) == [1, 2, 3, 4, 5, 6, 7]
