"""The mode of a stage when a first vote is cast: dual until the gate, then single, and nothing that holds a vote changes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.numbers import numbers_of
from screening.decisions.piloting.models import GatePassed
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.verdict import Stage
from screening.prisma.check_votes import each_state_follows_from_the_votes
from screening.protocol.actions import freeze_protocol, set_stage_rules, start_amendment
from screening.reviews.actions import end_membership
from screening.reviews.models import Review
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

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


def _until_the_gate(records: int, gate_items: int = 4) -> tuple[Review, list[Item]]:
    review = make_review()
    draft = start_amendment(review=review, reason="One reader once we agree", actor=lead(review).user)
    set_stage_rules(version=draft, actor=lead(review).user, ta_mode="dual_then_single", gate_items=gate_items)
    freeze_protocol(version=draft, actor=lead(review).user)
    make_import(review, records=records)
    return review, open_screening(review)


def test_two_vote_until_the_gate_then_one_and_what_holds_a_vote_still_takes_two() -> None:
    review, items = _until_the_gate(8)
    ann, ben = alice(review), bob(review)
    half = vote(ann, items[7], "include")
    for item in items[:4]:
        assert vote(ann, item, "exclude").state == "partial"
        vote(ben, item, "include" if item == items[0] else "exclude")
    assert vote(ann, items[4], "exclude").mode == "dual", "three of four agree, but no vote is open yet"
    reveal(review)
    single = vote(ben, items[5], "exclude")
    assert (single.mode, single.state) == ("single", "final")
    passed = AuditEvent.objects.get(verb="pass gate")
    assert passed.after == {"both_voted": 4, "agreed": 3, "mode": "single"}
    half.refresh_from_db()
    assert (half.mode, half.state) == ("dual", "partial")
    assert vote(ben, items[7], "exclude").state == "conflict"
    assert vote(ben, items[4], "include").state == "conflict"
    reveal(review)
    assert vote(ann, items[6], "include").mode == "single", "a gate once passed stays passed"
    assert GatePassed.objects.count() == 1
    assert list(each_state_follows_from_the_votes(review)) == []


def test_below_the_gate_two_go_on_voting() -> None:
    review, items = _until_the_gate(6)
    for n, item in enumerate(items[:4]):
        settled(review, item, "include", "exclude" if n < 2 else "include")
    assert vote(alice(review), items[4], "include").mode == "dual"
    assert not GatePassed.objects.exists()


def test_b6_sealed_votes_open_no_gate() -> None:
    review, items = _until_the_gate(6)
    for item in items[:4]:
        vote(alice(review), item, "include")
        vote(bob(review), item, "include")
    assert vote(alice(review), items[4], "include").mode == "dual"


@pytest.mark.parametrize("people", [3, 4])
def test_of_three_or_four_reviewers_any_two_settle_a_record(people: int) -> None:
    review = make_review()
    make_import(review, records=6)
    items = open_screening(review)
    team = [make_member(review, name) for name in ("Alice Archer", "Bob Baker", "Dan Dorn", "Eve Early")[:people]]
    for n, item in enumerate(items[:4]):
        for one in (team[n % people], team[(n + 1) % people]):
            vote(one, item, "exclude")
    with pytest.raises(NotAllowedNow, match="Two votes"):
        vote(team[2], items[0], "include")
    reveal(review)
    assert Item.objects.filter(state="final").count() == 4
    vote(team[0], items[4], "include")
    vote(team[2], items[4], "exclude")
    assert waiting_for(team[1], TA).get() == items[5]
    withdraw_vote(member=team[2], item_id=items[4].pk)
    assert vote(team[1], items[4], "include").state == "final"
    assert {one.left for one in numbers_of(team, TA).values()} == {1}
    end_membership(member=team[0], actor=lead(review).user)
    assert Vote.objects.active().filter(reviewer=team[0]).exists()
    vote(team[1], items[5], "exclude")
    assert next_item(team[2], TA) == items[5]
    assert vote(team[2], items[5], "exclude").state == "final"
    assert list(each_state_follows_from_the_votes(review)) == []


def test_a_vote_where_nothing_is_shared_out_asks_nothing_of_assignments() -> None:
    review = make_review()
    make_import(review, records=2)
    items = open_screening(review)
    ann = alice(review)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        vote(ann, items[0], "include")
    assert not [
        one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT") and "assignment" in one["sql"]
    ]
