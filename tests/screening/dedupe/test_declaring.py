"""Duplicates by search and source, and removals before import that somebody declares (R6, R8, R10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.dedupe.actions import answer_card, ask_for_duplicates
from screening.dedupe.declaring import declare_removal, numbers_of_duplicates, withdraw_declaration
from screening.dedupe.models import Answer, CandidateCard, DeclaredRemoval, RemovedAs
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.reviews.models import Membership, Review
from screening.searches.models import SearchRun
from tests.factories import alice, lead, make_import, make_review, run_jobs

pytestmark = pytest.mark.django_db

ARTICLE: dict[str, Any] = {
    "title": "Teaching clinicians to read a forest plot: a randomised comparison",
    "authors": ["Okafor, N.", "Lindqvist, E."],
    "year": 2019,
    "journal": "Teaching and Learning in Practice",
    "volume": "12",
    "issue": "4",
    "pages": "233-241",
    "doi": "10.1000/tlp.233",
}
VAGUE = ARTICLE | {"pages": "", "volume": "", "issue": "", "doi": "", "year": 2021, "authors": ["Okafor, N."]}


@pytest.fixture
def review() -> Review:
    """Three records of one article: MEDLINE and Scopus by rule, Embase for a person."""
    review = make_review()
    make_import(review, **ARTICLE)
    make_import(review, database="Scopus", **ARTICLE)
    make_import(review, database="Embase", **VAGUE)
    ask_for_duplicates(member=lead(review))
    run_jobs(review)
    return review


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _declare(review: Review, n: int = 5, removed_as: RemovedAs = RemovedAs.DUPLICATE) -> DeclaredRemoval:
    source, run = review.sources.get(name="Scopus"), review.search_runs.get(number=1)
    return declare_removal(
        member=lead(review), run=run, source=source, removed_as=removed_as, n=n, tool="A reference manager"
    )


def _answer(review: Review) -> None:
    answer_card(member=lead(review), card=CandidateCard.objects.get(review=review), answer=Answer.SAME)


def test_r6_duplicates_are_told_by_rule_and_by_person_for_each_search_and_source(review: Review) -> None:
    _answer(review)
    _declare(review)
    lines = {
        str(line.source): (line.by_rule, line.by_person, line.between_sources, line.declared, line.total)
        for line in numbers_of_duplicates(review)
    }
    assert lines.pop("MEDLINE") == (0, 0, 0, 0, 0)
    by_rule, by_person = (sum(line[place] for line in lines.values()) for place in (0, 1))
    assert (by_rule + by_person, by_person > 0) == (2, True)
    assert sum(line[4] for line in lines.values()) == flow_of(review).counts()["duplicates"] == 7


def test_r8_a_duplicate_of_another_search_is_charged_to_the_later_one(review: Review) -> None:
    later = SearchRun.objects.create(review=review, number=2, label="Update", kind="update")
    make_import(review, search=later.label, **ARTICLE)
    ask_for_duplicates(member=lead(review))
    run_jobs(review)
    line = next(line for line in numbers_of_duplicates(review) if line.run == later)
    assert (line.by_rule, line.between_searches, line.within_source) == (1, 1, 0)
    assert flow_of(review, run=later).counts()["duplicates"] == 1


@pytest.mark.parametrize(
    ("removed_as", "key"),
    [
        (RemovedAs.DUPLICATE, "duplicates"),
        (RemovedAs.AUTOMATION, "excluded_automatic"),
        (RemovedAs.OTHER, "excluded_other"),
    ],
)
def test_r10_a_declaration_adds_to_boxes_2_and_3_is_marked_and_can_be_withdrawn(
    review: Review, removed_as: RemovedAs, key: str
) -> None:
    run, before = review.search_runs.get(number=1), flow_of(review)
    declared = _declare(review, 40, removed_as)
    for flow in (flow_of(review), flow_of(review, run=run)):
        assert flow.number(key) == before.number(key) + 40
        assert flow.number("dbr_identified") == before.number("dbr_identified") + 40
        assert flow.number("records_screened") == before.number("records_screened")
        assert all(law.holds is not False for law in flow.laws)
        assert any(
            "Declared, not derived" in note.text and "A reference manager" in note.text for note in flow.footnotes
        )
    assert check(review).violations == []
    withdraw_declaration(member=lead(review), declared=declared)
    assert flow_of(review).counts()["duplicates"] == before.counts()["duplicates"]
    assert flow_of(review).numbers == before.numbers
    with pytest.raises(NotAllowedNow, match="withdrawn already"):
        withdraw_declaration(member=lead(review), declared=declared)
    verbs = AuditEvent.objects.filter(review_id=review.pk, subject_type="declaration").values_list("verb", flat=True)
    assert sorted(verbs) == ["declare removal before import", "withdraw declaration"]


def test_i9_a_declaration_counts_from_the_day_it_was_made(review: Review) -> None:
    declared = _declare(review)
    DeclaredRemoval.objects.filter(pk=declared.pk).update(at=timezone.now() + timedelta(hours=1))
    assert flow_of(review).counts()["duplicates"] == 1
    assert flow_of(review, as_of=timezone.now() + timedelta(hours=2)).counts()["duplicates"] == 6


def test_the_page_declares_refuses_with_a_sentence_and_withdraws(review: Review) -> None:
    client, address = _client(lead(review)), reverse("duplicates_numbers", args=[review.slug])
    declare = reverse("duplicates_declare", args=[review.slug])
    run, source = review.search_runs.get(number=1), review.sources.get(name="Scopus")
    given = {"run": run.pk, "source": source.pk, "removed_as": "duplicate", "n": "12", "tool": "Zotero"}
    refused = client.post(declare, given | {"n": "0"})
    assert refused.status_code == 400
    assert "Give a number from 1" in refused.content.decode()
    assert client.post(declare, given)["Location"] == address
    html = client.get(address).content.decode()
    assert "12 of" in html
    assert "Declared, not derived" in html
    withdraw = reverse("duplicates_withdraw", args=[review.slug, DeclaredRemoval.objects.get().pk])
    assert client.post(withdraw)["Location"] == address
    assert "Nothing was declared." in client.get(address).content.decode()


def test_a_reviewer_reads_the_numbers_and_declares_nothing(review: Review) -> None:
    client = _client(alice(review))
    assert "Declare records" not in client.get(reverse("duplicates_numbers", args=[review.slug])).content.decode()
    assert client.post(reverse("duplicates_declare", args=[review.slug]), {}).status_code == 403


def test_p10_a_declaration_names_no_search_of_another_review(review: Review) -> None:
    other = make_review(title="Another")
    make_import(other)
    given = {"run": other.search_runs.get().pk, "source": other.sources.get().pk, "removed_as": "duplicate", "n": "3"}
    found = _client(lead(review)).post(reverse("duplicates_declare", args=[review.slug]), given)
    assert found.status_code == 400
    assert not DeclaredRemoval.objects.exists()


def test_u1_each_number_opens_the_very_records_it_counts(review: Review) -> None:
    client = _client(lead(review))
    html = client.get(reverse("duplicates_numbers", args=[review.slug])).content.decode()
    source = review.sources.get(name="Scopus")
    address = reverse("duplicates_merged", args=[review.slug, "rule"]) + f"?search=1&source={source.pk}"
    assert address.replace("&", "&amp;") in html
    listed = client.get(address).content.decode()
    assert "1 record found" in listed


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?search=1", "1 record found"),
        ("?rule=same+DOI%2C+title+and+first+page", "1 record found"),
        ("?rule=no+such+rule&source=999&search=x", "1 record"),
        ("?q=forest", "1 record found"),
        ("?q=zebra", "No merged record passes"),
    ],
)
def test_the_list_of_merges_is_filtered_by_search_source_rule_and_words(review: Review, query: str, said: str) -> None:
    html = _client(lead(review)).get(reverse("duplicates_merged", args=[review.slug, "rule"]) + query).content.decode()
    assert said in html


def test_r6_the_flow_always_says_how_many_a_rule_and_how_many_people_found(review: Review) -> None:
    assert [note.text for note in flow_of(review).footnotes if note.key == "duplicates"] == [
        "1 found by rule, 0 by people."
    ]
    _answer(review)
    (told,) = [note.text for note in flow_of(review).footnotes if note.key == "duplicates"]
    lines = numbers_of_duplicates(review)
    assert (
        told
        == f"{sum(line.by_rule for line in lines)} found by rule, {sum(line.by_person for line in lines)} by people."
    )
