"""Late duplicates (R2): a merge of records that were decided apart, and its undo."""

from __future__ import annotations

import uuid

import pytest

from screening.conflicts.actions import add_comment, escalate, pick_reason
from screening.decisions.models import Item
from screening.dedupe.actions import answer_card, undo_answer
from screening.dedupe.models import Answer, CandidateCard
from screening.fulltexts.actions import mark_retrieved
from screening.prisma.counts import fates_now
from screening.reviews.models import Review
from tests.factories import (
    alice,
    bob,
    included_record,
    lead,
    make_import,
    make_review,
    open_screening,
    reveal,
    run_jobs,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def decided_apart(review: Review) -> list[Item]:
    """Two records, the first included, the second excluded."""
    make_import(review, records=2)
    first, second = open_screening(review)
    return [settled(review, first, "include", "include"), settled(review, second, "exclude", "exclude")]


def _merge(review: Review, items: list[Item]) -> uuid.UUID:
    members = [item.record_id for item in items]
    card = CandidateCard.objects.create(
        review=review, key="both", members=members, score=0.8, reason="Same title.", kind="same"
    )
    act = answer_card(member=lead(review), card=card, answer=Answer.SAME)
    run_jobs(review)
    items[0].refresh_from_db()
    return act


def _part(review: Review, act: uuid.UUID, item: Item) -> None:
    undo_answer(member=lead(review), act=act)
    run_jobs(review)
    item.refresh_from_db()


def test_i10_a_merge_undone_while_its_conflict_is_talked_about_leaves_no_conflict(
    review: Review, decided_apart: list[Item]
) -> None:
    before = fates_now(review)
    act = _merge(review, decided_apart)
    assert decided_apart[0].state == "conflict"
    add_comment(member=alice(review), item_id=decided_apart[0].pk, text="The other one was excluded.")
    _part(review, act, decided_apart[0])
    assert (decided_apart[0].state, decided_apart[0].decision) == ("final", "include")
    assert fates_now(review) == before


def test_i10_a_merge_undone_while_the_adjudicator_has_its_conflict_may_be_made_and_handed_over_again(
    review: Review, decided_apart: list[Item]
) -> None:
    item = decided_apart[0]
    act = _merge(review, decided_apart)
    escalate(member=alice(review), item_id=item.pk)
    _part(review, act, item)
    assert item.state == "final"
    CandidateCard.objects.all().delete()
    _merge(review, decided_apart)
    assert item.state == "conflict"
    assert escalate(member=bob(review), item_id=item.pk).state == "arbitration"


def test_i10_a_reason_that_was_picked_is_the_reason_again_once_the_merge_is_undone(review: Review) -> None:
    items = []
    for _ in range(2):
        record = included_record(review)
        mark_retrieved(member=alice(review), record=record)
        items.append(Item.objects.get(record=record, stage="ft"))
    vote(alice(review), items[0], "exclude", answers={"focus": "not_met"})
    vote(bob(review), items[0], "exclude", answers={"population": "not_met"})
    reveal(review)
    pick_reason(member=alice(review), item_id=items[0].pk, reason="focus")
    settled(review, items[1], "include", "include")
    before = fates_now(review)
    act = _merge(review, items)
    assert items[0].state == "conflict"
    _part(review, act, items[0])
    assert (items[0].state, items[0].decision, items[0].reason) == ("final", "exclude", "focus")
    assert fates_now(review) == before


def test_a_clash_of_reasons_that_nobody_settled_stays_one(review: Review) -> None:
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    item = Item.objects.get(record=record, stage="ft")
    vote(alice(review), item, "exclude", answers={"focus": "not_met"})
    vote(bob(review), item, "exclude", answers={"population": "not_met"})
    reveal(review)
    add_comment(member=alice(review), item_id=item.pk, text="Which one?")
    open_screening(review)
    item.refresh_from_db()
    assert item.state == "discussion"
