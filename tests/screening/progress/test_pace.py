"""Pace and expected finish from votes a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.progress.pace import NOBODY, NOT_ENOUGH, NOTHING_LEFT, Finish, finish, last_days, pace

TODAY = date(2024, 5, 31)
UNEVEN = [20, 0, 30, 15, 2, 0, 25] * 4


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_the_pace_is_over_the_days_since_voting_began() -> None:
    votes = {in_days(0): 6, in_days(-2): 3, in_days(-9): 11}
    found = pace(votes, TODAY, in_days(-9))
    assert (found.week, found.month, found.week_a_day, found.month_a_day) == (9, 20, 9 / 7, 2.0)
    assert pace({}, TODAY, None).month_a_day == 0.0


def test_the_last_days_end_today() -> None:
    assert last_days(TODAY, 3) == [in_days(-2), in_days(-1), TODAY]


def test_an_even_pace_has_one_end() -> None:
    assert finish([[10] * 28, [10] * 28], [100, 100], 200, TODAY) == Finish(in_days(10), in_days(10))


def test_a_slow_second_reviewer_is_not_hidden_by_a_quick_first_one() -> None:
    found = finish([[40] * 28, [10] * 28], [10, 300], 310, TODAY)
    assert (found.low, found.words) == (in_days(30), in_days(30).isoformat())


def test_in_a_pool_the_quick_help_the_slow() -> None:
    assert finish([[40] * 28, [10] * 28], [300, 300], 300, TODAY).low == in_days(6)


def test_uneven_days_and_a_short_past_make_a_wide_interval() -> None:
    long, short = (finish([UNEVEN[:days]], [600], 600, TODAY) for days in (28, 7))
    widths = []
    for found in (long, short):
        assert found.low is not None
        assert found.high is not None
        assert found.low <= in_days(600 * 7 // 92) <= found.high
        widths.append((found.high - found.low).days)
    assert 0 < widths[0] < widths[1]


@pytest.mark.parametrize(
    ("daily", "left", "needed", "why"),
    [
        ([[5] * 28], [0], 0, NOTHING_LEFT),
        ([[0] * 28], [9], 9, NOBODY),
        ([], [], 9, NOBODY),
        ([[9] * 6], [9], 9, NOT_ENOUGH),
        ([[0] * 24 + [9] * 4], [9], 9, NOT_ENOUGH),
        ([[1] * 19 + [0] * 9], [9], 9, NOT_ENOUGH),
        ([[1] * 28], [5000], 5000, "not within two years at this pace"),
    ],
)
def test_where_no_end_can_be_told_the_reason_is(daily: list[list[int]], left: list[int], needed: int, why: str) -> None:
    found = finish(daily, left, needed, TODAY)
    assert (found.low, found.high, found.words) == (None, None, why)


def test_an_end_that_one_in_ten_futures_misses_has_no_upper_bound() -> None:
    found = finish([[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 60]], [1700], 1700, TODAY)
    assert found.low is not None
    assert found.high is None
    assert found.words == f"{found.low} at the earliest, perhaps not within two years"


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=28), st.integers(1, 400))
def test_more_to_do_never_ends_sooner(days: list[int], needed: int) -> None:
    less, more = (finish([days], [n], n, TODAY) for n in (needed, needed + 50))
    if less.low is not None and more.low is not None:
        assert less.low <= more.low
        assert more.high is None or (less.high is not None and less.high <= more.high)
