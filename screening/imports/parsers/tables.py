"""Tables opened for reading: delimited text and Excel, each with its own count of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from screening.imports.decode import Decoding, open_text
from screening.imports.parsed import Refusal, UnknownColumns
from screening.imports.parsers import rows, table, table_markers
from screening.imports.parsers.entry import Opened
from screening.imports.parsers.rows import Rows, Shape, is_empty, shape_by_columns, shape_of
from screening.imports.parsers.source import Source
from screening.imports.parsers.table import Heading

_PUBMED_CSV = "PubMed's CSV has no abstracts, types or languages: in PubMed choose Save, format PubMed, and import that file instead."
# A quotation mark left open at the end of a file is a cut-off cell; over more lines than this it swallowed records.
_LINES_OF_A_CELL = 60


def text_table(source: Source, decoding: Decoding, head: str, mapping: Mapping[str, str] | None) -> Opened:
    """CSV, TSV or semicolons. Raises UnknownColumns, and Refusal ``open_quote`` where a quotation mark swallows rows."""
    shape = shape_of(head) or shape_by_columns(head) or Shape(",")
    heading = table.find_heading(rows.text_rows(source, decoding, shape), mapping)
    counted, warnings = _count(source, decoding, shape, heading.row)
    if "NIHMS ID" in heading.cells:
        warnings = (*warnings, _PUBMED_CSV)
    return Opened(
        format="TSV" if shape.delimiter == "\t" else "CSV",
        marker_lines=iter(counted),
        entries=table.read(rows.text_rows(source, decoding, shape), heading, delimiter=shape.delimiter),
        warnings=warnings,
        columns=heading.uses(),
    )


def _count(source: Source, decoding: Decoding, shape: Shape, heading_row: int) -> tuple[list[int], tuple[str, ...]]:
    counter = table_markers.RowCounter(shape.delimiter, quoted=shape.quoted, spaced=shape.spaced)
    with open_text(source, decoding) as lines:
        counted = [row for row in counter.rows(lines) if row > heading_row]
    if not counter.lines_inside:
        return counted, ()
    if counter.lines_inside > _LINES_OF_A_CELL:
        sentence = (
            f"Row {counter.open_since} opens a quotation mark that is never closed, so that the rows after it would be "
            "lost in one cell: correct it, or export the results again."
        )
        raise Refusal("open_quote", sentence)
    return counted, (f"The file ends inside a quotation mark opened in row {counter.open_since}: it is cut off.",)


def excel(source: Source, mapping: Mapping[str, str] | None) -> Opened:
    """The first sheet of an xlsx that has known headings; other filled sheets are named in a warning."""
    sheets = dict(rows.xlsx_sheets(source))
    opened = partial(rows.xlsx_rows, source)
    name, heading, warnings = _first_table(list(sheets), opened, mapping)
    counted = table_markers.xlsx_rows(source, sheets[name])
    return _of_sheet("Excel", opened(name), heading, counted, warnings)


def old_excel(source: Source, mapping: Mapping[str, str] | None) -> Opened:
    """The same for an Excel 97-2003 file."""
    opened = partial(rows.xls_rows, source)
    name, heading, warnings = _first_table(rows.xls_sheets(source), opened, mapping)
    return _of_sheet("Excel 97-2003", opened(name), heading, table_markers.xls_rows(source, name), warnings)


def _first_table(
    sheets: list[str], opened: Callable[[str], Rows], mapping: Mapping[str, str] | None
) -> tuple[str, Heading, tuple[str, ...]]:
    filled = [name for name in sheets if any(not is_empty(cells) for _, cells in opened(name))]
    if not filled:
        raise Refusal("empty", "The workbook is empty: export the results again.")
    unknown: UnknownColumns | None = None
    for name in filled:
        try:
            heading = table.find_heading(opened(name), mapping)
        except UnknownColumns as error:
            unknown = unknown or error
            continue
        others = [other for other in filled if other != name]
        listed = ", ".join(f"“{other}”" for other in others)
        return name, heading, ((f"Only the sheet “{name}” was read, not {listed}.",) if others else ())
    raise unknown or Refusal("empty", "The workbook is empty: export the results again.")


def _of_sheet(kind: str, cells: Rows, heading: Heading, counted: Iterator[int], warnings: tuple[str, ...]) -> Opened:
    return Opened(
        format=kind,
        marker_lines=(row for row in counted if row > heading.row),
        entries=table.read(cells, heading, sparse=True),
        warnings=warnings,
        columns=heading.uses(),
    )
