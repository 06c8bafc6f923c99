"""What a record's metadata suggest about one criterion: three-valued, with the raw words as evidence (IM7, IM8). Pure.

A hint suggests; it never votes, hides or excludes. Metadata that are missing, guessed or at odds with themselves give
*unknown*, never *not met*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.protocol.suggest import MET, NOT_MET

UNKNOWN = "unknown"
RULES = ("languages", "years", "types_in", "types_out")
_SHOWN = 3
_ASKED = {"languages": "language", "years": "year", "types": "publication type"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says of itself. Missing text is ``()`` or ``""``, a missing year ``None``.

    ``languages`` are ISO 639-1 codes, ``language_inferred`` tells that they were guessed from the script. ``types`` are the
    canonical publication types that a database stated; words that a reference manager writes for anything (``JOUR``,
    ``Generic``, ``article``) are weak and not among them. The ``raw_`` fields keep the words of the file.
    """

    languages: tuple[str, ...] = ()
    language_inferred: bool = False
    raw_languages: tuple[str, ...] = ()
    year: int | None = None
    year_early: int | None = None
    raw_year: str = ""
    types: tuple[str, ...] = ()
    raw_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """``answer`` is met, not_met or unknown; ``evidence`` the words of the record; ``sentence`` says both, or is empty."""

    answer: str = UNKNOWN
    evidence: str = ""
    sentence: str = ""


def hint(rule: Mapping[str, Any], facts: Facts) -> Hint:
    """What ``facts`` suggest under a criterion's rule.

    ``rule`` holds any of ``languages`` (codes taken), ``years`` ([first, last], both included, either may be null) and
    ``types_in``, ``types_out`` (canonical types). Several parts are one criterion: one not met fails it, all must be met.
    A rule that says nothing, or something nobody knows, gives *unknown*.
    """
    told = [(name, part(rule, facts)) for name, asked, part in _PARTS if any(rule.get(key) for key in asked)]
    failed = [one for one in told if one[1][0] == NOT_MET]
    if failed:
        return _said(NOT_MET, failed)
    if told and all(answer == MET for _, (answer, _) in told):
        return _said(MET, told)
    return _said(UNKNOWN, [one for one in told if one[1][0] == UNKNOWN])


Told = tuple[str, tuple[str, str]]  # what was asked, (answer, evidence)


def _said(answer: str, told: Sequence[Told]) -> Hint:
    evidence = "; ".join(words for _, (_, words) in told if words)
    if answer == UNKNOWN:
        unsure = " and ".join(_ASKED[name] for name, (_, words) in told if words)
        return Hint(answer, evidence, f"Not known: {unsure} {evidence}." if unsure else "")
    return Hint(answer, evidence, f"Suggests {answer.replace('_', ' ')}: {evidence}.")


def _language(rule: Mapping[str, Any], facts: Facts) -> tuple[str, str]:
    """One accepted code among those of the record meets it; a language told by the script alone proves nothing."""
    if not facts.languages:
        return UNKNOWN, ""
    words = _quoted(facts.raw_languages or facts.languages)
    if facts.language_inferred:
        return UNKNOWN, f"{words} by its script only"
    return (MET if set(facts.languages) & set(rule["languages"]) else NOT_MET), words


def _years(rule: Mapping[str, Any], facts: Facts) -> tuple[str, str]:
    """Inside both bounds; where print and online year fall on different sides of one, nobody knows."""
    if facts.year is None:
        return UNKNOWN, _quoted([facts.raw_year]) if facts.raw_year else ""
    first, last = rule["years"]
    years = [facts.year] if facts.year_early is None else [facts.year, facts.year_early]
    sides = {-1 if first is not None and year < first else int(last is not None and year > last) for year in years}
    words = str(facts.year) + (f", online {facts.year_early}" if facts.year_early not in (None, facts.year) else "")
    if len(sides) > 1:
        return UNKNOWN, words
    return (MET if sides == {0} else NOT_MET), words


def _types(rule: Mapping[str, Any], facts: Facts) -> tuple[str, str]:
    """The whole set is weighed: an excluded type alone fails, an accepted one alone is met, both or neither say nothing."""
    accepted = bool(set(facts.types) & set(rule.get("types_in") or ()))
    left_out = bool(set(facts.types) & set(rule.get("types_out") or ()))
    words = _quoted(facts.raw_types)
    if accepted == left_out:
        return UNKNOWN, words
    return (MET if accepted else NOT_MET), words


def _quoted(words: Sequence[str]) -> str:
    """The first words in quotation marks, and how many more there are."""
    shown = ", ".join(f"“{word}”" for word in words[:_SHOWN])
    return f"{shown} and {len(words) - _SHOWN} more" if len(words) > _SHOWN else shown


_PARTS: tuple[tuple[str, tuple[str, ...], Callable[[Mapping[str, Any], Facts], tuple[str, str]]], ...] = (
    ("languages", ("languages",), _language),
    ("years", ("years",), _years),
    ("types", ("types_in", "types_out"), _types),
)
