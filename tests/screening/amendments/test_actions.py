"""Proposals from a discussion, what an amendment touches, and screening touched records again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from screening.amendments.actions import decline, propose, screen_again, take_up
from screening.amendments.models import Proposal
from screening.amendments.queue import count_sealed, proposals_for, touched, touches
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import take_position
from screening.conflicts.models import Comment
from screening.decisions.models import Item, Vote
from screening.decisions.queue import next_item
from screening.decisions.verdict import Decision, Stage
from screening.protocol.actions import add_criterion, discard_draft, edit_criterion, freeze_protocol, start_amendment
from screening.protocol.models import ProtocolVersion
from screening.reviews.models import Review
from tests.factories import (
    alice,
    bob,
    carol,
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
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def conflict(review: Review) -> Item:
    make_import(review)
    return settled(review, open_screening(review)[0], "include", "exclude")


def test_a_proposal_of_a_voter_stands_in_the_thread_and_becomes_a_draft_that_a_lead_publishes(
    review: Review, conflict: Item
) -> None:
    proposal = propose(member=alice(review), item_id=conflict.pk, key="population", text="Name residents.")
    assert Comment.objects.get().text == "Proposes a change of Population: Name residents."
    draft = take_up(proposal=proposal, actor=lead(review).user, reason="Population: made clearer.")
    proposal.refresh_from_db()
    assert (draft.number, draft.is_draft, draft.reason) == (2, True, "Population: made clearer.")
    assert proposal.version == draft
    second = propose(member=lead(review), item_id=conflict.pk, key="focus", text="Name barriers.")
    assert Comment.objects.count() == 1, "a lead who did not vote writes no comment"
    assert take_up(proposal=second, actor=lead(review).user, reason="").pk == draft.pk, "one draft takes both"
    with pytest.raises(NotAllowedNow, match="answered already"):
        decline(proposal=proposal, actor=lead(review).user, answer="No.")
    discard_draft(version=draft, actor=lead(review).user)
    proposal.refresh_from_db()
    assert proposal.version is None, "open again"
    with pytest.raises(NotAllowedNow, match="Say why the criterion stays"):
        decline(proposal=proposal, actor=lead(review).user, answer=" ")
    assert decline(proposal=proposal, actor=lead(review).user, answer="It is clear.").answer == "It is clear."


def test_only_voters_and_leads_propose_and_only_about_a_criterion_of_the_conflict(
    review: Review, conflict: Item
) -> None:
    with pytest.raises(NotAllowedNow, match="One of those who voted, or a lead"):
        propose(member=make_member(review, "Dora Third"), item_id=conflict.pk, key="focus", text="Hm")
    for key, text in (("nonsense", "Hm"), ("focus", "  ")):
        with pytest.raises(NotAllowedNow, match="Choose a criterion"):
            propose(member=alice(review), item_id=conflict.pk, key=key, text=text)
    for member in (alice(review), bob(review)):
        take_position(member=member, item_id=conflict.pk, decision=Decision.INCLUDE)
    with pytest.raises(NotAllowedNow, match="settled or has moved on"):
        propose(member=alice(review), item_id=conflict.pk, key="focus", text="Hm")


def test_s4_whoever_may_rule_reads_no_proposal_before_its_conflict_is_final(review: Review, conflict: Item) -> None:
    propose(member=alice(review), item_id=conflict.pk, key="focus", text="Name barriers.")
    assert proposals_for(bob(review)).count() == 1
    assert not proposals_for(carol(review)).exists()
    for member in (alice(review), bob(review)):
        take_position(member=member, item_id=conflict.pk, decision=Decision.INCLUDE)
    assert proposals_for(carol(review)).count() == 1


def test_the_database_keeps_no_proposal_both_declined_and_taken_up(review: Review, conflict: Item) -> None:
    proposal = propose(member=alice(review), item_id=conflict.pk, key="focus", text="Name barriers.")
    draft = take_up(proposal=proposal, actor=lead(review).user, reason="Because")
    for wrong in ({"text": ""}, {"answer": "No"}, {"version": draft, "answer": "No", "declined_at": proposal.at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**wrong)


def _decided(review: Review, n: int = 4) -> list[Item]:
    """Excluded for focus; included with focus met; excluded without an answer; and one that holds a sealed vote on focus."""
    make_import(review, records=n)
    items = open_screening(review)
    for member in (alice(review), bob(review)):
        vote(member, items[0], "exclude", answers={"focus": "not_met"})
        vote(member, items[1], "include", answers={"focus": "met", "scope": "met"})
        vote(member, items[2], "exclude")
    vote(alice(review), items[3], "include", answers={"focus": "met"})
    reveal(review)
    return items


def _amended(review: Review, *, frozen: bool = True) -> ProtocolVersion:
    """Version 2: focus reads otherwise, and there is a new criterion."""
    actor = lead(review).user
    draft = start_amendment(review=review, reason="Clearer", actor=actor)
    edit_criterion(criterion=draft.criteria.get(key="focus"), actor=actor, met_when="Names a barrier or a help")
    add_criterion(version=draft, actor=actor, label="Setting", met_when="A teaching hospital", at_ft=False)
    return freeze_protocol(version=draft, actor=actor) if frozen else draft


@pytest.mark.parametrize("frozen", [False, True])
def test_a_changed_criterion_touches_decided_records_whose_votes_used_it(review: Review, frozen: bool) -> None:
    items = _decided(review)
    version = _amended(review, frozen=frozen)
    found = {touch.key: touch for touch in touches(version)}
    assert {key: (touch.what, touch.n) for key, touch in found.items()} == {
        "focus": ("met when changed", 2),
        "setting": ("added", 3),
    }
    assert [(one.stage, one.decision, one.n) for one in found["focus"].numbers] == [
        (TA, Decision.INCLUDE, 1),
        (TA, Decision.EXCLUDE, 1),
    ]
    assert set(touched(version, "focus", TA)) == {items[0], items[1]}
    assert count_sealed(version) == 1


def test_b2_what_sealed_votes_answered_changes_no_number(review: Review) -> None:
    make_import(review, records=2)
    items = open_screening(review)
    version = _amended(review)
    told = []
    for answers in ({"focus": "met"}, {}):
        vote(alice(review), items[0], "include", answers=answers)
        told.append(([(touch.key, touch.n) for touch in touches(version)], count_sealed(version)))
    assert told[0] == told[1] == ([("focus", 0), ("setting", 0)], 1)


def test_i23_chosen_records_get_a_new_round_under_the_version_in_force_and_keep_the_old_one(review: Review) -> None:
    items = _decided(review)
    version = _amended(review)
    chosen = [items[0].pk, items[2].pk, items[3].pk]
    n = screen_again(
        member=lead(review), version=version, key="focus", stage=TA, item_ids=chosen, reason="Focus is wider now"
    )
    assert n == 1, "neither one that did not use the criterion, nor one that is not decided"
    items[0].refresh_from_db()
    assert (items[0].state, items[0].round, items[0].protocol) == ("open", 2, None)
    assert Vote.objects.filter(item=items[0], round=1).count() == 2
    told = AuditEvent.objects.get(verb="reopen")
    assert told.reason == "Version 2 of the protocol: Focus is wider now"
    assert next_item(alice(review), TA) == items[0]
    vote(alice(review), items[0], "include")
    assert Vote.objects.get(item=items[0], round=2).protocol == version
    assert set(touched(version, "focus", TA)) == {items[1]}


def test_screening_again_wants_a_reason_the_version_in_force_and_a_choice(review: Review) -> None:
    items = _decided(review)
    draft = _amended(review, frozen=False)
    asked = {"member": lead(review), "key": "focus", "stage": TA, "item_ids": [items[0].pk]}
    with pytest.raises(NotAllowedNow, match="version in force"):
        screen_again(version=draft, reason="Wider", **asked)  # type: ignore[arg-type]
    version = freeze_protocol(version=draft, actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match="Say why"):
        screen_again(version=version, reason=" ", **asked)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedNow, match="at least one"):
        screen_again(version=version, reason="Wider", **{**asked, "item_ids": [items[2].pk]})  # type: ignore[arg-type]
    with pytest.raises(NotAllowedNow, match="at most 200"):
        screen_again(version=version, reason="Wider", **{**asked, "item_ids": range(201)})  # type: ignore[arg-type]
    assert not AuditEvent.objects.filter(verb="reopen").exists()
