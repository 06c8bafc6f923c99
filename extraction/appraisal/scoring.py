"""Totals of an appraisal, computed from the answers and never typed (I43). Pure.

An answer that does not apply counts as zero, or is left out of the points and of what could be reached: papers differ, so the
instrument says which, and the total is told with its range. An item that is asked of other designs only counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.tables.fields import Field, FormSpec, Option
from extraction.tables.meaning import is_visible


@dataclass(frozen=True, slots=True)
class Total:
    """Points, and the least and most that the answered items allow; of ``asked`` items, ``missing`` have no answer that stands."""

    points: float
    least: float
    most: float
    not_applicable: int
    missing: int
    asked: int

    @property
    def is_complete(self) -> bool:
        """True where every item has an answer."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Score:
    """One item: the answer, and its points, None where it bears none. ``is_asked`` is False where the study's design rules it out."""

    field: Field
    option: Option | None
    points: float | None
    is_asked: bool = True

    @property
    def most(self) -> float:
        """The points of the best answer."""
        return max(points_of(self.field), default=0.0)


def has_total(spec: FormSpec) -> bool:
    """False for an instrument whose authors advise against a total."""
    return spec.scoring.get("total", "sum") == "sum" and any(points_of(one) for one in items(spec))


def items(spec: FormSpec) -> tuple[Field, ...]:
    """The items of an instrument: its fields of one choice."""
    return tuple(one for one in spec.fields if one.kind == "choice")


def points_of(one: Field) -> list[float]:
    """The points that the answers of an item bear."""
    return [option.score for option in one.options if option.score is not None]


def score(one: Field, value: Any) -> Score:
    """An item with its answer, a key of an option."""
    option = next((each for each in one.options if each.key == value), None)
    return Score(one, option, option.score if option else None)


def scores_of(fields: Iterable[Field], spec: FormSpec, values: Mapping[str, Any]) -> list[Score]:
    """These items with their answers; ``values`` holds those of every field, since another field may rule an item out."""
    return [
        score(one, values.get(one.key)) if is_visible(spec, values, one.key) else Score(one, None, None, is_asked=False)
        for one in fields
    ]


def answer_of(one: Field, status: str, value: Any) -> Any:
    """The key that stands: where the item as a whole is said not to apply, that of its answer that says so."""
    if status != "not_applicable":
        return value
    return next((option.key for option in one.options if option.not_applicable), None)


def total(spec: FormSpec, values: Mapping[str, Any]) -> Total:
    """The sum over all items."""
    return total_of(scores_of(items(spec), spec, values), excluded=is_excluding(spec))


def domain_totals(spec: FormSpec, values: Mapping[str, Any]) -> list[tuple[str, Total]]:
    """The sum over the items of each domain that has items."""
    found = []
    for section in spec.sections:
        scores = scores_of([one for one in section.fields if one.kind == "choice"], spec, values)
        if scores:
            found.append((section.title, total_of(scores, excluded=is_excluding(spec))))
    return found


def is_excluding(spec: FormSpec) -> bool:
    """True where an item that does not apply is left out instead of counting as zero."""
    return spec.scoring.get("na") == "excluded"


def total_of(scores: Sequence[Score], *, excluded: bool) -> Total:
    """The sum of these items, with its range: least and most of what is counted."""
    scores = [one for one in scores if one.is_asked]
    na = [one for one in scores if one.option is not None and one.option.not_applicable]
    answered = [one for one in scores if one.points is not None]
    counted = answered if excluded else answered + na
    least = sum(0.0 if one in na else min(points_of(one.field)) for one in counted)
    most = sum(max(points_of(one.field), default=0.0) for one in counted)
    points = sum(one.points for one in answered if one.points is not None)
    return Total(points, least, most, len(na), sum(one.option is None for one in scores), len(scores))
