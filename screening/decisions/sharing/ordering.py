"""In which order the records of a stage come up: the same for the same records and seed. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

NO_YEAR = 10_000  # records without a year come last, whichever way the years run


@dataclass(frozen=True, slots=True)
class Entry:
    """What the order of one item may depend on: of the record alone, never of a vote (B6)."""

    item: int
    number: int
    year: int | None
    title: str


def places(entries: Iterable[Entry], order: str, *, seed: int) -> dict[int, int]:
    """Item -> its place in the order ``import``, ``random``, ``newest``, ``oldest`` or ``title``; ties by record number.

    Places are the record numbers as imported, as they are where nobody asks for an order; otherwise they run from 1. A new record
    never changes the order of two others. Raises KeyError for another order.
    """
    if order == "import":
        return {entry.item: entry.number for entry in entries}
    key = _keys(seed)[order]
    ranked = sorted(entries, key=lambda entry: (key(entry), entry.number))
    return {entry.item: place for place, entry in enumerate(ranked, start=1)}


def _keys(seed: int) -> dict[str, Callable[[Entry], int | str]]:
    return {
        "random": lambda entry: hashlib.blake2b(f"{seed} {entry.number}".encode(), digest_size=8).hexdigest(),
        "newest": lambda entry: NO_YEAR if entry.year is None else -entry.year,
        "oldest": lambda entry: NO_YEAR if entry.year is None else entry.year,
        "title": lambda entry: title_key(entry.title),
    }


def title_key(title: str) -> str:
    """A title as it is sorted: without accents, case, and marks before its first letter; none comes last."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", title) if not unicodedata.combining(one)).casefold()
    while plain and not plain[0].isalnum():
        plain = plain[1:]
    return plain or "\U0010ffff"
