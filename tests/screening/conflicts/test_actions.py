"""Talking, agreeing, handing over, ruling."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import (
    add_comment,
    escalate,
    pick_reason,
    put_off_ruling,
    read_mentions,
    record_own_reading,
    rule,
    take_back_hand_over,
    take_position,
)
from screening.conflicts.models import Escalation, Mention, OwnReading, Ruling
from screening.conflicts.queue import callable_by, mine_to_settle, to_rule_on, unread_mentions
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision, Stage
from screening.fulltexts.actions import mark_retrieved
from screening.jobs.models import Job
from screening.prisma.check import check
from screening.protocol.actions import freeze_protocol, set_stage_rules
from screening.protocol.versions import draft_of
from screening.reviews.models import Letters, Review
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


def _report(review: Review) -> Item:
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    return Item.objects.get(record=record, stage="ft")


def test_where_the_order_decides_two_reasons_are_no_conflict_neither_at_first_nor_after_the_talk() -> None:
    review = make_review(frozen=False)
    draft = draft_of(review)
    assert draft is not None
    set_stage_rules(version=draft, actor=lead(review).user, reason_clash="by_order")
    freeze_protocol(version=draft, actor=lead(review).user)
    report = _report(review)
    vote(alice(review), report, "exclude", answers={"scope": "not_met"})
    done = vote(bob(review), report, "exclude", answers={"focus": "not_met"})
    assert (done.state, done.decision, done.reason, done.via) == ("final", "exclude", "focus", "agreement")
    other = _report(review)
    vote(alice(review), other, "include")
    vote(bob(review), other, "exclude", answers={"scope": "not_met"})
    reveal(review)
    take_position(member=alice(review), item_id=other.pk, decision=Decision.EXCLUDE, reason="language")
    done = take_position(member=bob(review), item_id=other.pk, decision=Decision.EXCLUDE, reason="scope")
    assert (done.state, done.decision, done.reason, done.via) == ("final", "exclude", "language", "discussion")
    assert not [one for one in check(review).violations if "confirmations" in str(one)], "I22"


def test_where_people_pick_the_reason_both_have_to_name_the_same(review: Review) -> None:
    report = _report(review)
    vote(alice(review), report, "include")
    vote(bob(review), report, "exclude", answers={"scope": "not_met"})
    reveal(review)
    take_position(member=alice(review), item_id=report.pk, decision=Decision.EXCLUDE, reason="language")
    done = take_position(member=bob(review), item_id=report.pk, decision=Decision.EXCLUDE, reason="scope")
    assert done.state == "discussion"
    done = take_position(member=bob(review), item_id=report.pk, decision=Decision.EXCLUDE, reason="language")
    assert (done.state, done.reason) == ("final", "language")


def test_a_hand_over_is_taken_back_until_an_adjudicator_has_opened_it(review: Review, conflict: Item) -> None:
    escalate(member=alice(review), item_id=conflict.pk)
    with pytest.raises(NotAllowedNow, match="One of those who voted"):
        take_back_hand_over(member=make_member(review, "Dora Third"), item_id=conflict.pk)
    assert take_back_hand_over(member=bob(review), item_id=conflict.pk).state == "conflict"
    with pytest.raises(NotAllowedNow, match="moved on"):
        take_back_hand_over(member=bob(review), item_id=conflict.pk)
    add_comment(member=bob(review), item_id=conflict.pk, text="Once more, please.")
    escalate(member=lead(review), item_id=conflict.pk, note="enough")
    assert take_back_hand_over(member=lead(review), item_id=conflict.pk).state == "discussion"
    escalate(member=bob(review), item_id=conflict.pk)
    record_own_reading(member=carol(review), item_id=conflict.pk, answers={})
    with pytest.raises(NotAllowedNow, match="opened this conflict already"):
        take_back_hand_over(member=bob(review), item_id=conflict.pk)
    assert Escalation.objects.filter(taken_back_at__isnull=True).count() == 1
    assert Escalation.objects.filter(taken_back_by=bob(review)).count() == 1
    assert AuditEvent.objects.filter(verb="take back hand-over").count() == 2


def test_the_database_keeps_one_hand_over_a_round_and_knows_who_it_is_from(review: Review, conflict: Item) -> None:
    escalate(member=alice(review), item_id=conflict.pk)
    handed = Escalation.objects.get()
    for wrong in ({"pk": None}, {"after_days": 3}, {"member": None}, {"taken_back_by": alice(review)}):
        twin = Escalation.objects.get(pk=handed.pk)
        for name, value in wrong.items():
            setattr(twin, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()


def test_a_mention_waits_for_whoever_is_called_until_it_is_read(review: Review, conflict: Item) -> None:
    dora, judge = make_member(review, "Dora Third"), carol(review)
    assert callable_by(alice(review), conflict) == [bob(review), dora, lead(review)], "no adjudicator who may rule"
    text = "@Bob Baker, see @Dora and @Carol Chen"
    add_comment(member=alice(review), item_id=conflict.pk, text=text, mentions=[lead(review).pk, judge.pk, 10**9])
    called = set(Mention.objects.values_list("member", flat=True))
    assert called == {bob(review).pk, dora.pk, lead(review).pk}
    assert list(mine_to_settle(dora, TA)) == [conflict]
    assert read_mentions(member=dora, item_id=conflict.pk) == 1
    assert not mine_to_settle(dora, TA).exists()
    add_comment(member=bob(review), item_id=conflict.pk, text="Seen.")
    assert not unread_mentions(bob(review)).exists(), "whoever answers has read it"
    assert unread_mentions(lead(review)).exists()
    for member in (alice(review), bob(review)):
        take_position(member=member, item_id=conflict.pk, decision=Decision.INCLUDE)
    assert not unread_mentions(lead(review)).exists(), "what is settled waits for nobody"


def test_a_letter_is_asked_for_only_where_somebody_called_wants_it_at_once(review: Review, conflict: Item) -> None:
    add_comment(member=alice(review), item_id=conflict.pk, text="@Bob")
    assert not Job.objects.filter(name="letters.mentions").exists()
    eager = bob(review)
    eager.letters = Letters.AT_ONCE
    eager.save()
    add_comment(member=alice(review), item_id=conflict.pk, text="@Bob")
    assert Job.objects.get(name="letters.mentions").review_id == review.pk


def test_an_undecided_adjudicator_keeps_the_words_and_sees_the_others_first(review: Review) -> None:
    make_import(review, records=2)
    items = [settled(review, item, "include", "exclude") for item in open_screening(review)]
    for item in items:
        escalate(member=alice(review), item_id=item.pk)
    with pytest.raises(NotAllowedNow, match="own answers"):
        put_off_ruling(member=carol(review), item_id=items[0].pk, draft="")
    record_own_reading(member=carol(review), item_id=items[0].pk, answers={})
    put_off_ruling(member=carol(review), item_id=items[0].pk, draft=" Perhaps out. ")
    assert list(to_rule_on(carol(review), TA)) == [items[1], items[0]]
    assert OwnReading.objects.get().draft == "Perhaps out."
    ruled = rule(member=carol(review), item_id=items[0].pk, decision=Decision.EXCLUDE, rationale="Out.")
    assert ruled.decision == "exclude"
