"""Searches side by side: the columns add up to the whole, every number names its search, nothing overlaps."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.prisma.buckets import RECORD_KEYS, Bucket, Column, SourceKind, Tally
from screening.prisma.columns import Columns, heads_of, rows_of, taken_apart, within
from screening.prisma.files import COLUMN_FILES
from screening.prisma.flow import build_flow
from screening.prisma.layout_columns import lay_out_columns
from screening.prisma.svg import draw_columns
from tests.factories import lead, make_import, make_review, open_screening, settled
from tests.screening.prisma.flows import tallies
from tests.screening.prisma.test_layout import assert_clear

MANY = st.lists(st.lists(tallies(), min_size=1, max_size=8), min_size=1, max_size=4)
LABELS = ("Search 1", "更新檢索, with a label that is much too long for the column it heads", "3", "=Search")


def made(found: list[list[Tally]], previous: int | None = None) -> Columns:
    flows = [build_flow(one, studies=1, scope=LABELS[place]) for place, one in enumerate(found)]
    every = [tally for one in found for tally in one]
    whole = build_flow(every, studies=1, previous_studies=previous, previous_reports=previous)
    return Columns(tuple(enumerate(flows, 1)), whole)


@pytest.mark.once
@given(MANY)
def test_r8_records_and_reports_of_the_columns_add_up_to_those_of_the_whole(found: list[list[Tally]]) -> None:
    columns = made(found)
    for key in RECORD_KEYS:
        assert sum(flow.numbers[key] for _, flow in columns.each) == columns.whole.numbers[key]
    lanes = [lane for _, found_lanes in heads_of(columns) for lane in found_lanes]
    for line in rows_of(columns):
        for column in Column:
            told = [
                (lane, cell) for lane, cell in zip(lanes, line.cells, strict=True) if cell and lane.column is column
            ]
            of_whole = sum(cell.n for lane, cell in told if lane.number is None)
            if line.row.unit != "studies":
                assert sum(cell.n for lane, cell in told if lane.number is not None) == of_whole


@pytest.mark.once
@settings(max_examples=40, deadline=None)
@given(MANY, st.booleans())
def test_nothing_overlaps_in_the_columns(found: list[list[Tally]], update: bool) -> None:
    columns = made(found, 12 if update else None)
    layout = lay_out_columns(columns)
    assert_clear(layout)
    lowest = max(len(text.lines) for text, _ in layout.heads)
    assert all(text.y + 20 * (len(text.lines) - 1) < layout.boxes[0].y - 30 for text, _ in layout.heads), lowest


@pytest.mark.once
@given(st.integers(1, 99), st.sampled_from(RECORD_KEYS) | st.text(max_size=9).map("dbr_excluded:{}".format))
def test_a_key_names_its_search_and_no_name_in_it_can_pass_for_one(number: int, key: str) -> None:
    assert taken_apart(within(number, key)) == (number, key)
    assert taken_apart(key) == (None, key)


@pytest.mark.once
def test_the_drawing_links_every_number_to_its_own_search() -> None:
    found = [
        Tally("Scopus", SourceKind.DATABASE, Bucket.INCLUDED),
        Tally("Register", SourceKind.REGISTER, Bucket.DUPLICATE),
    ]
    columns = made([[one] for one in found])
    drawing = draw_columns(columns, title="Flow", link=lambda key: f"/{key}")
    assert {"/1|records_screened", "/2|records_screened", "/new_reports"} <= set(re.findall(r'href="([^"]+)"', drawing))


@pytest.mark.django_db
@pytest.mark.once
def test_the_page_and_its_files_tell_each_search_and_open_its_records() -> None:
    review = make_review()
    make_import(review, records=3)
    make_import(review, search="Update", records=2)
    settled(review, open_screening(review)[4], "exclude", "exclude")
    client = Client()
    client.force_login(lead(review).user)
    page = client.get(reverse("prisma_columns", args=[review.slug])).content.decode()
    assert "?box=records_excluded&amp;search=2" in page
    assert "Side by side" in client.get(reverse("prisma", args=[review.slug])).content.decode()
    for kind in COLUMN_FILES:
        answer = client.get(reverse("prisma_columns_file", args=[review.slug, kind]))
        assert (answer.status_code, answer["Content-Type"]) == (200, COLUMN_FILES[kind].content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="{review.slug}-prisma-searches.{kind}"'
    past = client.get(reverse("prisma_file", args=[review.slug, "json"]), {"search": "2", "as_on": "2026-03-20"})
    assert past["Content-Disposition"] == f'attachment; filename="{review.slug}-counts-search-2-2026-03-20.json"'
    told = json.loads(client.get(reverse("prisma_columns_file", args=[review.slug, "json"])).content)
    assert [one["records_screened"] for one in (*told["searches"], told["all"])] == [3, 2, 5]
    table = client.get(reverse("prisma_columns_file", args=[review.slug, "csv"])).content.decode("utf-8-sig")
    rows = {row["Box"]: row for row in csv.DictReader(io.StringIO(table))}
    assert list(rows["Records excluded"].values())[2:] == ["0", "1", "1"]
    assert client.get(reverse("prisma_columns_file", args=[make_review("Empty").slug, "svg"])).status_code == 404


@pytest.mark.django_db
@pytest.mark.once
def test_a_day_that_is_none_is_refused_with_a_sentence() -> None:
    review = make_review()
    client = Client()
    client.force_login(lead(review).user)
    for asked in ("31.05.2024", "2024-02-30"):
        answer = client.get(reverse("prisma", args=[review.slug]), {"as_on": asked})
        assert answer.status_code == 409
        assert f"“{asked}” names no day. Write it as 2024-05-31" in answer.content.decode()
