"""The flow as a file: counts, the CSV for R, and the drawing for the web, for print and for Word. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from screening.prisma.csv_r import prisma_csv
from screening.prisma.docx import document
from screening.prisma.flow import Flow
from screening.prisma.pdf import pdf
from screening.prisma.png import png
from screening.prisma.svg import described, draw


@dataclass(frozen=True, slots=True)
class FlowFile:
    """One kind of file: ``write`` gives its bytes for a flow and a title. ``label`` is the word on its link."""

    label: str
    content_type: str
    write: Callable[[Flow, str], bytes]
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
FILES: dict[str, FlowFile] = {
    "svg": FlowFile("SVG", "image/svg+xml", _svg, is_text=True),
    "png": FlowFile("PNG", "image/png", _png),
    "pdf": FlowFile("PDF", "application/pdf", _pdf),
    "docx": FlowFile("Word", _WORD, _docx),
    "csv": FlowFile("CSV for the R package", "text/csv; charset=utf-8", _csv, is_text=True),
    "json": FlowFile("Counts (JSON)", "application/json", _json, is_text=True),
}
