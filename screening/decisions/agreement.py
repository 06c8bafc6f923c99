"""How far reviewers agreed before they saw each other's votes: the table first, then its coefficients.

Everything here is pure. A coefficient that the table cannot carry is None, and is printed as "undefined".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import sqrt
from typing import Any, TypeVar

Table = tuple[tuple[int, ...], ...]
Rater = TypeVar("Rater", bound=Hashable)

#: The headline table reads Maybe as Include; the three-category table stands beside it.
HEADLINE = ("include", "exclude")
THREE = ("include", "maybe", "exclude")

#: Two-sided 95 % point of the normal distribution.
Z = 1.959964

#: Lower edges of the optional words of Cochrane Handbook 5.1, section 7.2.6, which asks for no kappa itself.
BANDS = ((0.75, "excellent"), (0.60, "good"), (0.40, "fair"))


class Level(StrEnum):
    """Scale of measurement for Krippendorff's alpha."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters on the items both rated; row = first rater, column = second, in the order of `categories`.

    `po` and `pe` are the observed and expected shares of agreement. `positive`, `negative`, `prevalence` and
    `bias` exist for two categories only, the first being the positive one. All but `table` and `n` may be
    None: undefined.
    """

    categories: tuple[str, ...]
    table: Table
    n: int
    po: float | None
    pe: float | None
    kappa: float | None
    se: float | None
    kappa_low: float | None
    kappa_high: float | None
    pabak: float | None
    ac1: float | None
    alpha: float | None
    prevalence: float | None
    bias: float | None
    positive: float | None
    negative: float | None

    def figures(self) -> dict[str, Any]:
        """Return what the command line and the exports print: plain numbers, lists and None."""
        names = ("po", "pe", "kappa", "se", "kappa_low", "kappa_high", "pabak", "ac1", "alpha")
        more = ("prevalence", "bias", "positive", "negative")
        table = [list(row) for row in self.table]
        return {
            "n": self.n,
            "categories": list(self.categories),
            "table": table,
            **{name: getattr(self, name) for name in names + more},
        }


def agreement(pairs: Iterable[tuple[str, str]], categories: Sequence[str]) -> Agreement:
    """Return the agreement of two raters from one (first, second) pair per item both rated.

    Raises ValueError for a value outside `categories` and for fewer than two categories.
    """
    if len(categories) < 2:
        raise ValueError("Agreement needs two categories or more.")
    counted = Counter(pairs)
    strangers = {value for pair in counted for value in pair} - set(categories)
    if strangers:
        raise ValueError(f"Not among the categories: {', '.join(sorted(strangers))}.")
    table = tuple(tuple(counted[row, column] for column in categories) for row in categories)
    return agreement_of_table(table, categories)


def agreement_of_table(table: Sequence[Sequence[int]], categories: Sequence[str]) -> Agreement:
    """Return the agreement for a square table of counts (rows: first rater)."""
    frozen = tuple(tuple(row) for row in table)
    k = len(categories)
    if len(frozen) != k or any(len(row) != k for row in frozen):
        raise ValueError("The table needs one row and one column for each category.")
    n = sum(map(sum, frozen))
    po = _share(sum(frozen[i][i] for i in range(k)), n)
    rows, columns = _margins(frozen, n)
    pe = None if po is None else sum(r * c for r, c in zip(rows, columns, strict=True))
    kappa, se = _kappa(frozen, po, pe)
    low, high = _interval(kappa, se)
    a, b, c, d = _two_by_two(frozen)
    return Agreement(
        categories=tuple(categories),
        table=frozen,
        n=n,
        po=po,
        pe=pe,
        kappa=kappa,
        se=se,
        kappa_low=low,
        kappa_high=high,
        pabak=None if po is None else (k * po - 1) / (k - 1),
        ac1=_ac1(po, rows, columns),
        alpha=_alpha({(row, column): frozen[row][column] for row in range(k) for column in range(k)}),
        prevalence=_share(abs(a - d), n) if k == 2 else None,
        bias=_share(abs(b - c), n) if k == 2 else None,
        positive=_share(2 * a, 2 * a + b + c),
        negative=_share(2 * d, 2 * d + b + c),
    )


def kappa_and_ac1(table: Table) -> tuple[float | None, float | None]:
    """Return kappa and AC1 alone, as `agreement_of_table` does, for pages that tell of hundreds of tables at once."""
    n = sum(map(sum, table))
    if not n:
        return None, None
    po = sum(table[i][i] for i in range(len(table))) / n
    rows, columns = _margins(table, n)
    pe = sum(row * column for row, column in zip(rows, columns, strict=True))
    return (po - pe) / (1 - pe) if _answers(table) > 1 else None, _ac1(po, rows, columns)


def fold_maybe(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs with Maybe read as Include, as the headline does."""
    return [(_folded(first), _folded(second)) for first, second in pairs]


def pair_up(votes: Mapping[Any, Mapping[Rater, str]]) -> dict[tuple[Rater, Rater], list[tuple[str, str]]]:
    """Return, for each two raters, their pairs of values on the items both rated.

    `votes` maps item -> rater -> value; raters are ordered by their text within a pair.
    """
    found: dict[tuple[Rater, Rater], list[tuple[str, str]]] = defaultdict(list)
    for given in votes.values():
        for first, second in combinations(sorted(given, key=str), 2):
            found[first, second].append((given[first], given[second]))
    return dict(found)


