"""A blind second look at records that two reviewers excluded in agreement: who reads which, and what it proves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening.decisions.sharing.spread import Hand
from screening.dedupe.spotcheck import upper_bound

SIZES = (30, 60, 100, 150, 300)
LARGEST = 2000
GAP = timedelta(days=14)  # who voted on a record reads it again no sooner, and only where nobody else can


@dataclass(frozen=True, slots=True)
class Excluded:
    """A record that was excluded in agreement: its language, and who voted on it when."""

    item: int
    language: str
    voted: dict[int, datetime]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a sample tells of all: ``missed`` of ``read`` should have been included; at most ``share`` of ``population`` are."""

    missed: int
    read: int
    population: int
    share: float

    @property
    def per_cent(self) -> float:
        """The upper bound in per cent."""
        return 100 * self.share

    @property
    def records(self) -> int:
        """The upper bound in records, rounded down: the share holds of more than were read."""
        return max(self.missed, int(self.share * self.population))


def bound(missed: int, read: int, population: int) -> Bound:
    """The one-sided upper 95 % bound of missed includes; where all of them were read it is what was found."""
    share = missed / population if population and read >= population else upper_bound(missed, read)
    return Bound(missed, read, population, share)


def deal(chosen: Sequence[Excluded], hands: Iterable[Hand], *, now: datetime) -> dict[int, int]:
    """Item -> who reads it: somebody who has not voted on it, else a voter after `GAP`, each about equally many.

    Records that nobody may read are left out.
    """
    read: Counter[int] = Counter()
    dealt: dict[int, int] = {}
    able = {one.item: readers_of(one, hands, now=now) for one in chosen}
    for item in sorted(able, key=lambda one: (len(able[one]), one)):
        if able[item]:
            dealt[item] = min(able[item], key=lambda member: (read[member], member))
            read[dealt[item]] += 1
    return dealt


def readers_of(record: Excluded, hands: Iterable[Hand], *, now: datetime) -> list[int]:
    """Who may read the record again."""
    able = [hand.member for hand in hands if hand.can_read(record.language)]
    fresh = [member for member in able if member not in record.voted]
    return fresh or [member for member in able if now - record.voted[member] >= GAP]
