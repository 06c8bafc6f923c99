"""A re-screen: drawn from agreed exclusions, read blind by others, and opened anew where it found something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item, Vote
from screening.decisions.rescreening.models import Rescreen
from screening.decisions.rescreening.rounds import (
    agreed_exclusions,
    bound_of,
    end_rescreen,
    progress_of,
    read_again,
    readings_of,
    start_rescreen,
)
from screening.decisions.verdict import Decision, Stage
from screening.prisma.check_outcomes import each_reopening_has_a_reason
from screening.reviews.actions import end_membership
from screening.reviews.models import Review
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    run_jobs,
    settled,
)

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


def _excluded(n: int = 5) -> tuple[Review, list[Item]]:
    """``n`` agreed exclusions, an include and a conflict."""
    review = make_review()
    make_import(review, records=n + 2)
    items = open_screening(review)
    for item in items[:n]:
        settled(review, item, "exclude", "exclude")
    settled(review, items[n], "include", "include")
    settled(review, items[n + 1], "include", "exclude")
    return review, items


def _start(review: Review, size: int, days: int = 0) -> Rescreen:
    return start_rescreen(lead=lead(review), stage=TA, size=size, now=timezone.now() + timedelta(days=days))


def test_exclusions_are_read_again_by_somebody_else_and_a_found_one_gets_a_new_round() -> None:
    review, items = _excluded()
    dan = make_member(review, "Dan Dorn")
    rescreen = _start(review, 4)
    assert rescreen.population == 5
    waiting = list(readings_of(dan, TA))
    assert {one.item for one in waiting} < set(items[:5])
    assert len(waiting) == 4
    assert not readings_of(alice(review), TA).exists()
    for place, one in enumerate(waiting[:3]):
        said = Decision.MAYBE if place == 0 else Decision.EXCLUDE
        read_again(member=dan, stage=TA, number=one.item.record.number, decision=said, note="Sealed")
    with pytest.raises(NotAllowedNow, match="no longer waits"):
        read_again(member=alice(review), stage=TA, number=waiting[3].item.record.number, decision=Decision.EXCLUDE)
    assert bound_of(rescreen) is None, "nothing is told before it ends"
    progress = progress_of(rescreen)
    assert progress is not None
    assert (progress.read, progress.n, progress.readers) == (3, 4, [("Dan Dorn", 3, 4)])
    assert Item.objects.filter(state="final", decision="exclude").count() == 5, "no fate has changed"
    ended, opened = end_rescreen(lead=lead(review), stage=TA)
    assert opened == 1
    found = waiting[0].item
    found.refresh_from_db()
    assert (found.state, found.round, found.votes_in) == ("open", 2, 0)
    assert Vote.objects.filter(item=found, round=1).count() == 2, "the old votes are kept"
    assert AuditEvent.objects.get(verb="reopen").reason == "Found eligible when read again blind (re-screen 1)."
    assert list(each_reopening_has_a_reason(review)) == []
    told = bound_of(ended)
    assert told is not None
    assert (told.missed, told.read, told.population) == (1, 3, 5)
    assert told.per_cent == pytest.approx(86.465, abs=0.001)
    assert agreed_exclusions(review.pk, TA).count() == 2, "what was read is not drawn again"


def test_two_people_alone_read_again_after_a_gap_and_one_round_runs_at_a_time() -> None:
    review, _ = _excluded()
    with pytest.raises(NotAllowedNow, match="For 5 of 5 records nobody"):
        _start(review, 60)
    rescreen = _start(review, 60, days=15)
    assert (
        sorted(rescreen.readings.values_list("reader__user__name", flat=True))
        == ["Alice Archer"] * 3 + ["Bob Baker"] * 2
    )
    with pytest.raises(NotAllowedNow, match="under way"):
        _start(review, 2)
    end_rescreen(lead=lead(review), stage=TA)
    assert bound_of(Rescreen.objects.get()) is None, "nothing was read"
    with pytest.raises(NotAllowedNow, match="No re-screen"):
        end_rescreen(lead=lead(review), stage=TA)


def test_s6_what_a_leaver_has_not_read_goes_to_others() -> None:
    review, _ = _excluded()
    dan = make_member(review, "Dan Dorn")
    _start(review, 5)
    first = readings_of(dan, TA)[0]
    read_again(member=dan, stage=TA, number=first.item.record.number, decision=Decision.EXCLUDE)
    eve = make_member(review, "Eve Early")
    end_membership(member=dan, actor=lead(review).user)
    run_jobs(review)
    assert readings_of(eve, TA).count() == 4
    assert readings_of(dan, TA).count() == 1


def test_a_found_record_that_was_opened_meanwhile_is_left_alone_and_nothing_is_drawn_from_nothing() -> None:
    from screening.decisions.actions import reopen_item

    review, items = _excluded(1)
    with pytest.raises(NotAllowedNow, match="nothing to draw"):
        _start(make_review("Another review"), 5)
    dan = make_member(review, "Dan Dorn")
    _start(review, 1)
    read_again(member=dan, stage=TA, number=items[0].record.number, decision=Decision.INCLUDE)
    reopen_item(item_id=items[0].pk, lead=lead(review), reason="An erratum")
    _, opened = end_rescreen(lead=lead(review), stage=TA)
    assert opened == 0
    assert Item.objects.get(pk=items[0].pk).round == 2
    assert bob(review).is_active