def fleiss_kappa(table: Sequence[Sequence[int]]) -> float | None:
    """Return Fleiss' kappa (doi 10.1037/h0031619) for items x categories of counts of raters, or None.

    Raises ValueError where items differ in their number of raters: Krippendorff's alpha allows gaps.
    """
    raters = {sum(row) for row in table}
    if len(raters) > 1:
        raise ValueError("Fleiss' kappa needs the same number of raters for each item.")
    used = sum(1 for column in zip(*table, strict=True) if any(column))
    if used < 2 or max(raters) < 2:
        return None
    from statsmodels.stats.inter_rater import fleiss_kappa as by_statsmodels

    return float(by_statsmodels([list(row) for row in table], method="fleiss"))


def krippendorff_alpha(codes: Sequence[Sequence[Any]], level: Level = Level.NOMINAL) -> float | None:
    """Return Krippendorff's alpha for coders x units of values; None in `codes` is a gap, as a result undefined.

    Method: Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*. Levels above nominal need numbers.
    """
    return _alpha(Counter(zip(*codes, strict=True)), level)


def _alpha(units: Mapping[tuple[Any, ...], int], level: Level = Level.NOMINAL) -> float | None:
    """The same from how many units have each row of values: thousands of units have but a few."""
    together: Counter[tuple[Any, Any]] = Counter()
    weights: dict[tuple[Any, Any], float] = defaultdict(float)
    for values, many in units.items():
        held = Counter(value for value in values if value is not None)
        if held.total() < 2:
            continue
        for first, second in ((first, second) for first in held for second in held):
            times = held[first] * (held[second] - (first == second))
            weights[first, second] += many * times / (held.total() - 1)
        together.update({(value, value): many * count for value, count in held.items()})
    margins = {value: count for (value, _), count in together.items()}
    distance = _distance(level, margins)
    observed = sum(weight * distance(first, second) for (first, second), weight in weights.items())
    expected = sum(margins[a] * margins[b] * distance(a, b) for a in margins for b in margins)
    if not expected:
        return None
    return 1 - (sum(margins.values()) - 1) * observed / expected


def band(kappa: float | None) -> str:
    """Return the optional word for a kappa: excellent, good, fair, poor; '' for an undefined one."""
    if kappa is None:
        return ""
    return next((word for edge, word in BANDS if kappa >= edge), "poor")


def why_undefined(found: Agreement) -> str:
    """Why the table carries no kappa, as the end of a sentence; "" where it does (I39)."""
    if found.kappa is not None:
        return ""
    return (
        "both gave the same single answer, so that agreement cannot be told from chance"
        if found.n
        else "no record has both votes"
    )


def printed(value: float | None, digits: int = 2) -> str:
    """Return a coefficient as text; undefined is said as such (I39)."""
    return "undefined" if value is None else f"{value:.{digits}f}"


def _folded(value: str) -> str:
    return "include" if value == "maybe" else value


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _margins(table: Table, n: int) -> tuple[list[float], list[float]]:
    if not n:
        return [0.0] * len(table), [0.0] * len(table)
    return [sum(row) / n for row in table], [sum(column) / n for column in zip(*table, strict=True)]


def _two_by_two(table: Table) -> tuple[int, int, int, int]:
    if len(table) != 2:
        return 0, 0, 0, 0
    return table[0][0], table[0][1], table[1][0], table[1][1]


def _kappa(table: Table, po: float | None, pe: float | None) -> tuple[float | None, float | None]:
    """Cohen's kappa and its standard error after Fleiss, Cohen & Everitt 1969 (doi 10.1037/h0028106)."""
    if po is None or pe is None or _answers(table) < 2:
        return None, None
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa

    # The library also tests kappa against nought, which divides by zero where its variance vanishes.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = cohens_kappa([list(row) for row in table])
    return float(found.kappa), sqrt(max(0.0, float(found.var_kappa)))


def _answers(table: Table) -> int:
    """How many answers anybody gave; with one alone, agreement cannot be told from chance."""
    return sum(1 for i, row in enumerate(table) if any(row) or any(other[i] for other in table))


def _interval(kappa: float | None, se: float | None) -> tuple[float | None, float | None]:
    if kappa is None or se is None:
        return None, None
    return max(-1.0, kappa - Z * se), min(1.0, kappa + Z * se)


def _ac1(po: float | None, rows: Sequence[float], columns: Sequence[float]) -> float | None:
    """Gwet's AC1 (doi 10.1348/000711006X126600)."""
    if po is None:
        return None
    means = [(row + column) / 2 for row, column in zip(rows, columns, strict=True)]
    pe = sum(mean * (1 - mean) for mean in means) / (len(means) - 1)
    return (po - pe) / (1 - pe)


def _distance(level: Level, margins: Mapping[Any, int]) -> Callable[[Any, Any], float]:
    """Squared difference of two values on a scale; the ordinal one counts the values that lie between."""
    if level is Level.NOMINAL:
        return lambda a, b: float(a != b)
    if level is Level.INTERVAL:
        return lambda a, b: float((a - b) ** 2)
    if level is Level.RATIO:
        return lambda a, b: 0.0 if a == b else float(((a - b) / (a + b)) ** 2)
    return lambda a, b: _ordinal(a, b, margins)


def _ordinal(a: Any, b: Any, margins: Mapping[Any, int]) -> float:
    low, high = min(a, b), max(a, b)
    between = sum(count for value, count in margins.items() if low <= value <= high)
    return float((between - (margins[a] + margins[b]) / 2) ** 2)
