"""The page of exports and its files."""

from __future__ import annotations

import csv
import io
import re
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from screening.exports.formats import FORMATS
from screening.exports.queue import LISTS
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import bob, lead, make_import, make_member, make_review
from tests.screening.exports.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EACH = list(zip(LISTS, cycle(FORMATS), strict=False))  # every list and every format; a file is dear


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def bytes_of(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def text_of(answer: Any) -> str:
    return bytes_of(answer).decode("utf-8-sig")


def asked(review: Review, name: str, ending: str, query: str = "") -> Any:
    address = reverse("export_records", args=[review.slug, name, ending]) + query
    return client_of(lead(review)).get(address)


def file_of(review: Review, name: str, ending: str, query: str = "") -> str:
    return text_of(asked(review, name, ending, query))


def test_the_page_offers_each_list_in_each_format_with_its_number() -> None:
    review, _ = world()
    page = client_of(lead(review)).get(reverse("exports", args=[review.slug])).content.decode()
    assert "Provisional: 2 pending" in page
    for name, (title, _) in LISTS.items():
        assert title in page
        for ending in FORMATS:
            assert reverse("export_records", args=[review.slug, name, ending]) in page
    links, client = re.findall(r'href="(/r/[^"]+/exports/[^"]+)"', page), client_of(lead(review))
    assert len(links) > len(LISTS) * len(FORMATS)
    for link in links:
        assert client.get(link.replace("&amp;", "&"), follow=True).status_code == 200, link


def test_u1_the_number_beside_a_list_opens_as_many_records_as_its_file_holds() -> None:
    review, _ = world()
    client = client_of(lead(review))
    page = client.get(reverse("exports", args=[review.slug])).content.decode()
    links = re.findall(r'<a class="n-link" href="([^"]+)">(\d+)</a>', page)
    assert len(links) == len(LISTS) + 1
    assert links.pop() == (reverse("conflicts", args=[review.slug]), "1")
    assert file_of(review, "conflicts", "ris").count("\nER  - ") == 1
    for (address, n), name in zip(links, LISTS, strict=True):
        assert f"{n} record" in client.get(address.replace("&amp;", "&")).content.decode()
        assert file_of(review, name, "ris").count("\nER  - ") == int(n)


def test_a_review_without_records_offers_nothing_to_download() -> None:
    review = make_review()
    page = client_of(lead(review)).get(reverse("exports", args=[review.slug])).content.decode()
    assert page.count("Nothing to download") == len(LISTS) + 1


@pytest.mark.parametrize("ending", FORMATS)
def test_each_file_says_its_name_and_its_type(ending: str) -> None:
    review = make_review("A review of 護理")
    make_import(review, records=1)
    answer = client_of(lead(review)).get(reverse("export_records", args=[review.slug, "records", ending]))
    assert answer["Content-Type"] == FORMATS[ending].content_type
    assert answer["Content-Disposition"] == f'attachment; filename="{review.slug}-records.{ending}"'
    assert bytes_of(answer)


def test_the_table_of_excluded_full_texts_has_a_column_for_each_reason() -> None:
    review, records = world()
    (row,) = csv.DictReader(io.StringIO(file_of(review, "excluded-fulltext", "csv")))
    assert row["Record in review"] == str(records["excluded at full text"].number)
    assert (row["Primary reason"], row["Further reasons"]) == ("Focus", "Timeframe")
    assert "RN  - Primary reason: Focus" in file_of(review, "excluded-fulltext", "ris")


def test_a_box_of_the_flow_is_downloaded_from_its_page() -> None:
    review, records = world()
    client = client_of(lead(review))
    key = "dbr_excluded:Focus"
    box = client.get(reverse("prisma_box", args=[review.slug]) + f"?box={quote(key)}").content.decode()
    (link,) = re.findall(r'<a href="([^"]+)">Download</a>', box)
    page = client.get(link.replace("&amp;", "&"), follow=True).content.decode()
    assert "Reports excluded (databases and registers): Focus" in page
    (address,) = re.findall(r'href="([^"]+/box\.csv[^"]+)"', page)
    (row,) = csv.DictReader(io.StringIO(text_of(client.get(address.replace("&amp;", "&")))))
    assert row["Record in review"] == str(records["excluded at full text"].number)


def test_the_box_of_one_search_holds_the_records_of_that_search() -> None:
    review = make_review()
    make_import(review, records=2, search="Search 1")
    make_import(review, records=3, search="Search 2")
    query = "?box=database_results&search=2"
    page = client_of(lead(review)).get(reverse("exports", args=[review.slug]) + query).content.decode()
    assert "Records identified from databases, Search 2" in page
    assert file_of(review, "box", "ris", query).count("\nER  - ") == 3


@pytest.mark.parametrize(
    "path",
    [
        "nothing.ris",
        "included.doc",
        "box.ris",
        "box.ris?box=nonsense",
        "box.ris?box=new_studies",
        "box.ris?box=new_reports&search=99",
        "?box=nonsense",
        "?box=new_reports&search=x",
        "?box=new_reports&search=²",
    ],
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    review = make_review()
    assert client_of(lead(review)).get(reverse("exports", args=[review.slug]) + path).status_code == 404


def test_p29_no_cell_of_the_decisions_is_a_formula() -> None:
    review, _ = world()
    answer = client_of(lead(review)).get(reverse("export_decisions", args=[review.slug]))
    found = list(csv.DictReader(io.StringIO(text_of(answer))))
    assert "'=An open question" in {row["text"] for row in found}
    assert answer["Content-Disposition"] == f'attachment; filename="{review.slug}-decisions.csv"'


def test_the_decisions_carry_the_mark_that_excel_wants_on_request() -> None:
    review, _ = world()
    address = reverse("export_decisions", args=[review.slug])
    plain, marked = (bytes_of(client_of(lead(review)).get(address + query)) for query in ("", "?excel=1"))
    assert marked == b"\xef\xbb\xbf" + plain
    assert not plain.startswith(b"\xef")


def test_names_are_left_out_on_request() -> None:
    review, _ = world()
    address = reverse("export_decisions", args=[review.slug])
    client = client_of(bob(review))
    assert "Alice Archer" in text_of(client.get(address))
    answer = client.get(address + "?names=codes")
    assert answer["Content-Disposition"] == f'attachment; filename="{review.slug}-decisions-coded.csv"'
    coded = text_of(answer)
    assert "Alice" not in coded
    assert ",R1," in coded


def test_i26_the_records_in_conflict_are_told_to_whoever_may_see_conflicts_and_hold_no_vote() -> None:
    review, records = world()
    rows = list(csv.DictReader(io.StringIO(file_of(review, "conflicts", "csv"))))
    assert [row["Record in review"] for row in rows] == [str(records["conflict"].number)]
    assert [row["Where it stands"] for row in rows] == ["pending at title and abstract"]
    librarian = client_of(make_member(review, "Lib Rarian", Role.LIBRARIAN))
    assert librarian.get(reverse("export_records", args=[review.slug, "conflicts", "csv"])).status_code == 404
    assert "In open conflict" not in librarian.get(reverse("exports", args=[review.slug])).content.decode()


def test_a_duplicate_names_the_record_that_is_kept() -> None:
    review, records = world()
    assert f",{records['included'].number}\r\n" in file_of(review, "duplicates", "csv")


def test_an_observer_downloads_nothing_and_sees_no_link_to_it() -> None:
    review, _ = world()
    client = client_of(make_member(review, "Olga Observer", Role.OBSERVER))
    assert client.get(reverse("exports", args=[review.slug])).status_code == 403
    assert client.get(reverse("export_records", args=[review.slug, "records", "ris"])).status_code == 403
    assert client.get(reverse("export_decisions", args=[review.slug])).status_code == 403
    box = client.get(reverse("prisma_box", args=[review.slug]) + "?box=new_reports").content.decode()
    assert ">Download<" not in box


def test_the_same_request_gives_the_same_bytes() -> None:
    review, _ = world()
    for name, ending in EACH:
        assert bytes_of(asked(review, name, ending)) == bytes_of(asked(review, name, ending))
    assert Record.objects.filter(review=review).exists()
