"""The flow, or several side by side, as a Word document: the figure, its footnotes, and the table of numbers. Pure."""

import io
import struct
from collections.abc import Sequence
from typing import Any

from screening.audit.dateless import dateless
from screening.prisma.columns import Columns, heads_of, rows_of
from screening.prisma.flow import Flow
from screening.prisma.layout import covered
from screening.prisma.layout_columns import as_told, notes_of
from screening.prisma.svg import described, described_columns
from screening.prisma.table import Cell, Row, table_of
from screening.prisma.typeset import clean
from screening.prisma.word_table import add_table

#: Room for the figure on A4, in millimetres across and down.
_UPRIGHT, _ACROSS = (170.0, 215.0), (257.0, 130.0)
_UPRIGHT_COLUMNS = 5  # of a table on an upright page
_HEADS = ("Box", "Unit", "Databases and registers", "Other methods")

#: Headings of the table, its rows, and the numbers of each row.
_Told = tuple[Sequence[str], Sequence[Row], Sequence[Sequence[Cell | None]]]


def document(flow: Flow, png: bytes, *, title: str) -> bytes:
    """Return a .docx with the drawing `png`, the footnotes and the table; the same flow gives the same bytes."""
    notes = [(note.mark, note.text) for note in flow.footnotes]
    return _document(flow, png, title=title, alt=described(flow), notes=notes, told=_told(flow))


def columns_document(columns: Columns, png: bytes, *, title: str) -> bytes:
    """Return the same of searches side by side: a column of the table for each column of the drawing, then those of the whole."""
    _, notes = notes_of(columns)
    told = _told_columns(columns)
    return _document(as_told(columns), png, title=title, alt=described_columns(columns), notes=notes, told=told)


def _document(flow: Flow, png: bytes, *, title: str, alt: str, notes: Sequence[tuple[str, str]], told: _Told) -> bytes:
    size = _size(png)
    heads, rows, cells = told
    across = len(heads) > _UPRIGHT_COLUMNS or _scale(size, _ACROSS) > _scale(size, _UPRIGHT)
    made = blank(title, across=across)
    if flow.provisional:
        made.add_paragraph().add_run(f"Provisional: {flow.provisional_words}.").bold = True
    _figure(made, flow, png, alt, size[0] * _scale(size, _ACROSS if across else _UPRIGHT))
    for mark, text in notes:
        _note(made, mark, text)
    if flow.seal:
        made.add_paragraph(f"Final. SHA-256 of the log: {flow.seal}")
    made.add_heading("Numbers of the flow", level=2)
    lines = [[row.label, row.unit, *map(_number, found)] for row, found in zip(rows, cells, strict=True)]
    add_table(made, [heads, *lines], size=10, parts={place for place, row in enumerate(rows, 1) if row.part})
    return bytes_of(made)


def _told(flow: Flow) -> _Told:
    rows, heads = table_of(flow), _HEADS if flow.other else _HEADS[:3]
    return heads, rows, [(row.dbr, row.other) if flow.other else (row.dbr,) for row in rows]


def _told_columns(columns: Columns) -> _Told:
    lines = rows_of(columns)
    heads = [f"{head}: {lane.words}" for head, lanes in heads_of(columns) for lane in lanes]
    return (*_HEADS[:2], *heads), [line.row for line in lines], [line.cells for line in lines]


def blank(title: str, *, across: bool) -> Any:
    """A document with its title, on A4, in British English; what is Chinese gets the reader's own Chinese font."""
    from docx import Document
    from docx.oxml.ns import qn

    made: Any = Document()
    made.core_properties.title, made.core_properties.author = clean(title), ""
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "zh-CN")
    _page(made, across=across)
    made.add_heading(clean(title), level=1)
    return made


def bytes_of(made: Any) -> bytes:
    """The file of a python-docx document; the same contents give the same bytes."""
    written, fixed = io.BytesIO(), io.BytesIO()
    made.save(written)
    dateless(written, fixed)
    return fixed.getvalue()


def _page(made: Any, *, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = made.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)


def _scale(size: tuple[int, int], room: tuple[float, float]) -> float:
    """Millimetres a pixel that the drawing can have there."""
    return min(room[0] / size[0], room[1] / size[1])


def _figure(made: Any, flow: Flow, png: bytes, alt: str, width: float) -> None:
    """The drawing, ``width`` millimetres across, with what it shows for those who do not see it."""
    from docx.shared import Mm

    shape = made.add_picture(io.BytesIO(png), width=Mm(width))
    properties = shape._inline.docPr
    properties.set("descr", alt)
    properties.set("title", f"{flow.wording.figure} diagram")
    caption = made.add_paragraph(style="Caption")
    caption.add_run(clean(f"{flow.wording.figure} diagram. {covered(flow)}"))


def _note(made: Any, mark: str, text: str) -> None:
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(mark).font.superscript = True
    paragraph.add_run(f" {clean(text)}")


def _number(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _size(png: bytes) -> tuple[int, int]:
    """Pixels across and down, from the header that every PNG begins with."""
    across, down = struct.unpack(">II", png[16:24])
    return across, down
