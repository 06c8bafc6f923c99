"""The list of records behind every number, and the page of one record."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.decisions.actions import reopen_item
from screening.decisions.models import Item
from screening.fulltexts.actions import mark_retrieved
from screening.imports.actions import undo_import
from screening.records.listing import PAGE
from screening.records.models import Record, RecordText, Standing
from screening.records.search import fold
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    included_record,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    make_user,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def visitor(review: Review, client: Client) -> Client:
    client.force_login(lead(review).user)
    return client


def without_token(content: bytes) -> bytes:
    """A page without the token that is new in every answer."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)


def listed(visitor: Client, review: Review, query: str = "") -> list[int]:
    return [
        record.number for record in visitor.get(reverse("records", args=[review.slug]) + query).context["page"].records
    ]


def walk(visitor: Client, review: Review, query: str, step: str) -> list[list[int]]:
    """Every page from the first on, by its Later (or from the last on, by its Earlier) link."""
    pages, address = [], query
    while True:
        shown = visitor.get(reverse("records", args=[review.slug]) + address).context["page"]
        pages.append([record.number for record in shown.records])
        if not (address := getattr(shown, step)):
            return pages


@pytest.mark.parametrize("sort", ["number", "title", "year", "-year"])
def test_pages_by_key_show_every_record_once_in_order_and_back(review: Review, visitor: Client, sort: str) -> None:
    stored = make_import(review, records=0)
    for n in range(2 * PAGE + 7):
        make_record(stored, position=n, title=f"Title {n % 5}", year=None if n % 7 == 0 else 2000 + n % 4)
    forth = walk(visitor, review, f"?sort={sort}", "later")
    assert [len(numbers) for numbers in forth] == [PAGE, PAGE, 7]
    keys = {
        "number": lambda record: record.number,
        "title": lambda record: (record.title, record.number),
        "year": lambda record: (record.year or 0, record.number),
        "-year": lambda record: (-(record.year or 0), -record.number),
    }
    expected = [record.number for record in sorted(Record.objects.filter(review=review), key=keys[sort])]
    assert [number for numbers in forth for number in numbers] == expected
    last = forth[-1][0]
    back = walk(visitor, review, f"?sort={sort}&before={last}", "earlier")
    assert back == [forth[1], forth[0]]


def test_u2_a_search_finds_by_any_field_and_keeps_the_other_filters(review: Review, visitor: Client) -> None:
    stored = make_import(review, records=3)
    record = stored.records.order_by("number")[1]
    RecordText.objects.filter(record=record).update(folded=fold("Müller, J. 100% of CASES_x"))
    make_import(review, records=2, search="Update")
    assert listed(visitor, review, "?q=MULLER+100%25&run=1") == [record.number]
    assert listed(visitor, review, "?q=muller+nothing") == []
    assert listed(visitor, review, "?q=%25of%25") == []
    text = visitor.get(reverse("records", args=[review.slug]) + "?q=muller&run=1").content.decode()
    assert "1 of 3 records found" in text
    assert '<input type="hidden" name="run" value="1">' in text


def test_odd_parameters_are_no_error(review: Review, visitor: Client) -> None:
    make_import(review, records=2)
    for query in (
        "?sort=x",
        "?after=99",
        "?before=1",
        "?after=" + "9" * 40,
        "?after=x",
        "?run=" + "9" * 30,
        "?import=-1",
        "?run=²",
    ):
        assert visitor.get(reverse("records", args=[review.slug]) + query).status_code == 200


def test_queries_of_a_list_do_not_grow_with_its_records(review: Review, visitor: Client) -> None:
    make_import(review, records=2)
    url = reverse("records", args=[review.slug])
    visitor.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        visitor.get(url)
    make_import(review, records=40)
    with CaptureQueriesContext(connection) as many:
        visitor.get(url)
    assert len(many) == len(few)


def test_flagged_records_are_a_list_of_their_own(review: Review, visitor: Client) -> None:
    stored = make_import(review, records=2)
    flagged = make_record(stored, position=5, flags=["No abstract."])
    assert listed(visitor, review, f"?import={stored.pk}&flagged=1") == [flagged.number]


