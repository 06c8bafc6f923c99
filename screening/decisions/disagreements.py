"""Which criterion reviewers disagree on, summed over pairs and rounds; of revealed votes only, as `pairs` reads them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ANSWERS = ("met", "not_met", "unclear")
APART = (("met", "not_met"), ("met", "unclear"), ("not_met", "unclear"))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One criterion: ``n`` times two reviewers both answered it on a record, ``differ`` times otherwise than each other.

    ``apart`` splits ``differ`` by what the two answers were, in the order of `APART`.
    """

    key: str
    label: str
    n: int
    differ: int
    apart: tuple[int, ...]

    @property
    def per_cent(self) -> int:
        """The share that differs, in whole per cent; 0 where nobody answered."""
        return round(100 * self.differ / self.n) if self.n else 0


def disagreements(
    labels: Mapping[str, str], tables: Iterable[tuple[str, Sequence[Sequence[int]]]]
) -> list[Disagreement]:
    """The criteria that differ most often first, ties in the order of ``labels`` (key -> short name).

    ``tables`` gives, for each pair and criterion, its key and the square table of answers in the order of `ANSWERS`.
    """
    summed: dict[str, list[list[int]]] = {}
    for key, table in tables:
        into = summed.setdefault(key, [[0] * len(ANSWERS) for _ in ANSWERS])
        for row, counts in enumerate(table):
            for column, count in enumerate(counts):
                into[row][column] += count
    found = [_disagreement(key, label, summed[key]) for key, label in labels.items() if key in summed]
    return sorted(found, key=lambda one: (-one.differ, -one.per_cent))


def _disagreement(key: str, label: str, table: Sequence[Sequence[int]]) -> Disagreement:
    place = {answer: index for index, answer in enumerate(ANSWERS)}
    apart = tuple(table[place[a]][place[b]] + table[place[b]][place[a]] for a, b in APART)
    return Disagreement(key, label, sum(map(sum, table)), sum(apart), apart)
