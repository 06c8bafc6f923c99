"""Which record of a duplicate group is kept: by rule R1, or as a person chose among those that count alike. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rank:
    """What decides who leads: ``voted`` on, from a database or register (``dbr``), search ``run``, ``number``.

    ``chosen`` is 0 where nobody chose the record; of two chosen ones the greater is the newer choice.
    """

    voted: bool
    dbr: bool
    run: int
    number: int
    chosen: int = 0

    @property
    def order(self) -> tuple[bool, bool, int]:
        """Sorts the one that leads by rule first (R1)."""
        return not self.voted, not self.dbr, self.number


def lead_by_rule(members: Collection[int], ranks: Mapping[int, Rank]) -> int:
    """The record that leads where nobody chose: one with votes, then databases before other methods, then the earliest (R1)."""
    return min(members, key=lambda pk: ranks[pk].order)


def may_lead(members: Collection[int], ranks: Mapping[int, Rank]) -> list[int]:
    """The records that a person may choose between, by number.

    They share votes or none, column and search with the one that leads by rule, so that the choice moves no number of
    the flow (R1, R8) and takes no vote out of the count (R2).
    """
    first = ranks[lead_by_rule(members, ranks)]
    alike = (first.voted, first.dbr, first.run)
    found = [pk for pk in members if (ranks[pk].voted, ranks[pk].dbr, ranks[pk].run) == alike]
    return sorted(found, key=lambda pk: ranks[pk].number)


def lead_of(members: Collection[int], ranks: Mapping[int, Rank]) -> int:
    """The record that leads: the newest choice among those that may, else the one by rule."""
    chosen = [pk for pk in may_lead(members, ranks) if ranks[pk].chosen]
    return max(chosen, key=lambda pk: ranks[pk].chosen) if chosen else lead_by_rule(members, ranks)
