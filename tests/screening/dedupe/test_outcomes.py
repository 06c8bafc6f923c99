"""A record of a later search that matches one that was screened: the outcome is told once revealed, and nothing is inherited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.decisions.models import Item
from screening.dedupe.actions import answer_card, ask_for_duplicates
from screening.dedupe.models import Answer, CandidateCard, Kept
from screening.dedupe.queue import undiffering_cards
from screening.prisma.counts import flow_of
from screening.records.models import Standing
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, run_jobs, vote

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


def _screened(decision: str) -> Review:
    """One record, voted on by both; the votes are sealed until `reveal`."""
    review = make_review()
    make_import(review, **ARTICLE)
    (item,) = open_screening(review)
    for member in (alice(review), bob(review)):
        vote(member, item, decision)
    return review


def _updated(review: Review, **fields: Any) -> None:
    """A second search brings the article again, a day later."""
    stored = make_import(review, search="Update 2025", **(fields or ARTICLE))
    stored.stored_at = timezone.now() + timedelta(days=1)
    stored.save()
    ask_for_duplicates(member=lead(review))
    run_jobs(review)


def _page(review: Review, name: str = "duplicates_merged", query: str = "") -> str:
    client = Client()
    client.force_login(lead(review).user)
    args = [review.slug, "rule"] if name == "duplicates_merged" else [review.slug]
    return client.get(reverse(name, args=args) + query).content.decode()


@pytest.mark.parametrize(("decision", "word"), [("include", "included"), ("exclude", "excluded")])
def test_a_match_of_a_later_search_says_already_screened_with_decision_and_date(decision: str, word: str) -> None:
    review = _screened(decision)
    reveal(review)
    _updated(review)
    at = Item.objects.get(record__number=1).reveal_at
    assert at is not None
    assert f"Already screened: {word} at title and abstract, {at:%Y-%m-%d}." in _page(review)
    assert "1 record found" in _page(review, query="?screened=on")


def test_b2_before_the_reveal_the_page_reads_the_same_whatever_was_voted() -> None:
    seen = []
    for decision in ("include", "exclude"):
        review = _screened(decision)
        _updated(review)
        html = _page(review)
        assert "Already screened: " not in html
        assert "No merged record passes" in _page(review, query="?screened=on")
        mine = ("csrf", review.slug, "<option")  # what differs between any two reviews
        seen.append([line for line in html.splitlines() if not any(word in line for word in mine)])
    assert seen[0] == seen[1]


def test_it_inherits_nothing_and_is_charged_to_the_later_search() -> None:
    review = _screened("exclude")
    reveal(review)
    _updated(review)
    later = Standing.objects.get(review=review, record__number=2)
    assert later.lead is not None
    assert not Item.objects.filter(record=later.record, votes__isnull=False).exists()
    run = review.search_runs.get(number=2)
    assert flow_of(review, run=run).counts()["duplicates"] == 1
    assert flow_of(review, run=review.search_runs.get(number=1)).counts()["duplicates"] == 0
    assert flow_of(review).counts()["records_excluded"] == 1


def test_a_duplicate_that_was_there_before_the_decision_is_not_already_screened() -> None:
    review = make_review()
    make_import(review, **ARTICLE)
    make_import(review, database="Scopus", **ARTICLE)
    ask_for_duplicates(member=lead(review))
    run_jobs(review)
    (item,) = open_screening(review)
    for member in (alice(review), bob(review)):
        vote(member, item, "include")
    reveal(review)
    assert "Already screened: " not in _page(review)


def test_dd15_the_card_tells_a_revealed_outcome_and_else_that_votes_exist() -> None:
    for revealed in (False, True):
        review = _screened("exclude")
        if revealed:
            reveal(review)
        _updated(review, **VAGUE)
        assert CandidateCard.objects.filter(review=review, answered_at__isnull=True).count() == 1
        html = _page(review, "duplicates")
        assert ("already screened: excluded at title and abstract" in html) is revealed
        assert ("votes exist" in html) is not revealed


def test_r2_the_card_says_which_decision_would_stop_counting_and_it_may_be_kept() -> None:
    review = make_review()
    make_import(review, **ARTICLE)
    make_import(review, database="Scopus", **VAGUE)
    half, whole = open_screening(review)
    vote(alice(review), half, "include")
    for member in (alice(review), bob(review)):
        vote(member, whole, "exclude")
    ask_for_duplicates(member=lead(review))
    run_jobs(review)
    assert "to keep that decision" not in _page(review, "duplicates"), "sealed"
    reveal(review)
    assert "Record 2 was excluded at title and abstract" in _page(review, "duplicates")
    card = CandidateCard.objects.get(review=review)
    answer_card(member=lead(review), card=card, answer=Answer.SAME, kept={Kept.LEAD: whole.record_id})
    run_jobs(review)
    assert flow_of(review).counts()["records_excluded"] == 1


def test_r2_two_records_with_votes_are_not_accepted_together_with_others() -> None:
    review = make_review()
    found = [make_import(review, database=name, **ARTICLE).records.get() for name in ("MEDLINE", "Scopus")]
    CandidateCard.objects.create(
        review=review, key="k", members=[one.pk for one in found], score=0.9, reason="Same title.", kind="same"
    )
    assert len(undiffering_cards(review)) == 1
    for item in open_screening(review):
        vote(alice(review), item, "exclude")
    assert undiffering_cards(review) == []
