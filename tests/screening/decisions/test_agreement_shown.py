"""Agreement as each reader may see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.conflicts.actions import escalate, record_own_reading, rule
from screening.decisions.agreement_shown import agreement_for
from screening.decisions.verdict import Decision, Stage
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import alice, carol, make_import, make_member, make_review, open_screening, settled

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def review() -> Review:
    return make_review()


def test_i30_a_table_shows_whoever_may_rule_no_item_that_is_not_settled(review: Review) -> None:
    """The rows of a pair stand in the order of the names: with one conflict in the table, that order would lift the masks."""
    make_import(review)
    item = open_screening(review)[0]
    settled(review, item, "include", "exclude")
    assert agreement_for(alice(review), TA)[0].pair.n == 1
    assert agreement_for(carol(review), TA) == []
    escalate(member=alice(review), item_id=item.pk)
    record_own_reading(member=carol(review), item_id=item.pk, answers={})
    assert agreement_for(carol(review), TA) == []
    rule(member=carol(review), item_id=item.pk, decision=Decision.INCLUDE, rationale="Clinicians take part.")
    assert agreement_for(carol(review), TA)[0].pair.n == 1


@pytest.mark.parametrize("name", ["agreement", "agreement_csv"])
def test_i30_page_and_file_leave_the_same_items_out(review: Review, name: str) -> None:
    make_import(review)
    settled(review, open_screening(review)[0], "include", "exclude")
    both = make_member(review, "Lea Both", Role.LEAD, Role.ADJUDICATOR)
    client = Client()
    client.force_login(both.user)
    assert "Decision" not in client.get(reverse(name, args=[review.slug])).content.decode()
