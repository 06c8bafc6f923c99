"""The rows of a table, whatever holds them: delimited text, a new Excel file, an old one; streamed, with their numbers."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

import xlrd
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from screening.imports.decode import Decoding, open_text
from screening.imports.parsed import Refusal
from screening.imports.parsers.headings import is_heading_row, known_headings
from screening.imports.parsers.source import Source

HEADING_WITHIN = 30
_ROWS_COMPARED = 200
DELIMITERS = (",", "\t", ";", "|")
_DAMAGED_XLS = "This old Excel file (.xls) is damaged or is not one: open it in Excel and save it as .xlsx."
_NO_SHEETS = (
    "No sheet of this Excel file can be read (it may be saved as “Strict Open XML”): open it in Excel and save it as “Excel"
    " Workbook (.xlsx)” or as CSV."
)
_LONGEST_CELL = 2**31 - 1
_LOOSE_QUOTE = re.compile(r'(?:^|\t)"[^"\t]*(?=\t|$)|(?:^|\t)[^"\t][^\t]*"(?=\t|$)')
_CLOSED_QUOTE = re.compile(r'(?:^|\t)"(?:[^"]|"")*"(?=\t|$)')

Rows = Iterator[tuple[int, list[str]]]

csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a delimited text is cut: its delimiter, whether quotation marks hold cells together, and whether a blank may
    stand between the two (``"A", "B"``)."""

    delimiter: str
    quoted: bool = True
    spaced: bool = False


def is_empty(cells: Sequence[str], delimiter: str = "") -> bool:
    """Whether a row holds nothing but white space, quotation marks and delimiters (such rows are no records)."""
    text = "".join(cells).replace('"', "")
    return not (text.replace(delimiter, "") if delimiter else text).strip()


def shape_of(head: str) -> Shape | None:
    """The delimiter under which one of the first rows is a heading row, the one with most known headings; else None."""
    best: tuple[int, Shape] | None = None
    for shape in _shapes(head):
        filled = [cells for cells in _first_rows(head, shape) if not is_empty(cells)]
        for place, cells in enumerate(filled):
            if is_heading_row(cells, first=not place):
                score = known_headings(cells)
                if best is None or score > best[0]:
                    best = (score, shape)
                break
    return best[1] if best else None


def shape_by_columns(head: str) -> Shape | None:
    """The delimiter that cuts most of the first rows into the same number of cells, two at least; for unknown headings."""
    best: tuple[int, Shape] | None = None
    for shape in _shapes(head):
        widths = [len(cells) for cells in _first_rows(head, shape) if not is_empty(cells)]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        if (
            usual >= 2
            and len(widths) >= 2
            and widths.count(usual) >= 0.8 * len(widths)
            and (best is None or usual > best[0])
        ):
            best = (usual, shape)
    return best[1] if best else None


def _shapes(head: str) -> list[Shape]:
    return [
        Shape(delimiter, quoted=delimiter != "\t" or _tabs_are_quoted(head), spaced=_is_spaced(head, delimiter))
        for delimiter in DELIMITERS
    ]


def _is_spaced(head: str, delimiter: str) -> bool:
    """Whether the rows come out more even when a blank before a quotation mark is passed over."""
    if f'{delimiter} "' not in head:
        return False
    return _evenness(head, Shape(delimiter, spaced=True)) > _evenness(head, Shape(delimiter))


def _evenness(head: str, shape: Shape) -> float:
    """The share of the first rows that have as many cells as most of them."""
    widths = [len(cells) for cells in _first_rows(head, shape, _ROWS_COMPARED) if not is_empty(cells)]
    return widths.count(max(set(widths), key=widths.count)) / len(widths) if widths else 0.0


def _tabs_are_quoted(head: str) -> bool:
    """Tab-delimited exports often do not quote at all; a lone quotation mark would then swallow the rows after it."""
    if '"' not in head:
        return False
    quoted, plain = _evenness(head, Shape("\t")), _evenness(head, Shape("\t", quoted=False))
    if quoted != plain:
        return quoted > plain
    lines = [line for line in re.split(r"[\r\n]+", head)[:200] if '"' in line]
    closed = sum(len(_CLOSED_QUOTE.findall(line)) for line in lines)
    loose = sum(len(_LOOSE_QUOTE.findall(line)) for line in lines)
    return closed > loose


