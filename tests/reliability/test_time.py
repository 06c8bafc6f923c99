"""Orders, clocks and windows: what was settled, taken back, undone and asked for in an awkward order is told right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import reopen_item, withdraw_vote
from screening.decisions.models import Item, QueueCursor
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.verdict import Decision, Stage
from screening.fulltexts.actions import mark_retrieved
from screening.imports.actions import restore_import, undo_import
from screening.imports.models import Import
from screening.jobs.actions import enqueue, retry
from screening.jobs.models import Job, JobState
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.records.models import Standing
from screening.reviews.actions import change_roles
from tests.factories import make_import, open_screening, run_jobs, settled, vote
from tests.reliability.team import BEGINNING, Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGINNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def team(clock: time_machine.Traveller) -> Team:
    made = make_team()
    clock.shift(3600)
    return made


def _items(team: Team, n: int = 1) -> list[Item]:
    make_import(team.review, records=n)
    return open_screening(team.review)


def test_i8_an_outcome_reached_while_an_earlier_ones_window_runs_is_the_last_word(
    team: Team, clock: time_machine.Traveller
) -> None:
    [item] = _items(team)
    vote(team.member("alice"), item, "exclude")
    vote(team.member("bob"), item, "exclude")  # Bob's window lasts 15 s
    clock.shift(2)
    withdraw_vote(member=team.member("bob"), item_id=item.pk)
    vote(team.member("dan"), item, "exclude")  # Dan's only 6 s
    clock.shift(60)
    assert check(team.review).violations == []
    assert flow_of(team.review, as_of=timezone.now()).numbers["records_excluded"] == 1


def test_i8_a_vote_taken_back_never_counts_not_even_when_its_window_would_have_ended(
    team: Team, clock: time_machine.Traveller
) -> None:
    [item] = _items(team)
    vote(team.member("alice"), item, "exclude")
    vote(team.member("bob"), item, "exclude")
    clock.shift(2)
    withdraw_vote(member=team.member("bob"), item_id=item.pk)
    for _ in range(20):
        clock.shift(1)
        assert flow_of(team.review, as_of=timezone.now()).numbers["records_excluded"] == 0


@pytest.mark.parametrize("first", Decision)
def test_p20_no_date_ahead_tells_an_outcome_that_is_still_sealed(team: Team, first: Decision) -> None:
    [item] = _items(team)
    vote(team.member("alice"), item, first)
    vote(team.member("bob"), item, "exclude")
    tonight = datetime.combine(timezone.now().date(), time.max, tzinfo=UTC)
    for ahead in (tonight, tonight + timedelta(days=400)):
        flow = flow_of(team.review, as_of=ahead)
        assert flow.numbers["records_excluded"] == 0
        assert flow.numbers["pending_title_abstract"] == 1


def test_i9_days_on_which_an_import_was_undone_are_told_without_it_after_it_is_restored(
    team: Team, clock: time_machine.Traveller
) -> None:
    _items(team, 2)
    imported, leader = Import.objects.get(), team.member("lena").user
    moments = [timezone.now()]
    for act in (undo_import, restore_import, undo_import, restore_import):
        clock.shift(3600)
        act(imported=Import.objects.get(pk=imported.pk), actor=leader)
        moments.append(timezone.now() + timedelta(minutes=1))
    clock.shift(3600)
    told = [flow_of(team.review, as_of=moment).numbers["dbr_identified"] for moment in moments]
    assert told == [2, 0, 2, 0, 2]


def test_p44_the_last_vote_is_the_one_cast_last_whatever_the_clock_says(
    team: Team, clock: time_machine.Traveller
) -> None:
    [item] = _items(team)
    vote(team.member("alice"), item, "exclude")
    clock.shift(-3600)
    vote(team.member("bob"), item, "exclude")
    with pytest.raises(NotAllowedNow):
        withdraw_vote(member=team.member("alice"), item_id=item.pk)
    withdraw_vote(member=team.member("bob"), item_id=item.pk)


def test_s7_a_reviewer_who_reads_one_more_language_is_offered_what_was_passed_over(team: Team) -> None:
    items, actor = _items(team, 3), team.member("lena").user
    Standing.objects.filter(record=items[0].record).update(language="de")
    alice = change_roles(member=team.member("alice"), roles=team.member("alice").roles, languages=["en"], actor=actor)
    for item in items[1:]:
        assert next_item(alice, Stage.TITLE_ABSTRACT) == item
        vote(alice, item, "include")
    assert next_item(alice, Stage.TITLE_ABSTRACT) is None
    alice = change_roles(member=alice, roles=alice.roles, languages=["en", "de"], actor=actor)
    assert next_item(alice, Stage.TITLE_ABSTRACT) == items[0]


def test_a_cursor_that_stands_too_far_hides_nothing(team: Team) -> None:
    first, *_ = _items(team, 3)
    alice = team.member("alice")
    QueueCursor.objects.create(reviewer=alice, stage=Stage.TITLE_ABSTRACT, order_key=10**9)
    assert waiting_for(alice, Stage.TITLE_ABSTRACT).count() == 3
    assert next_item(alice, Stage.TITLE_ABSTRACT) == first


def test_a_report_takes_no_vote_while_its_title_and_abstract_decision_is_open_again(
    team: Team, clock: time_machine.Traveller
) -> None:
    [item] = _items(team)
    settled(team.review, item, "include", "include")
    mark_retrieved(member=team.member("alice"), record=item.record)
    report = Item.objects.get(stage=Stage.FULL_TEXT)
    reopen_item(item_id=item.pk, lead=team.member("lena"), reason="Wrong abstract")
    with pytest.raises(NotAllowedNow, match="no longer sought"):
        vote(team.member("alice"), report, "include")


def test_a_failed_job_that_was_asked_for_anew_is_not_queued_twice(team: Team) -> None:
    failed = enqueue(name="decisions.open_items", review_id=team.review_id)
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED)
    anew = enqueue(name="decisions.open_items", review_id=team.review_id)
    assert anew.pk != failed.pk
    assert retry(job=failed) is False
    run_jobs(team.review)
    assert retry(job=failed) is True
