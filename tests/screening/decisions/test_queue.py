"""How the next item is found: by the index of what is open, however far a reviewer has come."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from screening.conflicts.actions import escalate, record_own_reading, rule
from screening.decisions.actions import reopen_item
from screening.decisions.models import Postponed
from screening.decisions.numbers import numbers_for, numbers_of
from screening.decisions.queue import (
    advance_cursor,
    awaiting_other,
    decided,
    in_conflict,
    items_of,
    my_votes,
    next_item,
    still_waits,
    waiting_for,
)
from screening.decisions.verdict import Decision, Stage
from screening.fulltexts.actions import mark_retrieved
from screening.records.models import Record, Standing
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

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


def test_what_waits_is_found_by_the_index_of_open_items() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    waiting = waiting_for(alice(make_review()), TA).filter(order_key__gte=5).order_by("order_key", "pk")
    assert "item_queue" in waiting.values_list("pk")[:1].explain()


def test_the_next_item_past_the_cursor_comes_with_all_that_is_shown_of_it_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    review = make_review()
    reader = alice(review)
    records = list(make_import(review, records=3).records.order_by("number"))
    Standing.objects.filter(record=records[2]).update(lead=records[1], merged_by="rule")
    first, second = open_screening(review)
    vote(reader, first, "include")
    assert advance_cursor(reader, TA) == second
    with django_assert_num_queries(1):
        item = next_item(reader, TA)
        assert item
        assert (item.record.number, item.record.standing.source.name, item.duplicate) == (2, "MEDLINE", records[2].pk)
        assert (item.record.imported_from.format, item.record.standing.run.number) == ("", 1)
    assert [still_waits(reader, TA, number) for number in (1, 2, 3, 4)] == [False, True, False, False]
    vote(reader, second, "include")
    assert next_item(reader, TA) is None
    assert not still_waits(reader, TA, 2)
    assert still_waits(bob(review), TA, 2)


def test_i27_progress_counts_votes_of_each_person() -> None:
    review = make_review()
    make_import(review, records=3)
    first, second, _ = open_screening(review)
    vote(alice(review), first, "include")
    vote(bob(review), first, "include")
    vote(alice(review), second, "exclude")
    members = [alice(review), bob(review)]
    told = numbers_of(members, TA)
    assert [(told[one.pk].voted, told[one.pk].left) for one in members] == [(2, 1), (1, 2)]
    assert [waiting_for(one, TA).count() for one in members] == [1, 2]


def test_a_postponed_item_that_was_voted_on_waits_in_its_place_after_an_undo() -> None:
    from screening.decisions.actions import postpone, withdraw_vote

    review = make_review()
    make_import(review, records=2)
    first, second = open_screening(review)
    reader = alice(review)
    postpone(member=reader, item_id=first.pk)
    assert next_item(reader, TA) == second
    vote(reader, first, "include")
    withdraw_vote(member=reader, item_id=first.pk)
    assert not Postponed.objects.exists()
    assert next_item(reader, TA) == first


def test_i15_an_opened_again_record_that_one_has_ruled_on_is_not_offered_to_its_adjudicator() -> None:
    review = make_review()
    make_import(review, records=2)
    ruled, other = open_screening(review)
    settled(review, ruled, "include", "exclude")
    dan = make_member(review, "Dan Both", Role.REVIEWER, Role.ADJUDICATOR)
    escalate(member=alice(review), item_id=ruled.pk)
    record_own_reading(member=dan, item_id=ruled.pk, answers={})
    rule(member=dan, item_id=ruled.pk, decision=Decision.EXCLUDE, rationale="Not on topic")
    reopen_item(item_id=ruled.pk, lead=lead(review), reason="an erratum")
    assert next_item(dan, TA) == other
    assert next_item(alice(review), TA) == ruled
    assert list(waiting_for(dan, TA)) == [other]
    told = numbers_of([dan, alice(review)], TA)
    assert [(one.voted, one.left) for one in told.values()] == [(0, 1), (0, 2)]


@pytest.mark.parametrize("stage", Stage)
def test_the_numbers_of_a_stage_are_those_of_its_lists_before_and_after_the_reveal(stage: Stage) -> None:
    review = make_review()
    make_import(review, records=5)
    members = [alice(review), bob(review)]
    for item, pair in zip(open_screening(review), ("ee", "ii", "ii", "ie", "i"), strict=True):
        for member, said in zip(members, pair, strict=False):
            vote(member, item, "include" if said == "i" else "exclude")
    told = []
    for _ in range(2):
        for member in members:
            lists = {
                "total": items_of(member, stage),
                "voted": my_votes(member, stage),
                "left": waiting_for(member, stage),
                "awaiting": awaiting_other(member, stage),
                "conflicts": in_conflict(review.pk, stage),
                "excluded": decided(review.pk, stage, Decision.EXCLUDE),
                "included": decided(review.pk, stage, Decision.INCLUDE),
            }
            told.append(asdict(numbers_of([*members, lead(review)], stage)[member.pk]))
            assert told[-1] == asdict(numbers_for(member, stage)), "alone as with the others"
            assert told[-1] == {name: items.count() for name, items in lists.items()}
        reveal(review)
        for record in Record.objects.filter(review=review, number__in=(2, 3)):
            mark_retrieved(member=lead(review), record=record)
    expected = (5, 4, 1, 0, 1, 1, 2) if stage is TA else (2, 0, 2, 0, 0, 0, 0)
    assert tuple(told[-1].values()) == expected, "as Bob is told"
