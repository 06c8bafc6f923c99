"""One entry of a reading: a record, or the problem that stands in its place; and a file opened for reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from screening.imports.parsed import ParsedRecord, ParseProblem
from screening.imports.parsers.cleaning import storable
from screening.imports.parsers.draft import Draft

Entry = ParsedRecord | ParseProblem


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose format is known: the lines of its markers, counted apart, and its entries, not yet read."""

    format: str
    marker_lines: Iterator[int]
    entries: Iterator[Entry]
    raw_at: Callable[[int], str] = lambda line: ""
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


def entry_of(line: int, raw: str, make: Callable[[], Draft]) -> Entry:
    """The record that ``make`` describes; a record nobody foresaw becomes a problem, never the end of the import (IM12)."""
    try:
        return make().finish()
    except Exception as error:
        reason = f"The record could not be read ({type(error).__name__}): its text is kept here."
        return ParseProblem(line, reason, storable(raw))