def test_a_record_shows_every_field_its_origin_and_its_raw_text(review: Review, visitor: Client) -> None:
    stored = make_import(review, records=0, database="Airiti Library", search="Search 1, August 2022")
    record = make_record(
        stored, position=11, title="醫師參與研究", title_translated="Doctors in research", authors=["王小明", "Lin, Mei"],
        journal="J Med Ed",
        volume="12", issue="3", pages="1-9", doi="10.1/x", pmid="123", abstract="An <script> & more", keywords=["key one"],
        languages=["zh"], raw_languages=["chi"], types=["journal_article"], raw_types=["JOUR"], url="javascript:alert(1)",
        ids={"accession": "A1"}, flags=["No end tag."], year_early=2019,
    )  # fmt: skip
    RecordText.objects.filter(record=record).update(raw="TY  - JOUR\nZZ  - <kept>")
    text = visitor.get(reverse("record", args=[review.slug, record.number])).content.decode()
    told = ("醫師參與研究", "Doctors in research", "王小明", "Lin, Mei", "J Med Ed", "10.1/x", "123", "An &lt;script&gt; &amp; more",
        "key one",
            "Chinese", "chi", "journal article", "JOUR", "A1", "No end tag.", "online first 2019", "Airiti Library",
            "Search 1, August 2022", "hits.ris", "line 12", "ZZ  - &lt;kept&gt;")  # fmt: skip
    assert [part for part in told if part not in text] == []
    assert 'href="javascript:' not in text


def test_a_duplicate_and_its_kept_record_point_to_each_other(review: Review, visitor: Client) -> None:
    stored = make_import(review, records=2)
    kept, duplicate = stored.records.order_by("number")
    Standing.objects.filter(record=duplicate).update(lead=kept, merged_by="rule")
    assert visitor.get(reverse("record", args=[review.slug, duplicate.number])).context["lead"] == kept
    assert list(visitor.get(reverse("record", args=[review.slug, kept.number])).context["duplicates"]) == [duplicate]


def test_a_record_of_an_undone_import_says_so(review: Review, visitor: Client) -> None:
    stored = make_import(review)
    record = stored.records.get()
    undo_import(imported=stored, actor=lead(review).user)
    assert "left the review" in visitor.get(reverse("record", args=[review.slug, record.number])).content.decode()
    assert listed(visitor, review) == []


def test_a_record_that_is_still_being_loaded_is_not_found(review: Review, visitor: Client) -> None:
    stored = make_import(review)
    Standing.objects.all().delete()
    type(stored).objects.update(state="loading")
    assert visitor.get(reverse("record", args=[review.slug, stored.records.get().number])).status_code == 404


def test_p15_the_page_of_a_record_is_the_same_whatever_was_voted(review: Review, visitor: Client) -> None:
    make_import(review)
    item = open_screening(review)[0]
    url = reverse("record", args=[review.slug, item.record.number])
    before = without_token(visitor.get(url).content)
    vote(alice(review), item, "exclude")
    assert without_token(visitor.get(url).content) == before


def test_p10_records_of_another_review_are_not_found(review: Review, visitor: Client) -> None:
    other = make_review("Another", lead=make_user("Olga Other"))
    stored = make_import(other, records=3)
    assert visitor.get(reverse("record", args=[review.slug, 3])).status_code == 404
    assert listed(visitor, review, f"?import={stored.pk}") == []
    assert (
        stored.file_name
        not in visitor.get(reverse("records", args=[review.slug]) + f"?import={stored.pk}").content.decode()
    )


def test_b2_a_record_tells_where_it_stands_once_that_is_revealed(review: Review) -> None:
    make_import(review, records=2)
    excluded, clash = open_screening(review)
    page = reverse("record", args=[review.slug, 1])
    reader, watcher = Client(), Client()
    reader.force_login(alice(review).user)
    watcher.force_login(make_member(review, "Olga Reader", Role.OBSERVER).user)
    vote(alice(review), excluded, "exclude")
    vote(bob(review), excluded, "exclude")
    assert "Where it stands" not in reader.get(page).content.decode(), "sealed: the last vote may still be taken back"
    reveal(review)
    told = reader.get(page).content.decode()
    assert re.search(r"Title and abstract screening</dt><dd><span.*?Exclude</span>\s+by agreement", told, re.DOTALL)
    assert reverse("conflict", args=[review.slug, excluded.pk]) in told
    watched = watcher.get(page).content.decode()
    assert "by agreement" in watched
    assert reverse("conflict", args=[review.slug, excluded.pk]) not in watched
    settled(review, clash, "include", "exclude")
    assert "<dd>In conflict" in watcher.get(reverse("record", args=[review.slug, 2])).content.decode()


def test_a_record_whose_title_and_abstract_is_opened_again_does_not_tell_of_its_full_text(review: Review) -> None:
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    settled(review, Item.objects.get(record=record, stage="ft"), "include", "include")
    client = Client()
    client.force_login(alice(review).user)
    page = reverse("record", args=[review.slug, record.number])
    assert client.get(page).content.decode().count(" by agreement") == 2
    reopen_item(item_id=Item.objects.get(record=record, stage="ta").pk, lead=lead(review), reason="an erratum")
    assert "Where it stands" not in client.get(page).content.decode()
