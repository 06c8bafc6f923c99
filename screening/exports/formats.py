"""The formats of an export: what each is called, how its file ends, and who writes it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from screening.exports import bibtex, csl_json, endnote_xml, ris, table, workbook
from screening.exports.exported import ExportRecord

Headings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """``ending`` is that of the file's name; ``write`` gives its bytes in pieces, from records and the headings of their extras."""

    label: str
    ending: str
    content_type: str
    write: Callable[[Iterable[ExportRecord], Headings], Iterator[bytes]]


def _without_headings(
    write: Callable[[Iterable[ExportRecord]], Iterator[str]],
) -> Callable[[Iterable[ExportRecord], Headings], Iterator[bytes]]:
    """A format of text that has no headings puts the extras into a note."""
    return lambda records, headings: (piece.encode() for piece in write(records))


def _csv(records: Iterable[ExportRecord], headings: Headings) -> Iterator[bytes]:
    return (piece.encode() for piece in table.write(records, headings))


FORMATS: dict[str, Format] = {
    one.ending: one
    for one in (
        Format("RIS", "ris", "application/x-research-info-systems; charset=utf-8", _without_headings(ris.write)),
        Format("CSV", "csv", "text/csv; charset=utf-8", _csv),
        Format("Excel", "xlsx", workbook.CONTENT_TYPE, workbook.write),
        Format("BibTeX", "bib", "application/x-bibtex; charset=utf-8", _without_headings(bibtex.write)),
        Format("EndNote XML", "xml", "application/xml; charset=utf-8", _without_headings(endnote_xml.write)),
        Format(
            "CSL-JSON",
            "json",
            "application/vnd.citationstyles.csl+json; charset=utf-8",
            _without_headings(csl_json.write),
        ),
    )
}
