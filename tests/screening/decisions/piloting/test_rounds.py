"""A pilot round: all its reviewers vote on the sample, nothing else is offered, and it ends by its gate or with a reason."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import take_position
from screening.decisions.actions import reopen_item
from screening.decisions.models import Item, Vote
from screening.decisions.pairs import agreement_of
from screening.decisions.piloting.models import Pilot
from screening.decisions.piloting.rounds import end_pilot, start_pilot, tally_of, votes_by_reviewer
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Decision, Stage
from screening.prisma.check_votes import each_state_follows_from_the_votes, one_active_vote_each
from screening.protocol.actions import freeze_protocol, set_stage_rules, start_amendment
from screening.reviews.actions import end_membership
from screening.reviews.models import Membership, Review
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    reveal,
    run_jobs,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT
NAMES = ("Alice Archer", "Bob Baker", "Dan Dorn", "Eve Early")


def _screening(records: int = 14, people: int = 3) -> tuple[Review, list[Membership]]:
    review = make_review()
    make_import(review, records=records)
    open_screening(review)
    return review, [make_member(review, name) for name in NAMES[:people]]


def _pilot(review: Review, readers: list[Membership], size: int = 10) -> Pilot:
    return start_pilot(lead=lead(review), stage=TA, size=size, gate=75, readers=readers)


def _read(readers: list[Membership], split: int = 0) -> None:
    """Everybody votes on all that is offered: exclude, but the first one includes ``split`` records."""
    for place, reader in enumerate(readers):
        for n, item in enumerate(waiting_for(reader, TA).order_by("pk")):
            vote(reader, item, "include" if place == 0 and n < split else "exclude")
    reveal(readers[0].review)


def _sound(review: Review) -> bool:
    return not [*each_state_follows_from_the_votes(review), *one_active_vote_each(review)]


def test_s5_all_reviewers_vote_on_the_sample_and_on_nothing_else_until_the_gate_is_passed() -> None:
    review, readers = _screening()
    pilot = _pilot(review, readers)
    assert [waiting_for(one, TA).count() for one in readers] == [10, 10, 10]
    assert waiting_for(make_member(review, "Eve Early"), TA).count() == 0
    ann, ben, dan = readers
    item = next_item(ann, TA)
    assert item is not None
    assert item.pilot == 1
    vote(ann, item, "maybe")
    vote(ben, item, "include")
    item.refresh_from_db()
    assert (item.state, item.reveal_at) == ("partial", None), "two of three votes leave it sealed"
    assert tally_of(pilot).done == 0
    assert [n for _, n in votes_by_reviewer(pilot)] == [1, 1, 0]
    vote(dan, item, "include")
    with pytest.raises(NotAllowedNow, match="not passed"):
        end_pilot(lead=lead(review), stage=TA)
    _read(readers, split=3)
    found = tally_of(pilot)
    assert (found.done, found.pairs, found.agreed, found.unanimous) == (10, 30, 24, 7)
    ended = end_pilot(lead=lead(review), stage=TA)
    assert ended.outcome == "passed"
    assert [waiting_for(one, TA).count() for one in readers] == [4, 4, 4]
    assert Vote.objects.filter(in_pilot=True, slot=3).count() == 10
    assert _sound(review)
    first = agreement_of(review, TA)
    assert {found.reviewers for found in first if found.n == 10} == {
        (a, b) for a in NAMES[:3] for b in NAMES[:3] if a < b
    }


def test_i22_a_pilot_conflict_is_settled_when_all_its_voters_agree() -> None:
    review, readers = _screening()
    _pilot(review, readers)
    _read(readers, split=1)
    clash = Item.objects.get(state="conflict")
    for one in readers[:2]:
        take_position(member=one, item_id=clash.pk, decision=Decision.INCLUDE)
    clash.refresh_from_db()
    assert clash.state == "discussion"
    take_position(member=readers[2], item_id=clash.pk, decision=Decision.INCLUDE)
    clash.refresh_from_db()
    assert (clash.state, clash.via) == ("final", "discussion")


def test_without_the_gate_the_stage_opens_with_a_reason_that_is_logged() -> None:
    review, readers = _screening()
    _pilot(review, readers)
    for item in Item.objects.filter(pilot=1).order_by("pk")[:2]:
        vote(readers[0], item, "include")
    second = Item.objects.filter(pilot=1).order_by("pk")[1]
    vote(readers[1], second, "exclude")
    ended = end_pilot(lead=lead(review), stage=TA, reason="The deadline is near")
    assert ended.outcome == "overridden"
    assert AuditEvent.objects.get(verb="end pilot").reason == "The deadline is near"
    second.refresh_from_db()
    assert (second.state, second.voters) == ("conflict", 2), "two votes are enough now"
    assert [waiting_for(one, TA).count() for one in readers] == [12, 13, 13]
    assert not Assignment.objects.exists()
    assert _sound(review)


def test_a_second_round_draws_other_records_and_one_runs_at_a_time() -> None:
    review, readers = _screening(records=24)
    first = _pilot(review, readers)
    with pytest.raises(NotAllowedNow, match="under way"):
        _pilot(review, readers)
    _read(readers, split=8)
    assert not tally_of(first).passes(75)
    assert end_pilot(lead=lead(review), stage=TA, again=True).outcome == "repeated"
    assert _pilot(review, readers).number == 2
    assert Item.objects.filter(pilot=1).count() == Item.objects.filter(pilot=2).count() == 10


def test_s5_votes_of_a_pilot_are_set_aside_where_the_criteria_changed() -> None:
    review, readers = _screening(people=2)
    _pilot(review, readers)
    with pytest.raises(NotAllowedNow, match="set aside once"):
        end_pilot(lead=lead(review), stage=TA, reason="Unclear", void=True)
    _read(readers, split=8)
    end_pilot(lead=lead(review), stage=TA, again=True, reason="Focus was unclear", void=True)
    assert [waiting_for(one, TA).count() for one in readers] == [14, 14]
    assert Vote.objects.active().count() == 0
    assert Vote.objects.count() == 20, "they are kept"
    assert set(Item.objects.values_list("pilot", "voters", "pool")) == {(0, 2, 2)}
    assert AuditEvent.objects.filter(verb="reopen", reason="Focus was unclear").count() == 10
    assert _sound(review)


def test_s6_a_round_waits_no_longer_for_who_left_it() -> None:
    review, readers = _screening()
    _pilot(review, readers)
    ann, ben, dan = readers
    _read([ann, ben])
    item = Item.objects.filter(pilot=1).order_by("pk")[0]
    vote(dan, item, "include")
    end_membership(member=dan, actor=lead(review).user)
    run_jobs(review)
    states = list(Item.objects.filter(pilot=1).order_by("pk").values_list("state", "voters"))
    assert states == [("conflict", 3)] + [("final", 2)] * 9
    assert Vote.objects.active().filter(reviewer=dan).count() == 1
    assert _sound(review)


@pytest.mark.parametrize("mode", ["single", "liberal"])
def test_s5_a_pilot_is_independent_in_any_mode(mode: str) -> None:
    review, readers = _screening(people=2)
    draft = start_amendment(review=review, reason="Fewer hands", actor=lead(review).user)
    set_stage_rules(version=draft, actor=lead(review).user, ta_mode=mode)
    freeze_protocol(version=draft, actor=lead(review).user)
    pilot = _pilot(review, readers)
    _read(readers, split=1)
    assert tally_of(pilot).pairs == 10
    assert next(found.found is not None for found in agreement_of(review, TA) if found.n == 10)
    end_pilot(lead=lead(review), stage=TA)
    item = next_item(readers[0], TA)
    assert item is not None
    assert vote(readers[0], item, "include").state == "final"
    assert _sound(review)


def test_a_pilot_needs_two_readers_ten_records_and_a_frozen_protocol() -> None:
    review, readers = _screening(records=9)
    with pytest.raises(NotAllowedNow, match="two reviewers"):
        _pilot(review, readers[:1])
    with pytest.raises(NotAllowedNow, match="there are only 9"):
        _pilot(review, readers)
    draft = make_review("Another review", frozen=False)
    with pytest.raises(NotAllowedNow, match="draft"):
        start_pilot(lead=lead(draft), stage=TA, size=25, gate=75, readers=[alice(draft), bob(draft)])


def test_s2_outside_a_pilot_no_third_vote_is_possible() -> None:
    _, readers = _screening()
    item = Item.objects.all()[0]
    for one in readers[:2]:
        vote(one, item, "include")
    with pytest.raises(NotAllowedNow, match="Two votes"):
        vote(readers[2], item, "include")
    made = Vote.objects.all()[0]
    made.pk, made.slot, made.reviewer = None, 3, readers[2]
    with pytest.raises(IntegrityError, match="vote_two_slots"), transaction.atomic():
        made.save(force_insert=True)
    with pytest.raises(IntegrityError, match="item_more_voters"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(voters=3)


def test_s5_a_record_that_was_voted_on_in_an_earlier_round_is_not_drawn() -> None:
    review, readers = _screening(records=11)
    opened = settled(review, Item.objects.earliest("pk"), "exclude", "exclude")
    reopen_item(item_id=opened.pk, lead=lead(review), reason="Found eligible when read again.")
    assert _pilot(review, readers, size=25).size == 10
    opened.refresh_from_db()
    assert opened.pilot == 0
