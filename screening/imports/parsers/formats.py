"""Which reader and which counter belong to which format of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from typing import TypeVar

from screening.imports import sniff
from screening.imports.decode import Decoding, blocks, lines_of, tagged_lines_of
from screening.imports.parsers import (
    bibtex,
    cochrane,
    csl_json,
    endnote_tagged,
    endnote_xml,
    markers,
    medline,
    noteexpress,
    ovid,
    pubmed_xml,
    refworks,
    ris,
    wos,
)
from screening.imports.parsers.cleaning import storable
from screening.imports.parsers.entry import Entry, Opened
from screening.imports.parsers.json_places import place_of_items
from screening.imports.parsers.mixture import other_format
from screening.imports.parsers.source import Source

_LINES_SHOWN = 100
_LONGEST_SHOWN = 100_000

T = TypeVar("T")
Count = Callable[[Iterable[str]], Iterator[int]]
Read = Callable[[Iterable[str]], Iterator[Entry]]

_BY_LINES: dict[str, tuple[Count, Read]] = {
    sniff.RIS: (markers.ris, ris.read),
    sniff.MEDLINE: (markers.medline, medline.read),
    sniff.WOS: (markers.wos, wos.read),
    sniff.OVID: (markers.ovid, ovid.read),
    sniff.ENDNOTE_TAGGED: (markers.endnote, endnote_tagged.read),
    sniff.REFWORKS: (markers.refworks, refworks.read),
    sniff.NOTEEXPRESS: (markers.noteexpress, noteexpress.read),
    sniff.CNKI: (markers.cnki, noteexpress.read_cnki),
    sniff.COCHRANE: (markers.cochrane, cochrane.read),
    sniff.BIBTEX: (markers.bibtex, bibtex.read),
}
# XML may be one single line, so it goes to its readers in pieces.
_BY_PIECES: dict[str, tuple[Count, Read]] = {
    sniff.ENDNOTE_XML: (markers.elements(endnote_xml.RECORDS), endnote_xml.read),
    sniff.PUBMED_XML: (markers.elements(pubmed_xml.RECORDS), pubmed_xml.read),
}


def opened(kind: str, source: Source, decoding: Decoding, head: str) -> Opened:
    """A text of the format ``kind`` (a name of `sniff.FORMATS`), ready to be counted and read.

    Raises Refusal ``mixed`` where records of another format begin in it, which its reader would pass over.
    """
    text = tagged_lines_of if kind in _BY_LINES else lines_of
    lines = partial(_over, partial(text, source, decoding))
    pieces = partial(_over, partial(blocks, source, decoding))
    _refuse_mixture(kind, source, decoding)
    if kind in _BY_LINES:
        count, read = _BY_LINES[kind]
        if kind == sniff.BIBTEX:
            read = partial(bibtex.read, parents=partial(bibtex.parents_in, partial(text, source, decoding)))
        numbers, entries = lines(count), lines(read)
    elif kind in _BY_PIECES:
        count, read = _BY_PIECES[kind]
        numbers, entries = pieces(count), pieces(read)
    else:
        place = place_of_items(head)
        numbers = lines(partial(markers.json_items, depth=place.depth, listed=place.listed))
        entries = pieces(partial(csl_json.read, place=place))
    return Opened(
        format=kind,
        marker_lines=numbers,
        entries=entries,
        raw_at=partial(_raw_at, kind, source, decoding),
        warnings=_warnings(kind, source, decoding),
    )


def _refuse_mixture(kind: str, source: Source, decoding: Decoding) -> None:
    with closing(tagged_lines_of(source, decoding)) as lines:
        foreign = other_format(lines, kind)
    if foreign is not None:
        raise foreign.refusal(kind)


def _over(text: Callable[[], Iterable[str]], take: Callable[[Iterable[str]], Iterator[T]]) -> Iterator[T]:
    """What ``take`` makes of a text, which is opened only when the first item is asked for."""
    yield from take(text())


def _warnings(kind: str, source: Source, decoding: Decoding) -> tuple[str, ...]:
    if kind != sniff.WOS:
        return ()
    with closing(tagged_lines_of(source, decoding)) as lines:
        missing = wos.end_is_missing(lines)
    return ("The file lacks the line EF that ends a Web of Science export: it may be cut off.",) if missing else ()


def _raw_at(kind: str, source: Source, decoding: Decoding, line: int) -> str:
    """A hundred lines from ``line`` on."""
    text = tagged_lines_of(source, decoding) if kind in _BY_LINES else lines_of(source, decoding)
    with closing(text) as lines:
        return storable("".join(islice(lines, line - 1, line - 1 + _LINES_SHOWN))[:_LONGEST_SHOWN])
