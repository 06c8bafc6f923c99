"""The flow as a file: counts, the CSV for R, and the drawing for web, print and Word; the same of searches side by side. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from screening.audit.spreadsheet import spreadsheet_safe
from screening.prisma.columns import Columns, heads_of, rows_of
from screening.prisma.csv_r import prisma_csv
from screening.prisma.docx import columns_document, document
from screening.prisma.flow import Flow
from screening.prisma.pdf import pdf
from screening.prisma.png import png
from screening.prisma.svg import described, described_columns, draw, draw_columns

Told = TypeVar("Told", Flow, Columns)
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class FlowFile(Generic[Told]):
    """One kind of file: ``write`` gives its bytes for a flow, or for several, and a title. ``label`` is the word on its link."""

    label: str
    content_type: str
    write: Callable[[Told, str], bytes]
    is_text: bool = False


def _svg(flow: Flow, title: str) -> bytes:
    return draw(flow, title=title).encode()


def _png(flow: Flow, title: str) -> bytes:
    return png(draw(flow, title=title))


def _pdf(flow: Flow, title: str) -> bytes:
    return pdf(draw(flow, title=title), title=title, alt=described(flow))


def _docx(flow: Flow, title: str) -> bytes:
    return document(flow, _png(flow, title), title=title)


def _csv(flow: Flow, _title: str) -> bytes:
    return prisma_csv(flow)


def _json(flow: Flow, _title: str) -> bytes:
    return (json.dumps(flow.counts(), ensure_ascii=False) + "\n").encode()


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

#: Ending of the file -> how it is made, in the order of the links.
FILES: dict[str, FlowFile[Flow]] = {
    "svg": FlowFile("SVG", "image/svg+xml", _svg, is_text=True),
    "png": FlowFile("PNG", "image/png", _png),
    "pdf": FlowFile("PDF", "application/pdf", _pdf),
    "docx": FlowFile("Word", _WORD, _docx),
    "csv": FlowFile("CSV for the R package", "text/csv; charset=utf-8", _csv, is_text=True),
    "json": FlowFile("Counts (JSON)", "application/json", _json, is_text=True),
}


def _columns_svg(columns: Columns, title: str) -> bytes:
    return draw_columns(columns, title=title).encode()


def _columns_png(columns: Columns, title: str) -> bytes:
    return png(draw_columns(columns, title=title), width=3600)


def _columns_pdf(columns: Columns, title: str) -> bytes:
    return pdf(draw_columns(columns, title=title), title=title, alt=described_columns(columns))


def _columns_docx(columns: Columns, title: str) -> bytes:
    return columns_document(columns, _columns_png(columns, title), title=title)


def _columns_csv(columns: Columns, _title: str) -> bytes:
    """The table, UTF-8 with its mark so that a spreadsheet shows every script, no cell that it would run (P29)."""
    heads = [f"{head}: {lane.words}" for head, lanes in heads_of(columns) for lane in lanes]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([spreadsheet_safe(cell) for cell in ("Box", "Unit", *heads)])
    for line in rows_of(columns):
        numbers = (str(cell.n) if cell else "" for cell in line.cells)
        writer.writerow([spreadsheet_safe(line.row.label), line.row.unit, *numbers])
    return (MARK + written.getvalue()).encode()


def _columns_json(columns: Columns, _title: str) -> bytes:
    told = {"searches": [flow.counts() for _, flow in columns.each], "all": columns.whole.counts()}
    return (json.dumps(told, ensure_ascii=False) + "\n").encode()


#: The same of searches side by side.
COLUMN_FILES: dict[str, FlowFile[Columns]] = {
    "svg": FlowFile("SVG", "image/svg+xml", _columns_svg, is_text=True),
    "png": FlowFile("PNG", "image/png", _columns_png),
    "pdf": FlowFile("PDF", "application/pdf", _columns_pdf),
    "docx": FlowFile("Word", _WORD, _columns_docx),
    "csv": FlowFile("CSV", "text/csv; charset=utf-8", _columns_csv, is_text=True),
    "json": FlowFile("Counts (JSON)", "application/json", _columns_json, is_text=True),
}
