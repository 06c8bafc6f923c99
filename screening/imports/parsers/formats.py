"""Which reader and which counter belong to which format of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from screening.imports import sniff
from screening.imports.decode import Decoding, open_text
from screening.imports.parsers import markers, medline, ris
from screening.imports.parsers.cleaning import storable
from screening.imports.parsers.entry import Entry, Opened
from screening.imports.parsers.source import Source

_LINES_SHOWN = 100

T = TypeVar("T")
LineReader = Callable[[Iterable[str]], Iterator[Entry]]

_BY_LINES: dict[str, tuple[markers.Counter, LineReader]] = {
    sniff.RIS: (markers.ris, ris.read),
    sniff.MEDLINE: (markers.medline, medline.read),
}


def opened(kind: str, source: Source, decoding: Decoding) -> Opened:
    """A text of the format ``kind`` (a name of `sniff.FORMATS`), ready to be counted and read."""
    count, read = _BY_LINES[kind]
    return Opened(
        format=kind,
        marker_lines=_over_lines(source, decoding, count),
        entries=_over_lines(source, decoding, read),
        raw_at=lambda line: _raw_at(source, decoding, line),
    )


def _over_lines(source: Source, decoding: Decoding, take: Callable[[Iterable[str]], Iterator[T]]) -> Iterator[T]:
    with open_text(source, decoding) as lines:
        yield from take(lines)


def _raw_at(source: Source, decoding: Decoding, line: int) -> str:
    """A hundred lines from ``line`` on."""
    with open_text(source, decoding) as lines:
        return storable("".join(islice(lines, line - 1, line - 1 + _LINES_SHOWN)))
