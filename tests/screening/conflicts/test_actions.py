"""Talking, agreeing, handing over, ruling."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import add_comment, escalate, pick_reason, record_own_reading, rule, take_position
from screening.conflicts.models import Ruling
from screening.conflicts.queue import mine_to_settle, to_rule_on
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision, Stage
from screening.fulltexts.actions import mark_retrieved
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    carol,
    included_record,
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


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def conflict(review: Review) -> Item:
    make_import(review)
    return settled(review, open_screening(review)[0], "include", "exclude")


def test_the_first_comment_opens_the_discussion(review: Review, conflict: Item) -> None:
    add_comment(member=alice(review), item_id=conflict.pk, text="Clinicians were interviewed.")
    conflict.refresh_from_db()
    assert conflict.state == "discussion"


def test_i22_a_final_by_discussion_needs_both_confirmations(review: Review, conflict: Item) -> None:
    assert take_position(member=alice(review), item_id=conflict.pk, decision=Decision.INCLUDE).state == "discussion"
    done = take_position(member=bob(review), item_id=conflict.pk, decision=Decision.INCLUDE)
    assert (done.state, done.decision, done.via) == ("final", "include", "discussion")
    assert list(Vote.objects.order_by("slot").values_list("decision", flat=True)) == ["include", "exclude"], "I21"


def test_two_positions_that_differ_settle_nothing_and_may_be_changed(review: Review, conflict: Item) -> None:
    take_position(member=alice(review), item_id=conflict.pk, decision=Decision.INCLUDE)
    assert take_position(member=bob(review), item_id=conflict.pk, decision=Decision.EXCLUDE).state == "discussion"
    assert take_position(member=alice(review), item_id=conflict.pk, decision=Decision.EXCLUDE).decision == "exclude"


def test_only_the_two_voters_talk(review: Review, conflict: Item) -> None:
    for stranger in (carol(review), lead(review), make_member(review, "Dora Third")):
        with pytest.raises(NotAllowedNow, match="Only those who voted"):
            add_comment(member=stranger, item_id=conflict.pk, text="I think")


def test_nothing_can_be_said_before_the_reveal(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    with pytest.raises(NotAllowedNow):
        add_comment(member=alice(review), item_id=item.pk, text="why")
    assert not mine_to_settle(alice(review), TA).exists()


def test_i15_the_adjudicator_has_never_voted_on_the_item(review: Review, conflict: Item) -> None:
    both = bob(review)
    both.is_adjudicator = True
    both.save()
    escalate(member=alice(review), item_id=conflict.pk)
    with pytest.raises(NotAllowedNow, match="voted on this record yourself"):
        record_own_reading(member=both, item_id=conflict.pk, answers={})
    assert not to_rule_on(both, TA).exists()
    assert list(to_rule_on(carol(review), TA)) == [conflict]


def test_s4_own_answers_come_before_the_ruling(review: Review, conflict: Item) -> None:
    escalate(member=bob(review), item_id=conflict.pk, note="ten more turn on this")
    with pytest.raises(NotAllowedNow, match="own answers"):
        rule(member=carol(review), item_id=conflict.pk, decision=Decision.EXCLUDE, rationale="students")
    record_own_reading(member=carol(review), item_id=conflict.pk, answers={"population": "not_met", "nonsense": "met"})
    ruling = rule(member=carol(review), item_id=conflict.pk, decision=Decision.EXCLUDE, rationale="students only")
    conflict.refresh_from_db()
    assert (conflict.decision, conflict.via, ruling.answers) == ("exclude", "adjudicator", {"population": "not_met"})
    told = AuditEvent.objects.get(verb="settle by adjudicator")
    assert (told.reason, (told.after or {}).get("state")) == ("students only", "final")


def test_a_ruling_needs_its_reason_in_words(review: Review, conflict: Item) -> None:
    escalate(member=bob(review), item_id=conflict.pk)
    record_own_reading(member=carol(review), item_id=conflict.pk, answers={})
    with pytest.raises(NotAllowedNow, match="in words"):
        rule(member=carol(review), item_id=conflict.pk, decision=Decision.INCLUDE, rationale="  ")


def test_p33_the_second_of_two_adjudicators_is_told(review: Review, conflict: Item) -> None:
    second = make_member(review, "Cyril Second", Role.ADJUDICATOR)
    escalate(member=bob(review), item_id=conflict.pk)
    for judge in (carol(review), second):
        record_own_reading(member=judge, item_id=conflict.pk, answers={})
    rule(member=carol(review), item_id=conflict.pk, decision=Decision.INCLUDE, rationale="met")
    with pytest.raises(NotAllowedNow, match="settled or has moved on"):
        rule(member=second, item_id=conflict.pk, decision=Decision.EXCLUDE, rationale="not met")
    twin = Ruling.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_who_opened_the_arguments_no_longer_votes_on_the_item(review: Review, conflict: Item) -> None:
    from screening.decisions.actions import reopen_item

    judge = make_member(review, "Cyril Second", Role.ADJUDICATOR, Role.REVIEWER)
    escalate(member=bob(review), item_id=conflict.pk)
    record_own_reading(member=judge, item_id=conflict.pk, answers={})
    rule(member=judge, item_id=conflict.pk, decision=Decision.INCLUDE, rationale="met")
    reopen_item(item_id=conflict.pk, lead=lead(review), reason="look again")
    with pytest.raises(NotAllowedNow, match="opened the arguments"):
        vote(judge, conflict, "include")


def test_a_clash_of_reasons_ends_when_one_of_the_two_is_picked(review: Review) -> None:
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    report = Item.objects.get(record=record, stage="ft")
    vote(alice(review), report, "exclude", answers={"focus": "not_met"})
    vote(bob(review), report, "exclude", answers={"population": "not_met"})
    reveal(review)
    with pytest.raises(NotAllowedNow, match="one of the two reasons"):
        pick_reason(member=alice(review), item_id=report.pk, reason="scope")
    done = pick_reason(member=lead(review), item_id=report.pk, reason="focus")
    assert (done.state, done.decision, done.reason, done.via) == ("final", "exclude", "focus", "agreement")
