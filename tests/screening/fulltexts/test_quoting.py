"""Quotes: words of a report with their page, as private as the vote that they stand behind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import escalate
from screening.decisions.actions import reopen_item, withdraw_vote
from screening.decisions.models import Item, Quote
from screening.decisions.quotes import own_quotes, quotes_by_voter, quotes_visible_to
from screening.fulltexts.actions import StoredFile, attach
from screening.fulltexts.models import ReportFile
from screening.fulltexts.queue import quotes_behind
from screening.fulltexts.quoting import MOST, Selection, keep_quote, remove_quote
from screening.history.reading import visible_events
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, carol, included_record, lead, make_review, reveal, vote

pytestmark = pytest.mark.django_db

WORDS = Selection(3, "  Mentors\n helped ", "x" * 100 + "before ", " after" + "y" * 100)


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def file(review: Review) -> ReportFile:
    """The PDF of a report that waits for two votes."""
    record = included_record(review)
    return attach(member=lead(review), record=record, stored=StoredFile("report.pdf", "a" * 64, 9))


@pytest.fixture
def item(file: ReportFile) -> Item:
    return Item.objects.get(record=file.report.record, stage="ft")


def keep(member: Membership, item: Item, file: ReportFile, **words: Any) -> Quote:
    chosen = Selection(**{"page": 3, "text": "Mentors helped", **words})
    return keep_quote(member=member, item_id=item.pk, file=file, selection=chosen)


def everybody(review: Review) -> Iterator[Membership]:
    yield from (bob(review), carol(review), lead(review))


def test_a_quote_keeps_its_page_its_words_and_what_stands_around_them(item: Item, file: ReportFile) -> None:
    quote = keep_quote(member=alice(item.review), item_id=item.pk, file=file, selection=WORDS)
    assert (quote.page, quote.text, quote.sha256) == (3, "Mentors helped", file.sha256)
    assert (quote.before, quote.after) == (("x" * 100 + "before ")[-64:], (" after" + "y" * 100)[:64])
    assert keep(alice(item.review), item, file) == quote, "the same words twice are one quote"
    remove_quote(member=bob(item.review), item_id=item.pk, quote_id=quote.pk)
    assert own_quotes(alice(item.review), item) == [quote], "nobody removes another's"
    remove_quote(member=alice(item.review), item_id=item.pk, quote_id=quote.pk)
    assert own_quotes(alice(item.review), item) == []


@pytest.mark.parametrize(("text", "sentence"), [(" \n", "Select words"), ("x" * 2001, "these are 2,001. Select less")])
def test_a_selection_that_is_no_quote_is_told(item: Item, file: ReportFile, text: str, sentence: str) -> None:
    with pytest.raises(NotAllowedNow, match=sentence):
        keep(alice(item.review), item, file, text=text)


def test_there_is_an_end_to_the_quotes_of_one_report(item: Item, file: ReportFile) -> None:
    for number in range(MOST):
        keep(alice(item.review), item, file, text=f"Words {number}")
    with pytest.raises(NotAllowedNow, match="Remove one first"):
        keep(alice(item.review), item, file, text="One more")


def test_b4_nobody_reads_a_quote_before_both_votes_are_open_and_then_everybody_does(
    review: Review, item: Item, file: ReportFile
) -> None:
    quote = keep(alice(review), item, file)
    vote(alice(review), item, "include")
    vote(bob(review), item, "include")
    item.refresh_from_db()
    for member in everybody(review):
        assert not quotes_visible_to(member).exists()
        assert quotes_by_voter(member, item) == {}
        assert quotes_behind(member, item.record) == []
        assert not visible_events(member).filter(verb="keep quote").exists()
    reveal(review)
    item.refresh_from_db()
    for member in everybody(review):
        assert quotes_by_voter(member, item) == {alice(review).pk: [quote]}
        assert quotes_behind(member, item.record) == [("Alice Archer", [quote])]


def test_s4_the_card_of_a_conflict_shows_the_quotes_and_the_adjudicator_reads_them_under_masks(
    review: Review, item: Item, file: ReportFile
) -> None:
    keep(alice(review), item, file)
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude", answers={"focus": "not_met"}, reason="focus")
    reveal(review)
    card = reverse("conflict", args=[review.slug, item.pk])
    client = Client()
    client.force_login(bob(review).user)
    assert "<q><bdi>Mentors helped</bdi></q>" in client.get(card).content.decode()
    client.force_login(carol(review).user)
    assert "Mentors helped" not in client.get(card, follow=True).content.decode(), "own answers come first"
    escalate(member=alice(review), item_id=item.pk)
    client.post(reverse("ruling_read", args=[review.slug, item.pk]), {"answer_focus": "met"})
    html = client.get(reverse("ruling", args=[review.slug, item.pk])).content.decode()
    assert "<q><bdi>Mentors helped</bdi></q>" in html
    assert "Alice" not in html


def test_b4_who_quotes_and_does_not_vote_keeps_the_quotes_to_herself(
    review: Review, item: Item, file: ReportFile
) -> None:
    keep(alice(review), item, file)
    vote(alice(review), item, "include")
    withdraw_vote(member=alice(review), item_id=item.pk)
    for member in (bob(review), lead(review)):
        Item.objects.filter(pk=item.pk).update(state="conflict", reveal_at="2024-01-01T00:00Z", votes_in=2)
        assert not quotes_visible_to(member).exists()


def test_s1_once_both_votes_are_in_the_quotes_stay(review: Review, item: Item, file: ReportFile) -> None:
    quote = keep(alice(review), item, file)
    vote(alice(review), item, "include")
    vote(bob(review), item, "include")
    for act in (
        lambda: keep(bob(review), item, file),
        lambda: remove_quote(member=alice(review), item_id=item.pk, quote_id=quote.pk),
    ):
        with pytest.raises(NotAllowedNow, match="Both votes are in"):
            act()


def test_i23_a_new_round_begins_without_quotes_and_the_old_ones_are_open(
    review: Review, item: Item, file: ReportFile
) -> None:
    quote = keep(alice(review), item, file)
    vote(alice(review), item, "include")
    vote(bob(review), item, "include")
    reveal(review)
    item = reopen_item(item_id=item.pk, lead=lead(review), reason="A correction came out")
    assert own_quotes(alice(review), item) == []
    assert list(quotes_visible_to(bob(review))) == [quote]


def test_quotes_are_kept_and_removed_on_the_page_with_and_without_scripts(
    review: Review, item: Item, file: ReportFile
) -> None:
    client, number = Client(), item.record.number
    client.force_login(alice(review).user)
    there = reverse("quote_keep", args=[review.slug, number])
    sent = {"file": file.pk, "page": 3, "text": "Mentors helped"}
    answer = client.post(there, sent, headers={"HX-Request": "true"}).content.decode()
    assert 'data-announce="Quoted from page 3."' in answer
    assert "<html" not in answer
    client.post(there, sent | {"text": "Time & money"})
    html = client.get(reverse("screening_ft_record", args=[review.slug, number])).content.decode()
    assert "Time &amp; money" in html
    assert client.post(there, sent | {"page": ""}).status_code == 409
    assert client.post(there, sent | {"file": 10**6}).status_code == 404
    for quote_id in (Quote.objects.get(text="Mentors helped").pk, uuid.uuid4()):
        client.post(reverse("quote_remove", args=[review.slug, number, quote_id]))
    assert [quote.text for quote in own_quotes(alice(review), item)] == ["Time & money"]
    client.force_login(bob(review).user)
    assert (
        "Time &amp; money"
        not in client.get(reverse("screening_ft_record", args=[review.slug, number])).content.decode()
    )
