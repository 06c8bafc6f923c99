"""How the log of changes writes which studies a report tells of: new ones, then those of the previous version. Pure."""

from __future__ import annotations

from collections.abc import Iterable

KNOWN = "known"  # stands before the ids of studies that the previous version included


def written(new: Iterable[int], known: Iterable[int]) -> str:
    """Ids of studies as one value, "3 17 known 4"; empty for a report without a study."""
    behind = [str(pk) for pk in sorted(known)]
    return " ".join([*(str(pk) for pk in sorted(new)), *([KNOWN, *behind] if behind else [])])


def read(value: str) -> tuple[set[str], set[str]]:
    """(new, known) ids of such a value."""
    new, _, known = value.partition(KNOWN)
    return set(new.split()), set(known.split())
