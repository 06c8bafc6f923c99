"""The file of decisions: everything that is revealed, nothing that is sealed (I52), no name before its time (I30)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from screening.decisions.actions import reopen_item
from screening.decisions.models import Item
from screening.exports.said import HEAD, decision_rows
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    carol,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    settled,
    vote,
)
from tests.screening.exports.worlds import ruled, world

pytestmark = pytest.mark.django_db


def rows(member: Membership, *, coded: bool = False, **wanted: str) -> list[dict[str, str]]:
    found = [dict(zip(HEAD, row, strict=True)) for row in decision_rows(member, coded=coded)]
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def of(record: Record, member: Membership, **wanted: Any) -> list[dict[str, str]]:
    return rows(member, record=str(record.number), **wanted)


def test_every_revealed_vote_is_told_with_reason_answers_and_version() -> None:
    review, records = world()
    first, second = of(records["excluded at full text"], lead(review), stage="Full text review")
    assert first == first | {
        "actor": "Alice Archer",
        "round": "1",
        "counts now": "yes",
        "what": "vote",
        "value": "exclude",
        "reason": "Focus",
        "answers": "Focus: not met; Timeframe: not met",
        "protocol version": "1",
        "in a pilot round": "no",
    }
    assert (second["actor"], second["answers"]) == ("Bob Baker", "Population: met; Focus: not met")
    assert first["time (UTC)"].endswith("Z")


def test_talk_and_ruling_follow_the_votes_in_time() -> None:
    review, records = world()
    ruled(review, records["conflict"])
    found = of(records["conflict"], lead(review))
    assert [(row["what"], row["actor"], row["value"]) for row in found] == [
        ("vote", "Alice Archer", "include"),
        ("vote", "Bob Baker", "exclude"),
        ("comment", "Alice Archer", ""),
        ("position", "Alice Archer", "include"),
        ("no consensus", "Bob Baker", ""),
        ("ruling", "Carol Chen", "include"),
    ]
    assert (found[-1]["text"], found[-1]["answers"]) == ("It asks what helps.", "Focus: met")
    assert found == sorted(found, key=lambda row: row["time (UTC)"])


def test_i52_a_sealed_vote_is_in_nobodys_file_not_even_its_authors() -> None:
    review, records = world()
    everything = make_member(review, "Eve Everything", *Role)
    for member in (lead(review), alice(review), bob(review), carol(review), everything):
        assert of(records["half voted"], member) == []
        assert not any("sealed thought" in row["text"] for row in rows(member))


@pytest.mark.parametrize("seen_by", ["lead", "alice", "bob"])
def test_i52_the_file_does_not_differ_by_the_value_of_a_sealed_vote(seen_by: str) -> None:
    def file(decision: str) -> list[tuple[Any, ...]]:
        review = make_review(f"Review {decision}")
        make_import(review, records=2)
        items = open_screening(review)
        vote(alice(review), items[0], decision, note=decision)
        vote(alice(review), items[1], decision)
        vote(bob(review), items[1], decision)  # complete, and its undo window is open
        member = {"lead": lead, "alice": alice, "bob": bob}[seen_by](review)
        return list(decision_rows(member, coded=False))

    assert file("include") == file("exclude") == []


def test_the_reveal_opens_the_row() -> None:
    review = make_review()
    make_import(review)
    (item,) = open_screening(review)
    vote(alice(review), item, "include")
    vote(bob(review), item, "include")
    assert rows(lead(review)) == []
    reveal_at = Item.objects.get(pk=item.pk).reveal_at
    assert reveal_at is not None
    assert reveal_at > timezone.now()
    assert len(list(decision_rows(lead(review), coded=False, now=reveal_at))) == 2


def test_i30_whoever_may_rule_gets_nothing_of_an_item_that_is_not_final() -> None:
    review, records = world()
    both = make_member(review, "Rita Ruler", Role.ADJUDICATOR, Role.REVIEWER)
    assert of(records["conflict"], lead(review))
    for member in (both, carol(review)):
        assert of(records["conflict"], member) == []
        assert of(records["excluded"], member)
    ruled(review, records["conflict"])
    assert len(of(records["conflict"], both)) == 6


def test_i23_a_vote_of_an_earlier_round_is_kept_and_said_not_to_count() -> None:
    review = make_review()
    make_import(review)
    (item,) = open_screening(review)
    settled(review, item, "exclude", "exclude")
    reopen_item(item_id=item.pk, lead=lead(review), reason="A new abstract")
    vote(alice(review), item, "include")
    found = rows(lead(review))
    assert [(row["round"], row["counts now"], row["value"]) for row in found] == [("1", "no", "exclude")] * 2
    assert rows(make_member(review, "Rita Ruler", Role.ADJUDICATOR)) == [], "I30: its voters may vote on it again"


def test_codes_stand_for_names_in_the_order_of_joining() -> None:
    review, records = world()
    ruled(review, records["conflict"])
    named = rows(lead(review))
    coded = rows(lead(review), coded=True)
    codes = {(one["actor"], other["actor"]) for one, other in zip(named, coded, strict=True)}
    assert codes == {("Alice Archer", "R1"), ("Bob Baker", "R2"), ("Carol Chen", "A1")}
    assert not any(name in cell for row in coded for cell in row.values() for name in ("Alice", "Bob", "Carol"))


def test_two_people_of_one_name_are_told_apart() -> None:
    review = make_review()
    make_import(review)
    (item,) = open_screening(review)
    settled(review, item, "include", "include")
    other = make_member(review, "Alan Archer")
    other.user.name = "Alice Archer"
    other.user.save()
    assert {row["actor"] for row in rows(lead(review))} == {"Alice Archer (alice@example.org)", "Bob Baker"}


def test_another_reviews_decisions_are_not_told() -> None:
    review, _ = world()
    assert rows(lead(make_review("Another"))) == []
    assert isinstance(review, Review)
