"""The page of a pilot round, from start to end."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item
from screening.decisions.piloting.rounds import pilot_of
from screening.decisions.piloting.waiting import end_pilot_task
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, vote

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TA = Stage.TITLE_ABSTRACT


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(review: Review, name: str, *args: object) -> str:
    return reverse(name, args=[review.slug, TA.slug, *args])


def _review(records: int) -> Review:
    review = make_review()
    make_import(review, records=records)
    open_screening(review)
    return review


def test_a_pilot_is_started_told_in_numbers_ended_by_its_gate_and_listed() -> None:
    review = _review(12)
    ann, ben = alice(review), bob(review)
    client = _client(lead(review))
    asked = {"size": "10", "gate": "80", "readers": [ann.pk, ben.pk]}
    few = client.post(_url(review, "team_pilot_start"), {**asked, "readers": [ann.pk]})
    assert few.status_code == 422
    assert "needs two reviewers" in few.content.decode()
    begun = client.post(_url(review, "team_pilot_start"), {**asked, "size": "25"}, follow=True).content.decode()
    assert "with 12 records. No others are without votes" in begun
    assert "under way. End it before" in client.post(_url(review, "team_pilot_start"), asked).content.decode()
    for item in Item.objects.filter(pilot=1):
        vote(ann, item, "exclude")
        vote(ben, item, "exclude")
    nothing = _client(ben).get(reverse("screening_ta", args=[review.slug])).content.decode()
    assert "A pilot round is under way: the other records are offered when it has ended." in nothing
    assert "told when all have" in _client(ann).get(_url(review, "team_pilot")).content.decode()
    assert end_pilot_task(lead(review)) is None
    reveal(review)
    task = end_pilot_task(lead(review))
    assert task is not None
    assert task.url == _url(review, "team_pilot")
    assert end_pilot_task(ann) is None
    page = client.get(_url(review, "team_pilot")).content.decode()
    assert "12 of 12 pairs of votes, 100 %" in page
    assert client.post(_url(review, "team_pilot_end")).status_code == 302
    page = client.get(_url(review, "team_pilot")).content.decode()
    assert "Gate passed" in page
    assert "Another round" in page
    assert client.post(_url(review, "team_pilot_end")).status_code == 409
    ended = pilot_of(review.pk, TA)
    assert ended is not None
    assert ended.outcome == "passed"
