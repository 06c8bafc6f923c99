"""Handing over by the review's rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.actions import escalate, take_back_hand_over
from screening.conflicts.models import Escalation
from screening.conflicts.overdue import JOB, ask_when_due
from screening.decisions.models import Item
from screening.exports.said import decision_rows
from screening.jobs.models import Job
from screening.reviews.actions import edit_review
from screening.reviews.models import Review
from tests.factories import alice, bob, carol, lead, make_import, make_review, open_screening, run_jobs, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    review = make_review()
    carol(review)
    return review


@pytest.fixture
def conflict(review: Review) -> Item:
    make_import(review)
    return settled(review, open_screening(review)[0], "include", "exclude")


def _later(review: Review, days: int) -> str:
    """The conflict's state after the clock has asked so many days from now."""
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        ask_when_due()
        run_jobs(review)
    return Item.objects.get(review=review).state


def test_by_default_no_rule_hands_anything_over(review: Review, conflict: Item) -> None:
    assert _later(review, 400) == "conflict"
    assert not Job.objects.filter(name=JOB).exists()


def test_after_the_days_of_the_review_a_conflict_goes_to_the_adjudicator_by_rule(
    review: Review, conflict: Item
) -> None:
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=14)
    assert _later(review, 13) == "conflict"
    assert _later(review, 15) == "arbitration"
    assert _later(review, 30) == "arbitration"
    handed = Escalation.objects.get()
    assert (handed.member, handed.after_days) == (None, 14)
    told = AuditEvent.objects.get(verb="ask adjudicator")
    assert (told.actor_id, told.actor_name, told.after) == (None, "", {"by rule": "after 14 days"})
    with pytest.raises(NotAllowedNow, match="rule of this review"):
        take_back_hand_over(member=alice(review), item_id=conflict.pk)


def test_a_conflict_that_nobody_could_rule_on_stays_with_those_who_talk(review: Review, conflict: Item) -> None:
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=14)
    judge = carol(review)
    judge.is_adjudicator, judge.is_observer = False, True
    judge.save()
    assert _later(review, 15) == "conflict"
    assert not Job.objects.filter(name=JOB).exists()


def test_what_was_taken_back_has_the_days_once_more(review: Review, conflict: Item) -> None:
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=14)
    with time_machine.travel(timezone.now() + timedelta(days=10), tick=False):
        escalate(member=alice(review), item_id=conflict.pk)
        take_back_hand_over(member=bob(review), item_id=conflict.pk)
    assert _later(review, 20) == "conflict"
    assert _later(review, 25) == "arbitration"
    assert list(Escalation.objects.order_by("pk").values_list("after_days", flat=True)) == [None, 14]


def test_the_export_of_decisions_tells_a_hand_over_by_rule_and_one_that_was_taken_back(
    review: Review, conflict: Item
) -> None:
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=14)
    escalate(member=alice(review), item_id=conflict.pk)
    take_back_hand_over(member=bob(review), item_id=conflict.pk)
    assert _later(review, 15) == "arbitration"
    rows = [row for row in decision_rows(lead(review), coded=False) if "hand" in row[7] or row[7] == "no consensus"]
    assert [(row[1], row[7], row[11]) for row in rows] == [
        ("Alice Archer", "no consensus", ""),
        ("Bob Baker", "hand-over taken back", ""),
        ("The rule of this review", "no consensus", "By rule, after 14 days"),
    ]
