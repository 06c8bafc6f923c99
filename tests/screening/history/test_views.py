"""The history page speaks of all acts in one style, and its filter with it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.reviews.actions import end_membership
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import alice, bob, lead, make_import, make_member, make_review, open_screening, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    review = make_review()
    make_import(review)
    settled(review, open_screening(review)[0], "include", "include")
    end_membership(member=bob(review), actor=lead(review).user)
    return review


def page(review: Review, **query: str) -> str:
    client = Client()
    client.force_login(alice(review).user)
    return client.get(reverse("history", args=[review.slug]), query).content.decode()


def test_acts_are_told_in_the_past_whatever_the_log_calls_them(review: Review) -> None:
    text = page(review)
    for words in ("Cast a vote", "Froze the protocol", "Joined the team", "Ended a membership"):
        assert f"<b>{words}</b>" in text
    assert "Cast vote" not in text


def test_the_filter_names_the_words_and_sends_the_stored_verb(review: Review) -> None:
    assert '<option value="cast vote" selected>Cast a vote</option>' in page(review, act="cast vote")
    text = page(review, act="cast vote").partition("<tbody>")[2]
    assert "Cast a vote" in text
    assert "Froze the protocol" not in text


@pytest.mark.parametrize(("role", "offered"), [(Role.LEAD, True), (Role.OBSERVER, False), (Role.ADJUDICATOR, False)])
def test_the_file_is_offered_to_whoever_may_take_it(review: Review, role: Role, offered: bool) -> None:
    client = Client()
    client.force_login(make_member(review, "Olga Reader", role).user)
    address = reverse("history_csv", args=[review.slug])
    assert (address in client.get(reverse("history", args=[review.slug])).content.decode()) is offered
    assert client.get(address).status_code == (200 if offered else 403)
