"""The screening page by plain forms alone: what the answers suggest, the time that was spent, and what it says of votes and order."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.decisions.models import Vote
from screening.decisions.piloting.rounds import start_pilot
from screening.decisions.sharing.models import SharedBy
from screening.decisions.sharing.plan import save_plan
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, vote

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def review() -> Review:
    """Twelve records wait for Alice and for Bob."""
    made = make_review()
    make_import(made, records=12)
    open_screening(made)
    return made


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _page(member: Membership, number: int = 0) -> str:
    address = (
        ("screening_ta_record", [member.review.slug, number]) if number else ("screening_ta", [member.review.slug])
    )
    return " ".join(_client(member).get(reverse(address[0], args=address[1])).content.decode().split())


def test_the_page_says_what_typed_answers_suggest_keeps_what_is_typed_and_stores_nothing(review: Review) -> None:
    typed = {"ask": "suggestion", "answer_focus": "not_met", "override": "A pilot", "note": "Look at the methods"}
    page = _client(alice(review)).post(reverse("vote_ta", args=[review.slug, 3]), typed).content.decode()
    assert "Your answers suggest Exclude: Focus is not met." in page
    assert re.findall(r'class="vote (\w+) suggested"', page) == ["exclude"]
    assert re.findall(r'name="answer_(\w+)" value="(\w+)" checked', page) == [("focus", "not_met")]
    assert ">A pilot</textarea>" in page
    assert ">Look at the methods</textarea>" in page
    assert "You voted" not in page
    assert not Vote.objects.exists()


def test_a_record_put_off_by_a_form_is_told_so_with_the_next_one(review: Review) -> None:
    page = _client(alice(review)).post(reverse("vote_ta_postpone", args=[review.slug, 1]), follow=True).content.decode()
    assert "Record 1 comes at the end." in page
    assert 'data-number="2"' in page


def test_the_time_from_page_to_vote_counts_where_no_script_measured_it(review: Review) -> None:
    client, address = _client(alice(review)), reverse("screening_ta", args=[review.slug])
    with time_machine.travel(timezone.now(), tick=False) as clock:
        since = re.search(r'name="since" value="(\d+)"', client.get(address).content.decode())
        assert since
        clock.shift(timedelta(seconds=40))
        client.post(reverse("vote_ta", args=[review.slug, 1]), {"decision": "exclude", "spent": "", "since": since[1]})
    assert Vote.objects.get().seconds == 40


def test_s1_the_first_voter_reads_the_same_while_the_other_vote_may_still_be_taken_back(review: Review) -> None:
    first, second = alice(review), bob(review)
    item = review.items.get(record__number=1)
    vote(first, item, "include")
    told = "It is yours to change until the last vote is in; that it is, you see when both open."
    assert told in _page(first, 1)
    vote(second, item, "exclude")
    page = _page(first, 1)
    assert told in page
    assert "1 of 2 votes" in page
    assert "2 of 2 votes" in _page(second, 1)
    assert "Every vote is in: yours stays as it is once the time to undo is over." in _page(second, 1)
    refused = _client(first).post(reverse("vote_ta_take_back", args=[review.slug, 1]))
    assert refused.status_code == 409
    assert "The last vote has come in" in refused.content.decode()


def test_the_page_says_in_which_order_records_come_and_how_many_are_for_its_reader(review: Review) -> None:
    reader = alice(review)
    assert "0 of 12 voted, 12 left, as imported" in _page(reader)
    save_plan(lead=lead(review), stage=TA, shared_by=SharedBy.ANYONE, shares={}, order="random", seed=3)
    assert "0 of 12 voted, 12 left, at random" in _page(reader)
    start_pilot(lead=lead(review), stage=TA, size=10, gate=75, readers=[reader, bob(review)])
    assert "0 of 12 voted, 10 left for you, in a pilot round, at random" in _page(reader)


def test_a_card_of_the_list_carries_its_criteria_a_note_and_tags(review: Review) -> None:
    reader = alice(review)
    client = _client(reader)
    client.post(reverse("screening_ta_view", args=[review.slug]), {"view": "list"})
    sent = {"new": "Taiwan", "stage": "ta", "card": "2"}
    tags = reverse("screening_tags", args=[review.slug, 2])
    assert client.post(tags, sent)["Location"] == reverse("screening_ta", args=[review.slug]) + "#card-2"
    assert (
        'id="tags-2"' in client.post(tags, {**sent, "tag": "Taiwan"}, headers={"HX-Request": "true"}).content.decode()
    )
    page = _page(reader)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count('data-label="Focus"') == page.count('name="note"') == 12
    assert "Tags: <bdi>Taiwan</bdi>" in page
