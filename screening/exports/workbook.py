"""A table of records as an Excel file: the columns of the CSV, every cell as text, nothing that Excel would run (P29)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.workbook.child import INVALID_TITLE_REGEX

from screening.audit.dateless import dateless
from screening.exports.exported import ExportRecord
from screening.exports.table import rows

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # signs that a cell of Excel holds
CUT = " … (cut here: a cell of Excel holds no more)"
PIECE = 1 << 16


def write(records: Iterable[ExportRecord], extra_headings: tuple[str, ...] = ()) -> Iterator[bytes]:
    """The bytes of the file in pieces; written to the disk first, so that memory does not grow with the list."""
    yield from workbook([("Records", rows(records, extra_headings))])


def workbook(sheets: Iterable[tuple[str, Iterable[Iterable[str]]]]) -> Iterator[bytes]:
    """The bytes of an Excel file with these sheets of (name, rows of cells)."""
    with tempfile.TemporaryFile() as written, tempfile.TemporaryFile() as fixed:
        _save(sheets, written)
        dateless(written, fixed)
        fixed.seek(0)
        while piece := fixed.read(PIECE):
            yield piece


def _save(sheets: Iterable[tuple[str, Iterable[Iterable[str]]]], into: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    for name, lines in sheets:
        sheet = book.create_sheet(INVALID_TITLE_REGEX.sub(" ", name)[:31])  # Excel takes no longer name
        for line in lines:
            sheet.append([_cell(text) for text in line])
    book.save(into)


def _cell(text: str) -> str:
    """What Excel can hold of a text; XML has no sign for most controls."""
    held = ILLEGAL_CHARACTERS_RE.sub("", text)
    return held if len(held) <= LONGEST else held[: LONGEST - len(CUT)] + CUT
