"""A pilot round: which records, and how well its reviewers agree. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from screening.decisions.verdict import Decision
from screening.dedupe.spotcheck import sample

SIZE = 25  # records; this and the gate are those of the JBI Manual for Evidence Synthesis, scoping reviews
GATE = 75  # per cent
SMALLEST, LARGEST = 10, 200


@dataclass(frozen=True, slots=True)
class Tally:
    """Agreement in a round: of ``records``, ``done`` have every vote; of ``pairs`` of their votes ``agreed`` say the same."""

    records: int
    done: int
    pairs: int
    agreed: int
    unanimous: int

    @property
    def is_complete(self) -> bool:
        """Every record has every vote."""
        return self.records > 0 and self.done == self.records

    @property
    def per_cent(self) -> float | None:
        """Agreeing pairs of votes in per cent; None before there is a pair."""
        return 100 * self.agreed / self.pairs if self.pairs else None

    def passes(self, gate: int) -> bool:
        """True where every record has every vote and the agreement reaches ``gate`` per cent."""
        return self.is_complete and self.pairs > 0 and self.agreed * 100 >= gate * self.pairs


def tally(opened: Iterable[Sequence[Decision]], *, records: int) -> Tally:
    """The tally of a round of ``records``, from the votes of those records whose votes are open. Maybe counts as Include."""
    done = pairs = agreed = unanimous = 0
    for votes in opened:
        counted = [Decision.INCLUDE if vote is Decision.MAYBE else vote for vote in votes]
        same = [first is second for first, second in combinations(counted, 2)]
        done, pairs, agreed, unanimous = done + 1, pairs + len(same), agreed + sum(same), unanimous + all(same)
    return Tally(records, done, pairs, agreed, unanimous)


def drawn(items: Iterable[int], *, seed: int, size: int) -> list[int]:
    """The random sample of a round, in the order in which it is read; the same for a seed."""
    return sample(items, seed=seed, size=size)
