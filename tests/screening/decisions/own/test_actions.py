"""What a reviewer keeps: words, tags, what she put off, her time; and that it opens to others as votes do, or never (P19)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import postpone, reopen_item
from screening.decisions.models import Item, Postponed, Tagging, Vote
from screening.decisions.own.actions import set_own_words, set_ready_tags, set_review_words, set_tags, set_view
from screening.decisions.own.queue import (
    come_back_to,
    desk_of,
    own_counts,
    own_time,
    reading_of,
    readings_of,
    tags_open_to,
    time_of_team,
)
from screening.decisions.queue import next_item
from screening.decisions.verdict import Stage
from screening.history.reading import visible_events
from screening.protocol.models import Desk
from screening.reviews.models import Review
from tests.factories import alice, bob, carol, lead, make_import, make_review, open_screening, reveal, vote

pytestmark = pytest.mark.django_db

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def review() -> Review:
    """Three records wait for Alice and Bob."""
    made = make_review()
    alice(made), bob(made)
    make_import(made, records=3)
    open_screening(made)
    return made


@pytest.fixture
def item(review: Review) -> Item:
    """The first of them."""
    return Item.objects.filter(review=review).order_by("order_key")[0]


def test_b4_tags_open_to_others_with_the_votes_and_not_before(review: Review, item: Item) -> None:
    a, b, c = alice(review), bob(review), carol(review)
    set_tags(member=a, item=item, names=["Zebra"])
    vote(a, item, "include")
    everybody = (b, c, lead(review))
    assert [tags_open_to(one, item) for one in everybody] == [{}, {}, {}]
    assert tags_open_to(a, item) == {a.pk: ["Zebra"]}
    vote(b, item, "exclude")
    assert [tags_open_to(one, item) for one in everybody] == [{}, {}, {}], "the undo window is open"
    reveal(review)
    assert [tags_open_to(one, item) for one in everybody] == [{a.pk: ["Zebra"]}] * 3


def test_b4_a_tag_of_a_new_round_is_sealed_again(review: Review, item: Item) -> None:
    a, b = alice(review), bob(review)
    for one in (a, b):
        vote(one, item, "include")
    reveal(review)
    set_tags(member=a, item=item, names=["Old"])
    reopened = reopen_item(item_id=item.pk, lead=lead(review), reason="Wrong record")
    set_tags(member=a, item=reopened, names=["Old", "New"])
    assert tags_open_to(b, reopened) == {a.pk: ["Old"]}


def test_p19_the_log_tells_of_a_sealed_tag_to_its_author_alone(review: Review, item: Item) -> None:
    a, b = alice(review), bob(review)
    set_tags(member=a, item=item, names=["Zebra"])
    set_own_words(member=a, speaks_for="okapi", speaks_against="")
    told = {one: [event.verb for event in visible_events(one)] for one in (a, b)}
    assert "tag record" in told[a]
    assert "tag record" not in told[b]
    assert not AuditEvent.objects.filter(after__icontains="okapi").exists()
    assert not AuditEvent.objects.filter(verb__icontains="own").exists()


def test_tags_are_kept_once_and_offered_on_the_next_record(review: Review, item: Item) -> None:
    a = alice(review)
    assert set_tags(member=a, item=item, names=[" Two  words ", "two words", "", "b"]) == ["Two words", "b"]
    assert set_tags(member=a, item=item, names=["b"]) == ["b"]
    reading = reading_of(a, item.pk)
    assert (reading.tags, reading.offered) == (["b"], ["Two words"])
    other = Item.objects.exclude(pk=item.pk)[0]
    assert reading_of(a, other.pk).offered == ["Two words", "b"]
    assert reading_of(bob(review), item.pk).offered == []


@pytest.mark.parametrize("names", [["x" * 41], [f"tag {n}" for n in range(21)]], ids=["long", "many"])
def test_too_much_is_refused_and_nothing_is_stored(review: Review, item: Item, names: list[str]) -> None:
    with pytest.raises(NotAllowedNow):
        set_tags(member=alice(review), item=item, names=names)
    assert not Tagging.objects.exists()


def test_one_statement_reads_everything_that_the_page_needs(
    review: Review, item: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a = alice(review)
    set_review_words(member=lead(review), speaks_for="clinician*", speaks_against="student*")
    set_own_words(member=a, speaks_for="research", speaks_against="")
    set_tags(member=a, item=item, names=["one", "two"])
    postpone(member=a, item_id=item.pk, why="Ask Bob")
    set_tags(member=bob(review), item=item, names=["his"])
    reading_of(a, item.pk)
    with django_assert_num_queries(1):
        reading = reading_of(a, item.pk)
    assert (reading.tags, reading.put_off, reading.has_words) == (["one", "two"], "Ask Bob", True)
    assert reading.marks is not None
    assert len(reading.marks.spans("What clinicians and students say about research")) == 3


def test_many_items_are_read_in_three_statements_as_each_alone(
    review: Review, item: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a = alice(review)
    set_own_words(member=a, speaks_for="research", speaks_against="")
    set_tags(member=a, item=item, names=["one"])
    postpone(member=a, item_id=item.pk, why="Ask Bob")
    ids = list(Item.objects.filter(review=review).values_list("pk", flat=True))
    alone = {pk: reading_of(a, pk) for pk in ids}
    with django_assert_num_queries(3):
        together = readings_of(a, ids)
    for pk in ids:
        assert replace(together[pk], marks=None) == replace(alone[pk], marks=None)
        marks = together[pk].marks
        assert marks is not None
        assert len(marks.spans("research")) == marks.speaks_for == 1


def test_p19_own_words_mark_for_oneself_alone(review: Review, item: Item) -> None:
    set_own_words(member=alice(review), speaks_for="research", speaks_against="")
    others = reading_of(bob(review), item.pk)
    assert (others.has_words, others.marks) == (False, None)


def test_a_switch_is_remembered(review: Review, item: Item) -> None:
    a = alice(review)
    set_review_words(member=lead(review), speaks_for="research", speaks_against="")
    set_view(member=a, highlights_on=False)
    set_view(member=a, hides_authors=True)
    reading = reading_of(a, item.pk)
    assert (reading.highlights_on, reading.hides_authors, reading.marks) == (False, True, None)
    assert reading_of(bob(review), item.pk).highlights_on


def test_the_review_s_words_are_logged_and_refused_where_both_lists_hold_one(review: Review) -> None:
    member = lead(review)
    set_review_words(member=member, speaks_for="Educat*", speaks_against="student*")
    set_review_words(member=member, speaks_for="Educat*", speaks_against="student*")
    assert AuditEvent.objects.filter(verb="edit highlighted words").count() == 1
    with pytest.raises(NotAllowedNow, match="stands in both lists"):
        set_review_words(member=member, speaks_for="educat*", speaks_against="EDUCAT*")


def test_ready_tags_are_typed_one_a_line(review: Review) -> None:
    set_ready_tags(member=alice(review), names=["a", "", "A", "b "])
    assert desk_of(alice(review)).tags == "a\nb"


def test_what_is_put_off_waits_with_its_reason_until_the_vote(review: Review, item: Item) -> None:
    a = alice(review)
    postpone(member=a, item_id=item.pk, why="Ask Bob")
    first = Postponed.objects.get().at
    postpone(member=a, item_id=item.pk, why="Ask Carol")
    assert (Postponed.objects.get().why, Postponed.objects.get().at > first) == ("Ask Carol", True)
    assert list(come_back_to(a, TA)) == [item]
    assert not come_back_to(bob(review), TA).exists()
    vote(a, item, "maybe")
    assert not come_back_to(a, TA).exists()


def test_p17_counts_are_of_ones_own_alone(review: Review, item: Item) -> None:
    a, b = alice(review), bob(review)
    vote(a, item, "maybe", note="Zebra")
    mine, his = own_counts(a, TA), own_counts(b, TA)
    assert mine == {"": 1, "include": 0, "maybe": 1, "exclude": 0, "noted": 1, "tagged": 0, "put-off": 0}
    assert set(his.values()) == {0}


def test_time_is_capped_stored_with_the_vote_and_told_of_open_votes_only(review: Review, item: Item) -> None:
    a, b = alice(review), bob(review)
    vote(a, item, "include", seconds=99_999)
    assert Vote.objects.get().seconds == 300
    assert own_time(a, TA).total == 300
    assert time_of_team(lead(review)) == []
    assert time_of_team(b) == []
    vote(b, item, "include", seconds=40)
    reveal(review)
    assert time_of_team(lead(review)) == [("Alice Archer", 1, 300), ("Bob Baker", 1, 40)]


def test_a_changed_vote_keeps_the_time_of_the_first(review: Review, item: Item) -> None:
    a = alice(review)
    vote(a, item, "include", seconds=20)
    vote(a, item, "maybe", seconds=5)
    assert Vote.objects.get().seconds == 20


def test_the_database_refuses_a_time_beyond_the_cap_and_a_tag_without_a_name(review: Review, item: Item) -> None:
    vote(alice(review), item, "include")
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.update(seconds=3601)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tagging.objects.create(item=item, reviewer=alice(review), name="", round=1)
    assert not Desk.objects.exists()


def test_p13_a_tag_of_a_stranger_is_refused_by_the_database(item: Item) -> None:
    stranger = alice(make_review("Another review"))
    with pytest.raises(DatabaseError, match="P13"), transaction.atomic():
        Tagging.objects.create(item=item, reviewer=stranger, name="Zebra", round=1)


def test_a_record_that_is_put_off_again_goes_behind_the_others(review: Review) -> None:
    a = alice(review)
    for item in Item.objects.filter(review=review).order_by("order_key"):
        postpone(member=a, item_id=item.pk)
    seen = []
    for _ in range(4):
        following = next_item(a, TA)
        assert following is not None
        seen.append(following.record.number)
        postpone(member=a, item_id=following.pk)
    assert seen == [1, 2, 3, 1]
