"""Agreement as each reader may see it."""

from __future__ import annotations

import csv
import re
from itertools import combinations

import pytest
from django.test import Client
from django.urls import reverse

from screening.conflicts.actions import escalate, record_own_reading, rule
from screening.decisions.agreement_many import ONE_ANSWER
from screening.decisions.agreement_shown import agreement_for
from screening.decisions.verdict import Decision, Stage
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    carol,
    make_import,
    make_member,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

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


def test_three_reviewers_are_shown_together_with_the_reason_where_a_figure_is_undefined(review: Review) -> None:
    make_import(review, records=3)
    people = (alice(review), bob(review), make_member(review, "Dan Drew"))
    for item, (first, second) in zip(open_screening(review), combinations(people, 2), strict=True):
        for member in (first, second):
            vote(member, item, "exclude")
    reveal(review)
    client = Client()
    client.force_login(people[0].user)
    page = " ".join(
        re.sub(r"<[^>]*>", " ", client.get(reverse("agreement", args=[review.slug])).content.decode()).split()
    )
    assert "Decision All 3 reviewers, round 1" in page
    assert "Votes on a record Records 2 exclude 3" in page
    assert "Kappa is undefined: both gave the same single answer" in page
    assert f"Krippendorff&#x27;s alpha is undefined: {ONE_ANSWER}." in page
    rows = list(csv.DictReader(client.get(reverse("agreement_csv", args=[review.slug])).content.decode().splitlines()))
    (of_all,) = [row for row in rows if row["first reviewer"] == "all 3 reviewers" and row["on"] == "Decision"]
    assert (of_all["round"], of_all["pilot"], of_all["n"], of_all["alpha"]) == ("1", "", "3", "")
    assert of_all["why undefined"].count(ONE_ANSWER) == 2
