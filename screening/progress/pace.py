"""How fast a stage moves and when it may be done, from numbers of votes a day. Pure.

The days ahead are drawn at random from the days behind, many times over. Each time the days behind are drawn anew first, so that a
short past makes a wide interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

WINDOW = 28  # days
WEEK = 7
PATHS = 400
HORIZON = 730  # days
BLOCK = 28  # days drawn at a time
LOW, HIGH = 10, 90  # percentiles: four of five futures lie between
SEED = 20240529

LEAST_DAYS, LEAST_VOTING_DAYS, LEAST_VOTES = 7, 5, 20
NOT_ENOUGH = "not enough votes yet"
NOBODY = "nobody has voted in the last 28 days"
NOTHING_LEFT = "nothing left to vote on"


@dataclass(frozen=True, slots=True)
class Pace:
    """Votes in the last 7 and 28 days, and a day; over fewer days where voting began later."""

    week: int
    month: int
    week_a_day: float
    month_a_day: float


@dataclass(frozen=True, slots=True)
class Finish:
    """When the last vote may be cast: four of five futures end between ``low`` and ``high``.

    ``high`` is None where more than one in ten of them do not end within two years. Both are None where ``why`` says why.
    """

    low: date | None = None
    high: date | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """The interval as a page prints it."""
        if self.low is None:
            return self.why
        if self.high is None:
            return f"{self.low.isoformat()} at the earliest, perhaps not within two years"
        return self.low.isoformat() if self.low == self.high else f"{self.low.isoformat()} to {self.high.isoformat()}"


def pace(votes: Mapping[date, int], today: date, began: date | None) -> Pace:
    """The pace of ``votes`` (by day) up to ``today``; ``began`` is the day of the first vote that counts."""
    week, month = (sum(votes.get(day, 0) for day in last_days(today, days)) for days in (WEEK, WINDOW))
    lived = (today - began).days + 1 if began else 0
    return Pace(week, month, _a_day(week, min(WEEK, lived)), _a_day(month, min(WINDOW, lived)))


def last_days(today: date, days: int) -> list[date]:
    """The last ``days`` days, the oldest first, today included."""
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def finish(daily: Sequence[Sequence[int]], left: Sequence[int], needed: int, today: date) -> Finish:
    """When ``needed`` votes may be in.

    ``daily`` has for each person the votes of each of the last days, the newest last; ``left`` how many records each may still vote
    on: nobody gives more votes than that, so that a slow second reviewer is not hidden by a quick first one.
    """
    if needed <= 0:
        return Finish(why=NOTHING_LEFT)
    by_day = [sum(day) for day in zip(*daily, strict=True)]
    if not sum(by_day):
        return Finish(why=NOBODY)
    voting_days = sum(1 for votes in by_day if votes)
    if len(by_day) < LEAST_DAYS or voting_days < LEAST_VOTING_DAYS or sum(by_day) < LEAST_VOTES:
        return Finish(why=NOT_ENOUGH)
    days = _days_until(np.array(daily), np.array(left), min(needed, sum(left)))
    low, high = (int(np.percentile(days, at, method="inverted_cdf")) for at in (LOW, HIGH))
    if low > HORIZON:
        return Finish(why="not within two years at this pace")
    return Finish(today + timedelta(days=low), today + timedelta(days=high) if high <= HORIZON else None)


def _a_day(votes: int, days: int) -> float:
    return votes / days if days else 0.0


def _days_until(daily: Numbers, left: Numbers, needed: int) -> Numbers:
    """For each path the day on which ``needed`` votes are in; HORIZON + 1 where none is."""
    chance = np.random.default_rng(SEED)
    seen = daily.shape[1]
    past = chance.integers(0, seen, size=(PATHS, seen))
    given = np.zeros((len(left), PATHS, 1), dtype=np.int64)
    ends = np.full(PATHS, HORIZON + 1, dtype=np.int64)
    for first in range(0, HORIZON, BLOCK):
        drawn = np.take_along_axis(past, chance.integers(0, seen, size=(PATHS, BLOCK)), axis=1)
        running = given + np.cumsum(daily[:, drawn], axis=2)
        done = np.minimum(running, left[:, None, None]).sum(axis=0) >= needed
        newly = done.any(axis=1) & (ends > HORIZON)
        ends[newly] = first + 1 + done[newly].argmax(axis=1)
        if (ends <= HORIZON).all():
            break
        given = running[:, :, -1:]
    return ends
