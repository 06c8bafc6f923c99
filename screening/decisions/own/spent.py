"""Time spent on votes: what is believed of it, and how it is told. Measured for oneself alone; nothing is decided by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

# Seconds from showing a record to the vote that still count as reading; whoever comes back later had gone away.
CAPS = {"ta": 300, "ft": 3_600}


def seconds_spent(given: Mapping[str, str], *, now: int) -> int | None:
    """Seconds between showing and voting as the browser measured them: the field ``spent``.

    Without scripts it is empty; then from when the page was made, the field ``since``, to ``now``, both in seconds of the epoch.
    None where neither tells anything sensible. They may be anything: `capped` bounds the time.
    """
    spent = _number(given.get("spent", ""))
    if spent is not None:
        return spent
    since = _number(given.get("since", ""))
    return None if since is None or since > now else now - since


def _number(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None


def capped(seconds: int | None, stage: str) -> int | None:
    """At most the cap of the stage."""
    return None if seconds is None else min(seconds, CAPS[stage])


@dataclass(frozen=True, slots=True)
class Time:
    """The time of some votes, in seconds; votes without a time (brought in, older ones) are left out."""

    votes: int
    total: int
    middle: int

    @property
    def total_words(self) -> str:
        """ "1 h 5 min", "12 min", "40 s"."""
        return in_words(self.total)

    @property
    def middle_words(self) -> str:
        """The median of a vote, in the same words."""
        return in_words(self.middle)


def time_of(seconds: Sequence[int]) -> Time:
    """Number, total and median."""
    return Time(len(seconds), sum(seconds), round(median(seconds)) if seconds else 0)


def in_words(seconds: int) -> str:
    """Hours and minutes; seconds below two minutes."""
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"
