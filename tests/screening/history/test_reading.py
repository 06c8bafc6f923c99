"""What the log shows to whom."""

from __future__ import annotations

import pytest

from screening.decisions.actions import reopen_item
from screening.decisions.models import Item
from screening.history.reading import visible_events
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, carol, lead, make_import, make_review, open_screening, reveal, settled, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def item(review: Review) -> Item:
    make_import(review)
    return open_screening(review)[0]


def _votes_seen(member: Membership) -> int:
    return visible_events(member).filter(verb="cast vote").exclude(actor_id=member.user_id).count()


def test_i30_to_whoever_may_rule_earlier_rounds_stay_hidden_while_an_item_is_open_again(
    review: Review, item: Item
) -> None:
    settled(review, item, "include", "include")
    assert _votes_seen(carol(review)) == 2
    reopen_item(item_id=item.pk, lead=lead(review), reason="look again")
    settled(review, item, "include", "exclude")
    assert _votes_seen(carol(review)) == 0
    assert _votes_seen(lead(review)) == 4


@pytest.mark.parametrize("second", ["include", "exclude"])
def test_p20_within_the_undo_window_earlier_rounds_do_not_tell_how_the_pair_ended(
    review: Review, item: Item, second: str
) -> None:
    settled(review, item, "include", "include")
    reopen_item(item_id=item.pk, lead=lead(review), reason="look again")
    vote(alice(review), item, "include")
    vote(bob(review), item, second)
    assert _votes_seen(carol(review)) == 0
    reveal(review)
    assert _votes_seen(carol(review)) == (4 if second == "include" else 0)
