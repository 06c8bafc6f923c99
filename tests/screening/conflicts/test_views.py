"""The pages of conflicts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item
from screening.fulltexts.actions import mark_retrieved
from screening.reviews.models import Membership
from tests.factories import alice, bob, carol, included_record, make_review, reveal, vote

pytestmark = pytest.mark.django_db


def _list(member: Membership) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse("conflicts", args=[member.review.slug])).content.decode()


def test_s4_a_clash_of_reasons_does_not_tell_whoever_may_rule_that_both_exclude() -> None:
    review = make_review()
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    report = Item.objects.get(record=record, stage="ft")
    vote(alice(review), report, "exclude", answers={"focus": "not_met"})
    vote(bob(review), report, "exclude", answers={"population": "not_met"})
    reveal(review)
    assert "Same decision" not in _list(carol(review))
    assert ">Conflict</span>" in _list(carol(review))
