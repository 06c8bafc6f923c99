"""The plan of a stage: who is offered what, in which order, and that voting goes on beside it."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import reopen_item, withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.numbers import numbers_of
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.sharing import job
from screening.decisions.sharing.models import Assignment, SharedBy
from screening.decisions.sharing.plan import Share, outlook, read_by_too_few, save_plan
from screening.decisions.verdict import Stage
from screening.jobs.models import Job
from screening.prisma.check_votes import each_voter_was_in_the_pool
from screening.reviews.actions import change_roles, end_membership, resume_membership
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    open_screening,
    run_jobs,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


def _plan(review: Review, shared_by: SharedBy, shares: dict[Membership, Share], order: str = "import") -> None:
    save_plan(
        lead=lead(review), stage=TA, shared_by=shared_by, shares={one.pk: share for one, share in shares.items()}, order=order, seed=5
    )  # fmt: skip
    run_jobs(review)


def _reviewers(review: Review) -> tuple[Membership, Membership, Membership]:
    return alice(review), bob(review), make_member(review, "Dan Dorn")


def _opened(n: int) -> tuple[Review, list[Item]]:
    review = make_review()
    make_import(review, records=n)
    return review, open_screening(review)


def _kept(review: Review) -> dict[int, set[int]]:
    kept: dict[int, set[int]] = {}
    for item, member in Assignment.objects.filter(item__review=review).values_list("item_id", "reviewer_id"):
        kept.setdefault(item, set()).add(member)
    return kept


def test_p16_by_parts_each_is_offered_the_share_and_every_record_two_people() -> None:
    review, items = _opened(20)
    ann, ben, dan = _reviewers(review)
    _plan(review, SharedBy.PARTS, {ann: Share(50), ben: Share(30), dan: Share(20)})
    assert all(len(members) == 2 for members in _kept(review).values())
    assert {one: waiting_for(one, TA).count() for one in (ann, ben, dan)} == {ann: 20, ben: 12, dan: 8}
    told = numbers_of([ann, ben, dan], TA)
    assert [(told[one.pk].voted, told[one.pk].left) for one in (ann, ben, dan)] == [(0, 20), (0, 12), (0, 8)]
    while item := next_item(dan, TA):
        vote(dan, item, "exclude")
    not_his = next(item for item in items if dan.pk not in _kept(review)[item.pk])
    with pytest.raises(NotAllowedNow, match="kept for other reviewers") as refused:
        vote(dan, not_his, "include")
    assert refused.value.rule == "I14"
    assert outlook(review, TA).given == {dan.pk: 8}
    assert list(each_voter_was_in_the_pool(review)) == []


def test_s6_what_was_kept_for_a_leaver_goes_on_and_no_vote_is_lost() -> None:
    review, _ = _opened(12)
    ann, ben, dan = _reviewers(review)
    _plan(review, SharedBy.PARTS, {ann: Share(1), ben: Share(1), dan: Share(1)})
    voted = next_item(dan, TA)
    assert voted is not None
    vote(dan, voted, "include")
    before = _kept(review)
    end_membership(member=dan, actor=lead(review).user)
    run_jobs(review)
    after = _kept(review)
    assert Vote.objects.active().filter(reviewer=dan).count() == 1
    assert dan.pk in after[voted.pk], "the vote he gave keeps its place"
    assert all(len(members) == 2 and before[item] - {dan.pk} <= members for item, members in after.items())
    assert Assignment.objects.filter(reviewer=dan).count() == 1
    for one in (ann, ben):
        while item := next_item(one, TA):
            vote(one, item, "include")
    assert not Item.objects.filter(review=review, votes_in__lt=2).exists()
    resume_membership(member=dan, actor=lead(review).user)
    run_jobs(review)
    assert next_item(dan, TA) is None


def test_new_records_are_shared_out_and_a_late_joiner_takes_a_share_when_given_one() -> None:
    review, _ = _opened(10)
    ann, ben, _ = _reviewers(review)
    _plan(review, SharedBy.PARTS, {ann: Share(1), ben: Share(1)})
    make_import(review, records=5, search="Search 2")
    open_screening(review)
    assert waiting_for(ann, TA).count() == 15
    eve = make_member(review, "Eve Early")
    assert next_item(eve, TA) is None
    vote(ann, Item.objects.filter(review=review)[0], "exclude")
    _plan(review, SharedBy.PARTS, {ann: Share(1), ben: Share(1), eve: Share(1)})
    counted = Counter(member for members in _kept(review).values() for member in members)
    assert sorted(waiting_for(one, TA).count() for one in (ann, ben, eve)) == [9, 10, 10]
    assert sum(counted.values()) == 30


def test_one_of_the_two_is_a_key_voter_and_the_other_anybody() -> None:
    review, items = _opened(4)
    ann, ben, dan = _reviewers(review)
    vote(ben, items[0], "include")
    _plan(review, SharedBy.ANYONE, {ann: Share(is_key=True)})
    assert waiting_for(ben, TA).count() == waiting_for(dan, TA).count() == 3, (
        "the last place of the first record is Ann's"
    )
    vote(ben, items[1], "include")
    with pytest.raises(NotAllowedNow, match="kept"):
        vote(dan, items[1], "include")
    vote(ann, items[2], "exclude")
    vote(dan, items[2], "exclude")
    vote(ann, items[1], "include")
    assert next_item(dan, TA) == items[3]
    withdraw_vote(member=ben, item_id=vote(ben, items[3], "include").pk)
    vote(dan, items[3], "include")
    assert next_item(ben, TA) is None
    _plan(review, SharedBy.ANYONE, {})
    assert not Assignment.objects.filter(item__reveal_at=None).exists()
    assert set(Item.objects.filter(reveal_at=None).values_list("pool", flat=True)) == {2}


def test_numbers_of_records_count_what_was_voted_on_and_leave_the_rest_open() -> None:
    review, items = _opened(10)
    ann, ben, dan = _reviewers(review)
    vote(dan, items[0], "include")
    _plan(review, SharedBy.RECORDS, {dan: Share(4)})
    assert waiting_for(dan, TA).count() >= 3
    assert Assignment.objects.filter(reviewer=dan).count() == 3
    assert waiting_for(ann, TA).count() == waiting_for(ben, TA).count() == 10
    for item in items:
        vote(ann, item, "exclude")
    assert waiting_for(ben, TA).count() == 6, "a place is kept for Dan on three, and one record is full"


def test_s7_what_too_few_read_is_told_and_offered_to_those_who_read_it_only() -> None:
    review = make_review()
    stored = make_import(review, records=4)
    make_record(stored, position=9, languages=["ko"])
    open_screening(review)
    ann = make_member(review, "Alice Archer", languages=("en", "ko"))
    ben, dan = make_member(review, "Bob Baker", languages=("en",)), make_member(review, "Dan Dorn", languages=("en",))
    _plan(review, SharedBy.PARTS, {ann: Share(1), ben: Share(1), dan: Share(1)})
    assert read_by_too_few(review, TA) == {"ko": (1, 1)}
    korean = Item.objects.get(record__standing__language="ko")
    assert _kept(review)[korean.pk] == {ann.pk}
    change_roles(member=ben, roles=[Role.REVIEWER], languages=["en", "ko"], actor=lead(review).user)
    run_jobs(review)
    assert _kept(review)[korean.pk] == {ann.pk, ben.pk}
    assert read_by_too_few(review, TA) == {}


def test_a_vote_that_comes_while_work_is_shared_out_stays_and_is_met_by_the_next_run() -> None:
    review, items = _opened(6)
    ann, ben, dan = _reviewers(review)

    def meanwhile(plan: object, board: object, hands: object, *, anew: bool) -> job.Wanted:
        wanted = original(plan, board, hands, anew=anew)  # type: ignore[arg-type]
        if not Vote.objects.exists():
            vote(dan, items[0], "include")
        return wanted

    original = job._wanted
    with patch.object(job, "_wanted", meanwhile):
        _plan(review, SharedBy.PARTS, {ann: Share(1), ben: Share(1)})
    assert Job.objects.filter(name="decisions.share_out").count() == 2
    assert len(_kept(review)[items[0].pk]) == 1
    assert [waiting_for(one, TA).count() for one in (ann, ben)] in ([5, 6], [6, 5])


@pytest.mark.parametrize(
    ("order", "first"), [("random", None), ("newest", 2), ("oldest", 3), ("title", 2), ("import", 1)]
)
def test_the_order_is_written_and_who_votes_meanwhile_loses_nothing(order: str, first: int | None) -> None:
    review = make_review()
    stored = make_import(review, records=0)
    for position, (title, year) in enumerate([("Mentors", 2010), ("Apples", 2020), ("Zebras", 1999)]):
        make_record(stored, position=position, title=title, year=year)
    items = open_screening(review)
    ann = alice(review)
    vote(ann, items[0], "include")
    if order == "import":
        _plan(review, SharedBy.ANYONE, {}, "newest")
    _plan(review, SharedBy.ANYONE, {}, order)
    assert Vote.objects.active().count() == 1
    ben = bob(review)
    seen = []
    while item := next_item(ben, TA):
        seen.append(item.record.number)
        vote(ben, item, "exclude")
    assert sorted(seen) == [1, 2, 3]
    assert first in (None, seen[0])
    later = make_record(stored, position=9, title="Bees", year=2015)
    open_screening(review)
    assert next_item(ann, TA) is not None
    keys = list(Item.objects.order_by("order_key").values_list("record__number", flat=True))
    where = {"newest": 1, "oldest": 2, "title": 1, "import": 3}.get(order, keys.index(later.number))
    assert keys.index(later.number) == where


def test_a_plan_is_logged_and_needs_as_many_people_as_a_record_takes_votes() -> None:
    review, _ = _opened(2)
    with pytest.raises(NotAllowedNow, match="give a part to 2"):
        _plan(review, SharedBy.PARTS, {alice(review): Share(100)})
    with pytest.raises(NotAllowedNow, match="a number of records"):
        _plan(review, SharedBy.RECORDS, {alice(review): Share(0)})
    _plan(review, SharedBy.PARTS, {alice(review): Share(50), bob(review): Share(50)})
    _plan(review, SharedBy.PARTS, {alice(review): Share(50), bob(review): Share(50)})
    logged = AuditEvent.objects.get(verb="plan stage")
    assert (logged.after or {})["shares"] == {"Alice Archer": 50, "Bob Baker": 50}
    assert Job.objects.filter(name="decisions.share_out").count() == 1


def test_p13_no_vote_is_kept_for_a_member_of_another_review() -> None:
    _, items = _opened(1)
    stranger = alice(make_review("Another review"))
    with pytest.raises(IntegrityError, match="P13"), transaction.atomic():
        Assignment.objects.create(item=items[0], reviewer=stranger)


def test_the_next_record_is_found_by_indexes_where_votes_are_kept() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    waiting = waiting_for(alice(make_review()), TA).filter(order_key__gte=5).order_by("order_key", "pk")
    told = waiting.values_list("pk")[:1].explain()
    assert "item_queue" in told
    assert "SCAN screening_assignment" not in told
    assert "sqlite_autoindex_screening_assignment" in told


def test_s6_a_reopened_record_does_not_wait_for_who_left_after_it_was_settled() -> None:
    review, items = _opened(2)
    ann, ben, dan = _reviewers(review)
    _plan(review, SharedBy.PARTS, {ann: Share(50), ben: Share(50)})
    done = settled(review, items[0], "exclude", "exclude")
    end_membership(member=ben, actor=lead(review).user)
    run_jobs(review)
    reopen_item(item_id=done.pk, lead=lead(review), reason="Read too fast.")
    run_jobs(review)
    assert {item.pk for item in waiting_for(dan, TA)} == {item.pk for item in items}
