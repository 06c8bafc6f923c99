"""How many rows a table holds below its heading, counted without the readers of `rows` (IM1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any
from zipfile import ZipFile

import xlrd
from defusedxml.ElementTree import iterparse

from screening.imports.parsers.source import Source

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class RowCounter:
    """Counts the rows of delimited text by walking its quotation marks; afterwards ``open_since`` tells of one left open.

    A quotation mark opens a cell only as its first character (``spaced``: or behind blanks), and a doubled one inside
    is text (RFC 4180).
    """

    def __init__(self, delimiter: str, *, quoted: bool, spaced: bool = False) -> None:
        self._delimiter = delimiter
        self._quoted = quoted
        self._spaced = spaced
        self._inside = False
        self.open_since = 0
        self.lines_inside = 0

    def rows(self, lines: Iterable[str]) -> Iterator[int]:
        """The number of each row that holds more than white space, quotation marks and delimiters."""
        row, filled = 1, False
        for line in lines:
            text = line.lstrip("\ufeff") if row == 1 else line
            filled = filled or bool(text.replace('"', "").replace(self._delimiter, "").strip())
            if self._quoted and (self._inside or '"' in text):
                self._walk(text, row)
            if self._inside:
                self.lines_inside += 1
                continue
            if filled:
                yield row
            row, filled, self.lines_inside = row + 1, False, 0
        if self._inside and filled:
            yield row

    def _walk(self, line: str, row: int) -> None:
        """Follow one line from the state the last one left to its end."""
        text = line.rstrip("\n")
        at = 0
        while True:
            while self._spaced and not self._inside and text.startswith(" ", at):
                at += 1
            if self._inside:
                at = self._close(text, at)
                if self._inside:
                    return
            elif text.startswith('"', at):
                self._inside, self.open_since = True, row
                at += 1
                continue
            at = text.find(self._delimiter, at) + 1
            if not at:
                return

    def _close(self, text: str, at: int) -> int:
        """The place after the quotation mark that closes the open cell; still inside if the line has none."""
        while (quote := text.find('"', at)) >= 0:
            if text.startswith('""', quote):
                at = quote + 2
                continue
            self._inside = False
            return quote + 1
        return at


def xlsx_rows(source: Source, sheet_path: str) -> Iterator[int]:
    """The number of each row of a sheet's XML in which a cell has a value that is not blank."""
    with source.seekable() as stream, ZipFile(stream) as archive:
        blank = _blank_strings(archive)
        number = 0
        with archive.open(sheet_path.lstrip("/")) as sheet:
            for _, element in iterparse(sheet, forbid_dtd=True):
                if element.tag != _SHEET + "row":
                    continue
                number = int(element.get("r") or number + 1)
                if any(_has_value(cell, blank) for cell in element):
                    yield number
                element.clear()


def _blank_strings(archive: ZipFile) -> frozenset[str]:
    """The indexes of shared strings that show nothing."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return frozenset()
    blank: list[str] = []
    index = 0
    with archive.open("xl/sharedStrings.xml") as strings:
        for _, element in iterparse(strings, forbid_dtd=True):
            if element.tag == _SHEET + "si":
                if not _shown(element):
                    blank.append(str(index))
                index += 1
                element.clear()
    return frozenset(blank)


def _has_value(cell: Any, blank: frozenset[str]) -> bool:
    value = cell.find(_SHEET + "v")
    if cell.get("t") == "s":
        return value is not None and (value.text or "").strip() not in blank
    if cell.get("t") == "inlineStr":
        return bool(_shown(cell))
    return value is not None and bool((value.text or "").replace('"', "").strip())


def xls_rows(source: Source, sheet_name: str) -> Iterator[int]:
    """The number of each row of an old Excel sheet in which a cell has a type that shows something."""
    with source.seekable() as stream:
        sheet = xlrd.open_workbook(file_contents=stream.read(), logfile=StringIO()).sheet_by_name(sheet_name)
    texts, nothing = xlrd.XL_CELL_TEXT, (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
    for index in range(sheet.nrows):
        shown = (
            bool(str(value).replace('"', "").strip()) if kind == texts else kind not in nothing
            for kind, value in zip(sheet.row_types(index), sheet.row_values(index), strict=True)
        )
        if any(shown):
            yield index + 1


def _shown(element: Any) -> str:
    texts = (part.text or "" for part in element.iter(_SHEET + "t"))
    return "".join(texts).replace('"', "").strip()
