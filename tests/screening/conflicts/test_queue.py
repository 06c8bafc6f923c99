"""What waits for whom: the number that every page tells is that of the list behind it."""

from __future__ import annotations

import pytest

from screening.conflicts.actions import add_comment, escalate
from screening.conflicts.queue import count_waiting, mine_to_settle
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership
from tests.factories import alice, bob, carol, make_import, make_review, open_screening, reveal, vote

pytestmark = pytest.mark.django_db


def _told(members: list[Membership]) -> list[int]:
    """The number each of them is told; the same as their list is long."""
    counted = [count_waiting(one) for one in members]
    assert counted == [sum(mine_to_settle(one, stage).count() for stage in Stage) for one in members]
    return counted


def test_the_number_in_the_menu_is_that_of_the_list_at_every_step_of_a_conflict() -> None:
    review = make_review()
    make_import(review, records=2)
    members = [alice(review), bob(review), carol(review)]
    for item in open_screening(review):
        vote(members[0], item, "include")
        vote(members[1], item, "exclude")
    assert _told(members) == [0, 0, 0], "sealed until the time to undo is over"
    reveal(review)
    assert _told(members) == [2, 2, 0]
    item = mine_to_settle(members[0], Stage.TITLE_ABSTRACT)[0]
    add_comment(member=members[0], item_id=item.pk, text="@Bob Baker, look again")
    escalate(member=members[1], item_id=item.pk)
    assert _told(members) == [1, 2, 1], "Bob is called, and Carol alone may rule"
