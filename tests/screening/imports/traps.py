"""The hand-written files of tests/data/imports, one trap each, read as an upload would be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from screening.imports.parsed import ParsedRecord, ParseProblem, Reading
from screening.imports.reading import read

FOLDER = Path(__file__).parents[2] / "data" / "imports"


def reading(name: str, *, encoding: str | None = None, mapping: Mapping[str, str] | None = None) -> Reading:
    """The one reading of a file of the folder."""
    (only,) = read(FOLDER / name, name=name, encoding=encoding, mapping=mapping)
    return only


def records(name: str) -> list[ParsedRecord]:
    """The records of a file that holds nothing else, its sum checked (IM1)."""
    found, problems, markers = sums(reading(name))
    assert not problems
    assert markers == len(found)
    return found


def sums(read_file: Reading) -> tuple[list[ParsedRecord], list[ParseProblem], int]:
    """Records, problems and markers of a reading."""
    entries = list(read_file.entries)
    found = [entry for entry in entries if isinstance(entry, ParsedRecord)]
    return found, [entry for entry in entries if isinstance(entry, ParseProblem)], read_file.markers
