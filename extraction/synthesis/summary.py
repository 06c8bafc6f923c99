"""What the included studies are, in a few sentences derived from settled values, and what in them asks for a second look. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from extraction.tables.values import SAMPLE_PARTS

#: People who were only invited are no sample.
_STUDIED = SAMPLE_PARTS[1:]


@dataclass(frozen=True, slots=True)
class Column:
    """One field over all studies. ``values`` maps the label of a study to its value, None where nothing is reported."""

    key: str
    kind: str
    label: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """``years`` and ``samples`` are (least, most), None where no study gives one; ``countries`` are those that studies come from."""

    studies: int
    years: tuple[int, int] | None = None
    samples: tuple[int, int] | None = None
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader would stumble over, with the studies that it is about."""

    sentence: str
    studies: tuple[str, ...]


def facts(columns: Sequence[Column], studies: int) -> Facts:
    """The ranges that a text about these studies may state."""
    return Facts(
        studies=studies,
        years=_range(
            [int(value) for column in _of(columns, "year") for value in column.values.values() if value is not None]
        ),
        samples=_range(
            [
                n
                for column in _of(columns, "sample")
                for value in column.values.values()
                if (n := size(value)) is not None
            ]
        ),
        countries=tuple(sorted({one for column in _of(columns, "country", "countries") for one in _countries(column)})),
    )


def size(sample: Mapping[str, Any] | None) -> int | None:
    """The number on which a study's results rest: analysed, else responded, else enrolled; None where none of them is given."""
    given = [sample[part] for part in reversed(_STUDIED) if sample and sample.get(part) is not None]
    return int(given[0]) if given else None


def counted(column: Column) -> list[tuple[str, tuple[str, ...]]]:
    """Each choice with the studies that have it, the most frequent first; several choices of one study count for each."""
    found: Counter[str] = Counter()
    who: dict[str, list[str]] = {}
    for study, value in column.values.items():
        for one in value if isinstance(value, list) else [value] if value else []:
            found[str(one)] += 1
            who.setdefault(str(one), []).append(study)
    return [(name, tuple(who[name])) for name, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def notices(columns: Sequence[Column]) -> list[Notice]:
    """What asks for a second look: people invited taken for people studied, studies without a sample, shares that cannot be."""
    found = []
    for column in _of(columns, "sample"):
        found += [
            Notice(sentence, (study,)) for study, value in column.values.items() for sentence in _doubts(study, value)
        ]
        without = tuple(study for study, value in column.values.items() if not _says_anything(value))
        if without:
            found.append(Notice(f"{_names(without)} {_has(without)} no sample size.", without))
    return found


def _says_anything(sample: Mapping[str, Any] | None) -> bool:
    return any(sample.get(part) is not None for part in SAMPLE_PARTS) if sample else False


def _doubts(study: str, sample: Mapping[str, Any] | None) -> list[str]:
    if not sample:
        return []
    given = [(part, int(sample[part])) for part in SAMPLE_PARTS if sample.get(part) is not None]
    found = []
    if [part for part, _ in given] == ["invited"]:
        found.append(
            f"{study}: {given[0][1]:,} is the number invited; how many answered is not told, so it is no sample size."
        )
    for (earlier, many), (later, more) in pairwise(given):
        if more > many:
            found.append(f"{study}: {more:,} {later} of {many:,} {earlier} is more than there were.")
    counts = dict(given)
    if "invited" in counts and counts.get("responded", counts["invited"]) < counts["invited"] / 2:
        rate = 100 * counts["responded"] / counts["invited"]
        found.append(f"{study}: {counts['responded']:,} of {counts['invited']:,} invited answered ({rate:.0f} %).")
    return found


def _countries(column: Column) -> list[str]:
    return [one for value in column.values.values() if value for one in (value if isinstance(value, list) else [value])]


def _of(columns: Sequence[Column], *kinds: str) -> list[Column]:
    return [column for column in columns if column.kind in kinds]


def _range(numbers: Sequence[int]) -> tuple[int, int] | None:
    return (min(numbers), max(numbers)) if numbers else None


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"
