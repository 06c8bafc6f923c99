"""The nine conservation laws of the flow, as data: words, numbers, and whether the numbers agree. Pure.

A law compares sums that were reached in different ways. Its left side is, where one was handed in, a number counted
apart from the buckets (rows imported, items of a stage, reports retrieved), so that a record that fell out of the
buckets, or into two, breaks the law instead of vanishing from both sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.prisma.numbers import summed


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sums that must be equal."""

    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether both sides have the same sum."""
        return sum(self.left) == sum(self.right)

    def __str__(self) -> str:
        return f"{summed(self.left)} {'=' if self.holds else '≠'} {summed(self.right)}"


@dataclass(frozen=True, slots=True)
class Law:
    """One law: `holds` is None where the review makes no use of it, and `numbers` then says why."""

    name: str
    words: str
    numbers: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What the laws are checked on.

    `numbers`: every number of the flow by key. `parts`: the numbers of the parts of a key, such as the reasons of
    `dbr_excluded`. `counted`: the same keys counted apart from the buckets.
    """

    numbers: Mapping[str, int]
    parts: Mapping[str, Mapping[str, int]]
    counted: Mapping[str, int]

    def left(self, *keys: str) -> tuple[int, ...]:
        """Return the left side: what was counted apart, or else the flow's own number."""
        return tuple(self.counted.get(key, self.numbers[key]) for key in keys)

    def right(self, *keys: str) -> tuple[int, ...]:
        """Return the right side: the flow's own numbers."""
        return tuple(self.numbers[key] for key in keys)

    def parts_of(self, key: str) -> tuple[int, ...]:
        """Return the numbers of a key's named parts; a part without a name counts for nothing."""
        return tuple(n for name, n in self.parts[key].items() if name)

    def disagreements(self, keys: Sequence[str]) -> list[Equation]:
        """Return one broken equation for each key, or part of a key, that was counted apart with another result."""
        named = {f"{key}:{name}": n for key in keys for name, n in self.parts.get(key, {}).items()}
        flow = {key: self.numbers[key] for key in keys if key in self.numbers} | named
        apart = {key: n for key, n in self.counted.items() if key.partition(":")[0] in keys}
        pairs = [(n, flow.get(key, 0)) for key, n in apart.items()]
        return [Equation((n,), (own,)) for n, own in pairs if n != own]


def laws_of(sums: Sums, *, other: bool, update: bool) -> tuple[Law, ...]:
    """Return L1 to L9; `other`: records came by other methods; `update`: a previous version is carried over."""
    return (
        _sources(sums),
        _identified(sums),
        _screened(sums),
        _sought(sums, other),
        _assessed(sums, other),
        _other_methods(sums, other),
        _included(sums),
        _total(sums, "L8", "studies", update),
        _total(sums, "L9", "reports", update),
    )


def _law(name: str, words: str, sums: Sums, equations: Sequence[Equation], *right: str) -> Law:
    every = [*equations, *sums.disagreements(right)]
    return Law(name, words, "; ".join(map(str, every)), all(equation.holds for equation in every))


def _columns(other: bool) -> tuple[str, ...]:
    return ("dbr", "other") if other else ("dbr",)


def _sources(sums: Sums) -> Law:
    databases = Equation(sums.left("database_results"), sums.parts_of("database_specific_results"))
    registers = Equation(sums.left("register_results"), sums.parts_of("register_specific_results"))
    shown = [databases, registers] if any(registers.left + registers.right) else [databases]
    specific = ("database_specific_results", "register_specific_results")
    return _law("L1", "Databases = sum of the databases; registers likewise", sums, shown, *specific)


def _identified(sums: Sums) -> Law:
    left = sums.left("database_results", "register_results")
    removed = ("duplicates", "excluded_automatic", "excluded_other")
    equation = Equation(left, sums.right(*removed, "records_screened"))
    words = "Databases + registers = duplicates + marked by tools + other removals + screened"
    return _law("L2", words, sums, [equation], *removed)


def _screened(sums: Sums) -> Law:
    right = ("records_excluded", "dbr_sought_reports", "dbr_pending_title_abstract")
    equation = Equation(sums.left("records_screened"), sums.right(*right))
    return _law("L3", "Screened = excluded + sought + pending", sums, [equation], right[0], right[2])


def _sought(sums: Sums, other: bool) -> Law:
    equations, keys = [], []
    for column in _columns(other):
        right = (f"{column}_notretrieved_reports", f"{column}_assessed", f"{column}_pending_retrieval")
        equations.append(Equation(sums.left(f"{column}_sought_reports"), sums.right(*right)))
        keys += [right[0], right[2]]
    return _law("L4", "Sought = not retrieved + assessed + pending", sums, equations, *keys)


def _assessed(sums: Sums, other: bool) -> Law:
    equations, keys = [], []
    for column in _columns(other):
        reasons = sum(sums.parts_of(f"{column}_excluded"))
        rest = (f"{column}_included", f"{column}_pending_full_text")
        equations.append(Equation(sums.left(f"{column}_assessed"), (reasons, *sums.right(*rest))))
        keys += [f"{column}_excluded", *rest]
    return _law("L5", "Assessed = reasons + included + pending", sums, equations, *keys)


def _other_methods(sums: Sums, other: bool) -> Law:
    words = "Websites + organisations + citations = sought + not sought + pending"
    if not other:
        return Law("L6", words, "No records by other methods", None)
    right = ("other_sought_reports", "other_not_sought", "other_pending_title_abstract")
    left = sums.left("website_results", "organisation_results", "citations_results")
    return _law("L6", words, sums, [Equation(left, sums.right(*right))], *right[1:])


def _included(sums: Sums) -> Law:
    equation = Equation(sums.left("new_reports"), sums.right("dbr_included", "other_included"))
    return _law("L7", "Included reports = databases and registers + other methods", sums, [equation])


def _total(sums: Sums, name: str, unit: str, update: bool) -> Law:
    words = f"Total {unit} = previous + new"
    if not update:
        return Law(name, words, "Not an update of an earlier review", None)
    kept = sums.numbers[f"previous_{unit}"] - sums.numbers[f"previous_removed_{unit}"]
    equation = Equation(sums.left(f"total_{unit}"), (kept, *sums.right(f"new_{unit}")))
    return _law(name, words, sums, [equation])
