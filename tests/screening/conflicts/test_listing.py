"""The conflict queue and its filters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from screening.conflicts.actions import add_comment, escalate, record_own_reading
from screening.conflicts.listing import Asked, clashes, filters
from screening.decisions.models import Item
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, carol, lead, make_import, make_member, make_review, open_screening, reveal, vote

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def items(review: Review) -> list[Item]:
    """Three conflicts, of two pairs, the first the oldest; they differ on focus, on nothing said, on focus and scope."""
    make_import(review, records=3)
    found = open_screening(review)
    dora = make_member(review, "Dora Third")
    vote(alice(review), found[0], "include", answers={"focus": "met"})
    vote(bob(review), found[0], "exclude", answers={"focus": "not_met"})
    vote(alice(review), found[1], "include")
    vote(bob(review), found[1], "exclude")
    vote(alice(review), found[2], "include", answers={"focus": "met", "scope": "met"})
    vote(dora, found[2], "exclude", answers={"focus": "unclear", "scope": "not_met"})
    reveal(review)
    now = timezone.now()
    for item, days in zip(found, (20, 8, 2), strict=True):
        Item.objects.filter(pk=item.pk).update(reveal_at=now - timedelta(days=days))
    return found


def _shown(member: Membership, **query: str) -> list[int]:
    asked = Asked.of(query)
    return [clash.item_id for clash in clashes(member) if asked.takes(clash, timezone.now())]


def _options(member: Membership, name: str, **query: str) -> dict[str, int]:
    made = {one.name: one for one in filters(member, clashes(member), Asked.of(query))}
    return {choice.label: choice.n for choice in made[name].choices} if name in made else {}


def test_the_oldest_conflict_comes_first_and_each_filter_shows_what_its_count_says(
    review: Review, items: list[Item]
) -> None:
    first, second, third = (item.pk for item in items)
    reader = lead(review)
    assert _shown(reader) == [first, second, third]
    assert _shown(reader, criterion="focus") == [first, third]
    assert _shown(reader, criterion="-") == [second]
    assert _shown(reader, age="7") == [first, second]
    assert _shown(reader, stage="ft") == []
    pair = "-".join(map(str, sorted((alice(review).pk, bob(review).pk))))
    assert _shown(reader, pair=pair) == [first, second]
    assert _shown(reader, pair=pair, criterion="focus") == [first]
    assert _options(reader, "criterion") == {
        "All": 3,
        "Focus": 2,
        "Scope": 1,
        "No criterion answered differently": 1,
    }
    assert _options(reader, "criterion", pair=pair) == {"All": 2, "Focus": 1, "No criterion answered differently": 1}
    assert _options(reader, "pair") == {"All": 3, "Alice Archer and Bob Baker": 2, "Alice Archer and Dora Third": 1}
    assert _options(reader, "age") == {"All": 3, "1 day or more": 3, "7 days or more": 2, "14 days or more": 1}


def test_what_waits_for_me_is_what_i_have_not_spoken_on_or_am_called_to(review: Review, items: list[Item]) -> None:
    add_comment(member=alice(review), item_id=items[0].pk, text="@Lena, is it in?")
    escalate(member=alice(review), item_id=items[1].pk)
    assert _shown(bob(review), waits="me") == [items[0].pk]
    assert _shown(lead(review), waits="mentions") == [items[0].pk]
    assert _shown(lead(review), waits="adjudicator") == [items[1].pk]
    assert _options(lead(review), "waits") == {
        "All": 3,
        "me": 1,
        "me, who am mentioned": 1,
        "the reviewers": 2,
        "the adjudicator": 1,
    }


def test_s4_to_whoever_may_rule_no_filter_and_no_count_tells_votes_or_names(review: Review, items: list[Item]) -> None:
    judge = carol(review)
    assert _options(judge, "criterion") == {}
    assert _options(judge, "pair") == {}
    assert _shown(judge, criterion="focus") == []
    assert {(clash.pair, clash.differing) for clash in clashes(judge)} == {((), ())}
    escalate(member=alice(review), item_id=items[0].pk)
    record_own_reading(member=judge, item_id=items[0].pk, answers={})
    assert _shown(judge, criterion="focus") == [items[0].pk], "the arguments on this one are open"
    assert {clash.pair for clash in clashes(judge)} == {()}


def test_an_unknown_value_of_a_filter_finds_nothing_and_breaks_nothing(review: Review, items: list[Item]) -> None:
    asked = Asked.of(QueryDict("age=soon&pair=9-9&page=7").dict())
    assert [clash for clash in clashes(lead(review)) if asked.takes(clash, timezone.now())] == []
    assert asked.query() == "pair=9-9&age=soon"
