"""The page for the manuscript: its numbers are those of the flow, and it says nothing that is sealed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from screening.manuscript.checklist import AUTHORS
from screening.manuscript.methods import Count, paragraphs, plain
from screening.manuscript.queue import MADE, facts_of, tables_of
from screening.manuscript.written import FORMATS
from screening.prisma.buckets import Bucket, SourceKind, Tally
from screening.prisma.counts import flow_of
from screening.prisma.flow import build_flow
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import alice, lead, make_import, make_member, make_review, open_screening, vote
from tests.screening.exports.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page_of(member: Membership, review: Review) -> str:
    return client_of(member).get(reverse("manuscript", args=[review.slug])).content.decode()


def test_i50_every_number_of_the_paragraphs_is_that_of_the_flow() -> None:
    review, _ = world()
    flow = flow_of(review)
    found = [
        piece
        for _, sentences in paragraphs(facts_of(lead(review)))
        for one in sentences
        for piece in one
        if isinstance(piece, Count)
    ]
    assert {"dbr_identified", "records_screened", "records_excluded", "new_studies"} <= {one.key for one in found}
    assert [one.n for one in found] == [flow.number(one.key) for one in found]


def test_a_report_whose_study_is_not_recorded_is_told_beside_the_included() -> None:
    facts = replace(
        facts_of(lead(make_review())),
        flow=build_flow([Tally("Scopus", SourceKind.DATABASE, Bucket.INCLUDED_UNLINKED, n=8)]),
    )
    (told,) = [plain(sentences) for heading, sentences in paragraphs(facts) if heading == "Results of the selection"]
    assert "Included: 0 studies, described in 8 reports." in told
    assert told.endswith("Not final, as reports are included whose study is not recorded yet: 8.")


def test_the_page_tells_methods_and_tables_and_each_number_opens_its_records() -> None:
    review, records = world()
    page = page_of(lead(review), review)
    assert "Two reviewers, independently and blind to each other" in page
    assert "These numbers are provisional" in page
    assert records["excluded at full text"].title in page
    client = client_of(lead(review))
    for link in set(re.findall(r'href="(/r/[^"#]+)"', page)):
        assert client.get(link.replace("&amp;", "&"), follow=True).status_code == 200, link


def test_a_review_without_anything_has_a_page_without_gaps() -> None:
    review = make_review(preset=None, frozen=False)
    assert "None" not in page_of(lead(review), review)
    flow, checklist = tables_of(lead(review))
    assert (flow.name, checklist.name) == ("flow", "checklist")
    assert {answer for _, _, answer in checklist.rows} == {AUTHORS}


def test_the_checklists_are_filled_in_where_the_review_has_the_answer() -> None:
    review, _ = world()
    review.question, review.registration_id = "What helps?", "OSF 1"
    review.save()
    (table,) = (one for one in tables_of(lead(review)) if one.name == "checklist")
    told = {item: answer for item, _, answer in table.rows}
    assert len(told) == len(table.rows) == 47
    assert (told["4"], told["24a"], told["25"]) == ("What helps?", "OSF 1", AUTHORS)
    assert told["16b"] == "Table “Reports excluded at full text”: 1"
    assert told["S1"] == "MEDLINE"
    assert told["S13"] == "MEDLINE: 2022-08-01"
    assert told["S15"] == "MEDLINE: 8"
    assert "Removed as duplicates: 1 record (1 found by rule" in told["S16"]


@pytest.mark.parametrize(
    ("kind", "name", "n", "said"),
    [
        (
            "scoping",
            "PRISMA-ScR",
            22,
            {"4": "What helps?", "5": "OSF 1. Protocol in version 1", "7": "MEDLINE (2022-08-01)"},
        ),
        (
            "narrative",
            "SANRA",
            6,
            {"SANRA 2": "What helps?", "SANRA 3": "Search 1: we searched MEDLINE", "SANRA 5": AUTHORS},
        ),
    ],
)
def test_a_scoping_and_a_narrative_review_have_a_checklist_of_their_own(
    kind: str, name: str, n: int, said: dict[str, str]
) -> None:
    review, _ = world()
    review.question, review.registration_id, review.kind = "What helps?", "OSF 1", kind
    review.save()
    (table,) = (one for one in tables_of(lead(review)) if one.name == "checklist")
    told = {item: answer for item, _, answer in table.rows}
    assert table.title == f"{name} and PRISMA-S checklists"
    assert len(told) == len(table.rows) == n + 16
    assert {item: told[item][: len(start)] for item, start in said.items()} == said
    assert told["S1"] == "MEDLINE"


@pytest.mark.parametrize("ending", FORMATS)
def test_every_table_is_a_file_in_every_format(ending: str) -> None:
    review, _ = world()
    client = client_of(lead(review))
    for name in ("manuscript", *MADE):
        answer = client.get(reverse("manuscript_file", args=[review.slug, name, ending]))
        assert (answer.status_code, answer["Content-Type"]) == (200, FORMATS[ending].content_type)
        called = name if name == "manuscript" else f"table-{name}"
        assert answer["Content-Disposition"] == f'attachment; filename="{review.slug}-{called}.{ending}"'
    for path in ("criteria.doc", "nothing.csv"):
        assert client.get(reverse("manuscript", args=[review.slug]) + path).status_code == 404


def test_a_pasted_text_is_held_against_the_flow_and_not_kept() -> None:
    review, _ = world()
    n = flow_of(review).numbers["dbr_identified"]
    text = f"We found {n} records <b>and</b> 98765 reports."
    page = (
        client_of(lead(review)).post(reverse("manuscript_check", args=[review.slug]), {"text": text}).content.decode()
    )
    assert "1 number of the text stands in no box of the flow." in page
    assert f"<b>{n}</b> records &lt;b&gt;" in page
    assert "Records identified (databases and registers)" in page
    assert "98765" not in page_of(lead(review), review)


def test_a_number_of_one_search_is_told_with_the_search() -> None:
    review = make_review()
    make_import(review, records=3)
    make_import(review, search="Phase two", records=4)
    open_screening(review)
    text = "Phase one yielded 3 records, phase two 4, 7 in all; 816 is a slip."
    client = client_of(lead(review))
    page = client.post(reverse("manuscript_check", args=[review.slug]), {"text": text}).content.decode()
    assert "1 number of the text" in page
    assert "Search 1: Records identified (databases and registers)" in page
    assert "Phase two: Records screened" in page
    assert "box=records_screened&amp;search=2" in page


def test_an_observer_reads_and_downloads_nothing() -> None:
    review, _ = world()
    observer = make_member(review, "Olga Observer", Role.OBSERVER)
    assert ".docx" not in page_of(observer, review)
    assert client_of(observer).get(reverse("manuscript_file", args=[review.slug, "included", "csv"])).status_code == 403


def test_b2_a_sealed_vote_changes_nothing_on_the_page() -> None:
    told = []
    for decision in ("include", "exclude"):
        review = make_review(f"World {decision}")
        make_import(review, records=1)
        vote(alice(review), open_screening(review)[0], decision)
        other = make_member(review, "Bob Baker")
        told.append(re.sub(r"world-\w+|World \w+|value=\"\w{64}\"", "", page_of(other, review)))
    assert told[0] == told[1]
