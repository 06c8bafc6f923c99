"""What waits in extraction, on the home of a review: for whom, in which order, and no more than each may know."""

from __future__ import annotations

import pytest

from extraction.entries.actions import assign
from screening.home.tasks import tasks_of
from screening.reviews.models import Membership
from tests.extraction.consensus.test_actions import both, make_form
from tests.factories import alice, bob, carol, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def waits(member: Membership) -> list[tuple[str, str]]:
    found = [(task.title, task.verb) for task in tasks_of(member)]
    return [one for one in found if "stud" in one[0]]


def test_included_studies_ask_for_a_form_then_for_people_then_for_what_differs() -> None:
    review = make_review()
    study = included_study(review)
    assert waits(lead(review)) == [("Extract the included studies", "Open forms")]
    assert waits(alice(review)) == []
    form = make_form(review)
    assert waits(lead(review)) == [("Find extractors for 1 study", "Assign people")]
    assert waits(alice(review)) == [("Extract 1 study", "Start extraction")]
    assign(member=lead(review), study=study, form=form, people=[alice(review), bob(review)])
    assert waits(lead(review)) == waits(carol(review)) == []
    assert waits(alice(review)) == [("Extract 1 study", "Continue extraction")]


def test_one_entry_that_is_in_tells_nobody_and_two_that_differ_tell_who_may_settle() -> None:
    review = make_review()
    study = included_study(review)
    form = make_form(review)
    both(review, study, form, "Nurses", "Physicians")
    assert waits(alice(review)) == [("Settle the values of 1 study", "Settle values")]
    assert waits(carol(review)) == [("Settle the values of 1 study", "Settle values")]
