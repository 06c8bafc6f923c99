"""Casting, changing and taking back votes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import postpone, reopen_item, withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.queue import awaiting_other, next_item, waiting_for
from screening.decisions.verdict import Stage
from screening.fulltexts.actions import mark_retrieved
from screening.protocol.actions import freeze_protocol
from screening.protocol.models import ProtocolVersion
from screening.protocol.versions import draft_of
from screening.reviews.actions import end_membership
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


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def item(review: Review) -> Item:
    make_import(review)
    return open_screening(review)[0]


def test_one_vote_leaves_the_item_half_voted_and_two_settle_it(review: Review, item: Item) -> None:
    assert vote(alice(review), item, "include").state == "partial"
    done = vote(bob(review), item, "maybe")
    assert (done.state, done.decision, done.via, done.votes_in) == ("final", "include", "agreement", 2)


def test_i13_a_second_vote_of_the_same_reviewer_changes_the_first(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    vote(alice(review), item, "exclude", note="students only")
    only = Vote.objects.active().get(item=item)
    assert (only.decision, only.note) == ("exclude", "students only")


def test_i13_the_database_refuses_two_active_votes_of_one_reviewer(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    twin = Vote.objects.get(item=item)
    twin.pk, twin.slot = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_s2_a_third_vote_is_refused(review: Review, item: Item) -> None:
    settled(review, item, "include", "exclude")
    with pytest.raises(NotAllowedNow, match="Two votes are already in"):
        vote(make_member(review, "Dora Third"), item, "include")
    assert Vote.objects.filter(item=item).count() == 2


def test_i14_only_reviewers_of_the_review_vote(review: Review, item: Item) -> None:
    with pytest.raises(NotAllowedNow, match="Only active reviewers"):
        vote(carol(review), item, "include")
    with pytest.raises(NotAllowedNow, match="not part of this review"):
        vote(alice(make_review("Another review")), item, "include")


def test_i24_nobody_votes_before_the_protocol_is_frozen() -> None:
    review = make_review(frozen=False)
    make_import(review)
    with pytest.raises(NotAllowedNow, match="still a draft"):
        vote(alice(review), open_screening(review)[0], "include")


def test_s1_the_vote_that_completes_the_pair_can_be_taken_back_within_the_window(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    back = withdraw_vote(member=bob(review), item_id=item.pk)
    assert (back.state, back.votes_in, back.reveal_at) == ("partial", 1, None)
    assert next_item(bob(review), Stage.TITLE_ABSTRACT) == item


def test_s1_the_window_is_the_length_the_user_chose(review: Review, item: Item) -> None:
    member = bob(review)
    member.user.undo_seconds = 60
    member.user.save()
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    with time_machine.travel(timezone.now() + timedelta(seconds=50), tick=False):
        assert withdraw_vote(member=bob(review), item_id=item.pk).state == "partial"


def test_i20_after_the_reveal_no_vote_is_taken_back_or_changed(review: Review, item: Item) -> None:
    settled(review, item, "include", "exclude")
    with pytest.raises(NotAllowedNow, match="window has passed"):
        withdraw_vote(member=bob(review), item_id=item.pk)
    with pytest.raises(NotAllowedNow, match="no longer be changed"):
        vote(bob(review), item, "include")


def test_p20_once_the_pair_is_complete_the_first_voter_changes_nothing_even_in_the_window(
    review: Review, item: Item
) -> None:
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    with pytest.raises(NotAllowedNow):
        vote(alice(review), item, "exclude")
    with pytest.raises(NotAllowedNow, match="The last vote has come in"):
        withdraw_vote(member=alice(review), item_id=item.pk)


def test_p20_until_the_reveal_a_complete_pair_looks_half_voted(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    seen = Item.objects.seen().get(pk=item.pk)
    assert (seen.seen_state, seen.seen_decision) == ("partial", "")  # type: ignore[attr-defined]
    assert list(awaiting_other(alice(review), Stage.TITLE_ABSTRACT)) == [item]
    reveal(review)
    assert Item.objects.seen().get(pk=item.pk).seen_state == "conflict"  # type: ignore[attr-defined]


def test_b2_nobody_sees_anothers_sealed_vote_whatever_their_role(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    everyone = [bob(review), lead(review), carol(review), make_member(review, "Olga Observer", Role.OBSERVER)]
    assert [list(Vote.objects.visible_to(member)) for member in everyone] == [[], [], [], []]
    assert Vote.objects.visible_to(alice(review)).count() == 1
    vote(bob(review), item, "include")
    assert Vote.objects.visible_to(bob(review)).count() == 1, "sealed until the window has passed"
    reveal(review)
    assert Vote.objects.visible_to(lead(review)).count() == 2


def test_i23_reopening_needs_a_reason_and_raises_the_round(review: Review, item: Item) -> None:
    settled(review, item, "exclude", "exclude")
    with pytest.raises(NotAllowedNow, match="needs a reason"):
        reopen_item(item_id=item.pk, lead=lead(review), reason=" ")
    again = reopen_item(item_id=item.pk, lead=lead(review), reason="criterion 2 was misread")
    assert (again.state, again.round, again.votes_in) == ("open", 2, 0)
    assert Vote.objects.filter(item=item, round=1).count() == 2, "first votes stay for ever"
    assert next_item(alice(review), Stage.TITLE_ABSTRACT) == item
    vote(alice(review), item, "include")
    assert vote(bob(review), item, "include").decision == "include"


def test_postponed_items_come_last(review: Review) -> None:
    make_import(review, records=3)
    first, second, third = open_screening(review)
    postpone(member=alice(review), item_id=first.pk)
    order = []
    while waiting := next_item(alice(review), Stage.TITLE_ABSTRACT):
        order.append(waiting)
        vote(alice(review), waiting, "include")
    assert order == [second, third, first]


def test_with_any_cursor_every_open_item_is_offered_to_all_who_may_vote(review: Review) -> None:
    make_import(review, records=4)
    items = open_screening(review)
    for item in items:
        vote(alice(review), item, "include")
    assert next_item(alice(review), Stage.TITLE_ABSTRACT) is None
    withdraw_vote(member=alice(review), item_id=items[1].pk)
    assert next_item(alice(review), Stage.TITLE_ABSTRACT) == items[1]
    assert [next_item(bob(review), Stage.TITLE_ABSTRACT)] == items[:1]
    make_import(review, search="Update")
    assert waiting_for(alice(review), Stage.TITLE_ABSTRACT).count() == 1
    open_screening(review)
    assert waiting_for(alice(review), Stage.TITLE_ABSTRACT).count() == 2


def test_s7_records_in_an_unread_language_stay_pending(review: Review) -> None:
    make_import(review, languages=["zh"])
    open_screening(review)
    reader = make_member(review, "Ed English", languages=("en",))
    assert next_item(reader, Stage.TITLE_ABSTRACT) is None
    assert next_item(alice(review), Stage.TITLE_ABSTRACT) is not None


def test_every_vote_leaves_a_sealed_audit_row(review: Review, item: Item) -> None:
    vote(alice(review), item, "include", note="clear")
    event = AuditEvent.objects.get(verb="cast vote")
    assert (event.sealed, event.item_id, event.round, (event.after or {}).get("note")) == (True, item.pk, 1, "clear")


def test_i18_an_include_at_title_and_abstract_beside_a_failed_criterion_says_why_too(
    review: Review, item: Item
) -> None:
    failed = {"focus": "not_met", "scope": "met"}
    with pytest.raises(NotAllowedNow, match="say why it is included all the same"):
        vote(alice(review), item, "include", answers=failed, override="  ")
    assert not Vote.objects.exists()
    for decision in ("exclude", "maybe"):
        vote(alice(review), item, decision, answers=failed)
    vote(alice(review), item, "include", answers=failed, override="The title misleads.")
    assert Vote.objects.get().override == "The title misleads."
    vote(alice(review), item, "include", answers={"focus": "met"}, override="The title misleads.")
    assert Vote.objects.get().override == "", "nothing is overridden where nothing failed"


class TestFullText:
    @pytest.fixture
    def report(self, review: Review) -> Item:
        record = included_record(review)
        mark_retrieved(member=alice(review), record=record)
        return Item.objects.get(record=record, stage="ft")

    def test_i17_an_exclude_needs_a_criterion_that_is_not_met(self, review: Review, report: Item) -> None:
        with pytest.raises(NotAllowedNow, match="needs one reason"):
            vote(alice(review), report, "exclude")
        with pytest.raises(NotAllowedNow, match="needs one reason"):
            vote(alice(review), report, "exclude", reason="focus", answers={"focus": "met"})
        vote(alice(review), report, "exclude", answers={"scope": "not_met", "focus": "not_met"})
        assert Vote.objects.get(item=report).reason == "focus", "the first failed criterion in protocol order"

    def test_i18_an_include_with_a_failed_criterion_needs_an_override(self, review: Review, report: Item) -> None:
        with pytest.raises(NotAllowedNow, match="say why"):
            vote(alice(review), report, "include", answers={"publication_type": "not_met"})
        vote(
            alice(review),
            report,
            "include",
            answers={"publication_type": "not_met"},
            override="seminal proceedings paper",
        )
        assert Vote.objects.get(item=report).override == "seminal proceedings paper"

    def test_two_reasons_for_one_exclusion_are_a_conflict_of_reasons(self, review: Review, report: Item) -> None:
        vote(alice(review), report, "exclude", answers={"focus": "not_met"})
        assert vote(bob(review), report, "exclude", answers={"population": "not_met"}).state == "reason_conflict"

    def test_i31_a_report_that_is_not_at_hand_is_not_reviewed(self, review: Review) -> None:
        record = included_record(review)
        item = Item.objects.create(review=review, record=record, stage="ft")
        with pytest.raises(NotAllowedNow, match="not at hand"):
            vote(alice(review), item, "include")

    def test_reopened_title_and_abstract_freezes_the_report_and_include_restores_it(
        self, review: Review, report: Item
    ) -> None:
        screened = Item.objects.get(record=report.record, stage="ta")
        assert next_item(alice(review), Stage.FULL_TEXT) == report
        reopen_item(item_id=screened.pk, lead=lead(review), reason="look again")
        assert next_item(alice(review), Stage.FULL_TEXT) is None
        settled(review, screened, "include", "include")
        assert next_item(alice(review), Stage.FULL_TEXT) == report

    def test_s6_in_single_mode_the_maybe_of_a_member_who_left_is_offered_to_the_others(self) -> None:
        review = make_review(frozen=False)
        version = draft_of(review)
        assert version is not None
        ProtocolVersion.objects.filter(pk=version.pk).update(ft_mode="single")
        version.refresh_from_db()
        freeze_protocol(version=version, actor=lead(review).user)
        record = included_record(review)
        mark_retrieved(member=alice(review), record=record)
        report = Item.objects.get(record=record, stage="ft")
        assert vote(alice(review), report, "maybe").state == "partial"
        assert next_item(bob(review), Stage.FULL_TEXT) is None
        with pytest.raises(NotAllowedNow):
            vote(bob(review), report, "include")
        end_membership(member=alice(review), actor=lead(review).user)
        assert next_item(bob(review), Stage.FULL_TEXT) == report
        assert vote(bob(review), report, "include").state == "conflict", "the votes stay, and differ"
