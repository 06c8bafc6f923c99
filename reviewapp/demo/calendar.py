"""When each act of the demo happened: over the six weeks before it is loaded, in an order that could have been. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reviewapp.demo.script import Attempt, Script, Voted

A_VOTE = timedelta(seconds=55)
SESSION = 6  # records somebody screens at a sitting
FIRST_ATTEMPT = 20  # days ago


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted back from ``today``, the moment at which the demo is loaded."""

    today: datetime

    def day(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """``ago`` days before today (at least one), at this time of the day (UTC)."""
        return (self.today - timedelta(days=ago)).replace(hour=hour, minute=minute, second=0, microsecond=0)

    def attempt(self, attempt: Attempt, first: date) -> datetime:
        """The day of an attempt to get a report, as far after the ``first`` of all as the script says."""
        return self.day(FIRST_ATTEMPT, 14) + (attempt.on - first)

    def screening(self, script: Script) -> Iterator[tuple[Voted, list[datetime]]]:
        """The votes at title and abstract with the moment of each.

        First what is settled by now, at sittings from five weeks ago on; last week what is open: conflicts not
        settled, and records that have one vote.
        """
        settled = [voted for voted in script.votes if not _is_open(script, voted)]
        for place, voted in enumerate(settled):
            yield voted, [self._sitting(38, 18, place), self._sitting(37, 12, place)]
        for place, voted in enumerate(voted for voted in script.votes if _is_open(script, voted)):
            first = self.day(10 - min(place, 4), 17) + place * A_VOTE
            yield voted, [first, self.day(2 if place else 6, 9, 40) + place * A_VOTE]

    def _sitting(self, ago: int, hour: int, place: int) -> datetime:
        return self.day(ago - 2 * (place // SESSION), hour, 10) + (place % SESSION) * A_VOTE

    def full_text(self, place: int) -> list[datetime]:
        """Two reviewers read the report of this place, a week ago and since."""
        return [self.day(12 - place, 18, 30), self.day(11 - place, 13, 15)]


def _is_open(script: Script, voted: Voted) -> bool:
    conflict = script.conflict_of(voted.key)
    return len(voted.cast) == 1 or (conflict is not None and conflict.outcome == "open")