def _first_rows(head: str, shape: Shape, most: int = HEADING_WITHIN) -> list[list[str]]:
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", head)
    rows: list[list[str]] = []
    for cells in _reader(lines, shape):
        rows.append(cells)
        if len(rows) == most:
            break
    return rows


def _reader(lines: Iterable[str], shape: Shape) -> Iterator[list[str]]:
    if shape.quoted:
        return iter(csv.reader(lines, delimiter=shape.delimiter, skipinitialspace=shape.spaced))
    return iter(csv.reader(lines, delimiter=shape.delimiter, quoting=csv.QUOTE_NONE))


def text_rows(source: Source, decoding: Decoding, shape: Shape) -> Rows:
    """The rows of a delimited text, numbered from 1 as a spreadsheet shows them, empty ones included."""
    with open_text(source, decoding, newline="") as text:
        try:
            for number, cells in enumerate(_reader(text, shape), 1):
                if number == 1 and cells:
                    cells[0] = cells[0].lstrip("\ufeff")
                yield number, cells
        except csv.Error as error:
            raise Refusal("table", f"The table cannot be read to its end ({error}): save it again as CSV.") from error


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is not read through for its size when its workbook is opened: Google's files do not tell it."""

    def _get_size(self) -> None:
        pass


class _Reader(ExcelReader):
    """openpyxl's reader for reading only, with such sheets; charts hold no rows."""

    def read_worksheets(self) -> None:
        book: Any = self.wb
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                book._sheets.append(_Sheet(book, sheet.name, relation.target, self.shared_strings))


@contextmanager
def _workbook(source: Source) -> Iterator[Any]:
    """An xlsx as openpyxl reads it, row by row; whatever is wrong with it becomes one sentence."""
    stream = source.seekable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of parts it leaves out: none of them is a cell
            reader = _Reader(stream, read_only=True, data_only=True)
            reader.read()
            book = reader.wb
    except Exception as error:  # openpyxl lets zip, XML and key errors through, depending on what is broken
        stream.close()
        raise Refusal("table", "This Excel file is damaged: open it in Excel and save it again.") from error
    try:
        yield book
    finally:
        book.close()
        stream.close()


def xlsx_sheets(source: Source) -> list[tuple[str, str]]:
    """The sheets with cells as (name, path inside the file), in their order."""
    with _workbook(source) as book:
        sheets = [(sheet.title, sheet._worksheet_path) for sheet in book.worksheets]
    if not sheets:
        raise Refusal("table", _NO_SHEETS)
    return sheets


def xlsx_rows(source: Source, sheet_name: str) -> Rows:
    """The rows of one sheet of an xlsx; formulas give their last result."""
    with _workbook(source) as book:
        sheet = book[sheet_name]
        sheet.reset_dimensions()
        try:
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, [_cell_text(value) for value in cells]
        except Refusal:
            raise
        except Exception as error:  # as in _workbook: any part of the archive may be broken
            raise Refusal("table", "This Excel file is damaged: open it in Excel and save it again.") from error


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return str(value)


def _xls_book(source: Source) -> Any:
    with source.seekable() as stream:
        content = stream.read()
    try:
        return xlrd.open_workbook(file_contents=content, on_demand=True, logfile=StringIO())
    except Exception as error:  # xlrd raises assertion, index and struct errors on damaged files
        raise Refusal("table", _DAMAGED_XLS) from error


def xls_sheets(source: Source) -> list[str]:
    """The names of the sheets of an old Excel file."""
    return list(_xls_book(source).sheet_names())


def xls_rows(source: Source, sheet_name: str) -> Rows:
    """The rows of one sheet of an old Excel file (BIFF holds 65,536 rows at most, so it is read whole)."""
    book = _xls_book(source)
    try:
        sheet = book.sheet_by_name(sheet_name)
    except Exception as error:  # as in _xls_book: a sheet is only parsed here
        raise Refusal("table", _DAMAGED_XLS) from error
    for index in range(sheet.nrows):
        yield index + 1, [_xls_text(cell, book.datemode) for cell in sheet.row(index)]


def _xls_text(cell: Any, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _cell_text(xlrd.xldate_as_datetime(cell.value, datemode))
        except (ValueError, OverflowError):
            return str(cell.value)
    return "" if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else _cell_text(cell.value)
