"""The lead's page: what it shows, to whom, and that it tells no sealed vote to a lead who reviews."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.decisions.models import Item, Vote
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def review() -> Review:
    """Six records: three with both votes, one conflict among them, one with Alice's vote."""
    review = make_review()
    make_import(review, records=6)
    items = open_screening(review)
    for item, answers in zip(items[:2], ("met", "not_met"), strict=True):
        vote(alice(review), item, "exclude", answers={"focus": "met", "population": "met"})
        vote(bob(review), item, "exclude", answers={"focus": answers, "population": "met"})
    settled(review, items[2], "include", "exclude")
    Item.objects.filter(pk=items[2].pk).update(reveal_at=timezone.now() - timedelta(days=9, hours=23))
    reveal(review)
    vote(alice(review), items[3], "exclude")
    return review


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page(member: Membership) -> str:
    answer = client_of(member).get(reverse("progress", args=[member.review.slug]))
    assert answer.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())


def test_the_page_says_where_the_review_stands_and_what_to_do(review: Review) -> None:
    Vote.objects.filter(reviewer=bob(review)).update(cast_at=timezone.now() - timedelta(days=9))
    shown = page(lead(review))
    said = " ".join(re.sub(r"<[^>]*>", " ", shown).split())
    assert "6 records in the stage; 5 more votes needed. Expected finish: not enough votes yet ." in said
    assert "See to 1 open conflict The oldest has waited 9 days." in said
    assert "Remind Bob Baker 4 records wait; the last vote came on" in said
    assert "Focus 2 1 (50 %) 1 0 0 Population 2 0 (0 %) 0 0 0" in said
    for stage in ("ta", "ft"):  # each number opens the conflicts of its stage alone
        assert f'{reverse("conflicts", args=[review.slug])}?stage={stage}"' in shown
    assert shown.count("<svg") == shown.count('role="img"') + shown.count('aria-hidden="true" focusable="false"')


def test_the_votes_behind_each_number_are_counted_by_person(review: Review) -> None:
    context = client_of(lead(review)).get(reverse("progress", args=[review.slug])).context
    people = {one.name: (one.voted, one.left) for one in context["stages"][0].people}
    assert people == {"Alice Archer": (4, 2), "Bob Baker": (3, 3)}
    assert context["conflicts"][0].by_age == [0, 0, 1, 0]
    assert context["stages"][0].is_shared_out


def test_i26_a_lead_who_reviews_learns_no_sealed_vote_here(review: Review) -> None:
    voting_lead = make_member(review, "Vera Lead", Role.LEAD, Role.REVIEWER)
    item = open_screening(review)[4]
    sealed, opened = [], []
    for decision, answer in (("include", "met"), ("exclude", "not_met")):
        with transaction.atomic():
            vote(alice(review), item, decision, answers={"focus": answer})
            sealed.append(page(voting_lead))
            vote(voting_lead, item, "include", answers={"focus": "met"})
            sealed.append(page(voting_lead))
            Item.objects.filter(pk=item.pk).update(reveal_at=timezone.now() - timedelta(seconds=1))
            opened.append(page(voting_lead))
            transaction.set_rollback(True)
    assert sealed[:2] == sealed[2:]
    assert opened[0] != opened[1]


def test_an_observer_reads_the_page_and_cannot_remind(review: Review) -> None:
    observer = make_member(review, "Olga Observer", Role.OBSERVER)
    assert "Remind" not in page(observer)
    assert client_of(alice(review)).get(reverse("progress", args=[review.slug])).status_code == 403


def test_names_are_masked_from_a_lead_who_may_rule(review: Review) -> None:
    ruling = make_member(review, "Rula Lead", Role.LEAD, Role.ADJUDICATOR)
    shown = page(ruling)
    assert "Conflicts</th>" not in shown[: shown.index('id="stage-ta"')]
    assert "First reviewer" in shown
    assert "Alice Archer</bdi> and" not in shown


def test_remind_sends_one_letter_and_says_so(review: Review) -> None:
    client = client_of(lead(review))
    address = reverse("progress_remind", args=[review.slug, bob(review).pk])
    told = client.post(address, follow=True).content.decode()
    assert "Bob Baker is reminded by e-mail." in told
    assert "http://testserver/r/" in str(mail.outbox[0].body)
    assert client.post(address).status_code == 409
    assert len(mail.outbox) == 1


def test_in_a_very_large_review_agreement_is_read_on_request(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.progress.views.AT_ONCE", 5)
    assert "Show agreement here" in page(lead(review))
    answer = client_of(lead(review)).get(reverse("progress", args=[review.slug]) + "?agreement=1")
    assert b"Which criterion parts us" in answer.content
