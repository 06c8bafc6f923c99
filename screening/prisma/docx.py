"""The flow as a Word document: the figure, its footnotes, and the table of numbers. Pure."""

import io
import struct
from typing import Any

from screening.audit.dateless import dateless
from screening.prisma.flow import Flow
from screening.prisma.svg import described
from screening.prisma.table import Cell, Row, table_of
from screening.prisma.typeset import clean

#: Room for the figure on A4, in millimetres: width and height.
_UPRIGHT, _ACROSS = (170.0, 215.0), (257.0, 130.0)
_HEADS = ("Box", "Unit", "Databases and registers", "Other methods")


def document(flow: Flow, png: bytes, *, title: str) -> bytes:
    """Return a .docx with the drawing `png`, the footnotes and the table; the same flow gives the same bytes."""
    made = blank(title, across=flow.other)
    if flow.provisional:
        made.add_paragraph().add_run(f"Provisional: {flow.provisional_words}.").bold = True
    _figure(made, flow, png)
    for note in flow.footnotes:
        _note(made, note.mark, note.text)
    if flow.seal:
        made.add_paragraph(f"Final. SHA-256 of the log: {flow.seal}")
    made.add_heading("Numbers of the flow", level=2)
    _table(made, flow)
    return bytes_of(made)


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


def repeat_heads(table: Any) -> None:
    """The first row stands on top of every page that the table reaches."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


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


def _figure(made: Any, flow: Flow, png: bytes) -> None:
    from docx.shared import Mm

    width, height = _ACROSS if flow.other else _UPRIGHT
    across, down = _size(png)
    shape = made.add_picture(io.BytesIO(png), width=Mm(min(width, height * across / down)))
    properties = shape._inline.docPr
    properties.set("descr", described(flow))
    properties.set("title", f"{flow.wording.figure} diagram")
    covers = ", ".join(part for part in (flow.scope, f"as on {flow.as_of}" if flow.as_of else "") if part)
    caption = made.add_paragraph(style="Caption")
    caption.add_run(clean(f"{flow.wording.figure} diagram" + (f": {covers}." if covers else ".")))


def _note(made: Any, mark: str, text: str) -> None:
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(mark).font.superscript = True
    paragraph.add_run(f" {clean(text)}")


def _table(made: Any, flow: Flow) -> None:
    heads = _HEADS if flow.other else _HEADS[:3]
    table = made.add_table(rows=1, cols=len(heads), style="Light Grid Accent 1")
    repeat_heads(table)
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in table_of(flow):
        _fill(table.add_row().cells, row, both=flow.other)


def _fill(cells: Any, row: Row, *, both: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    cells[0].text = f"\u2003{clean(row.label)}" if row.part else clean(row.label)
    cells[1].text = row.unit
    for cell, found in zip(cells[2:], (row.dbr, row.other) if both else (row.dbr,), strict=True):
        cell.text = _number(found)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _number(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _size(png: bytes) -> tuple[int, int]:
    """Pixels across and down, from the header that every PNG begins with."""
    across, down = struct.unpack(">II", png[16:24])
    return across, down
