"""Tables and paragraphs as files: Markdown, CSV, Excel, Word. The same contents give the same bytes. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from screening.audit.spreadsheet import spreadsheet_safe
from screening.exports.table import MARK
from screening.exports.workbook import CONTENT_TYPE, workbook
from screening.manuscript.methods import Sentence, plain
from screening.manuscript.tables import Table
from screening.prisma.docx import blank, bytes_of
from screening.prisma.typeset import clean
from screening.prisma.word_table import add_table

Paragraphs = Sequence[tuple[str, Sequence[Sentence]]]
WIDE = 8  # columns; the letters of a wider table are smaller
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Format:
    """``write`` gives the file of paragraphs and tables, under a title; ``holds_text`` is False where it has room for tables only."""

    label: str
    ending: str
    content_type: str
    write: Callable[[str, Paragraphs, Sequence[Table]], bytes]
    holds_text: bool = True


def markdown(title: str, text: Paragraphs, tables: Sequence[Table]) -> bytes:
    """One document in Markdown with pipe tables."""
    parts = [f"# {_plain_line(title)}"]
    for heading, sentences in text:
        parts += [f"## {heading}", plain(sentences)]
    for table in tables:
        parts += [f"## {_plain_line(table.title)}", _pipes(table)]
        parts += [table.note] if table.note else []
    return ("\n\n".join(parts) + "\n").encode()


def _pipes(table: Table) -> str:
    lines = [table.headings, tuple("---" for _ in table.headings), *table.rows]
    return "\n".join("| " + " | ".join(_plain_line(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _plain_line(text: str) -> str:
    return " ".join(text.split())


def comma_separated(_title: str, _text: Paragraphs, tables: Sequence[Table]) -> bytes:
    """The tables one below the other, an empty line between them."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for place, table in enumerate(tables):
        if place:
            writer.writerow([])
        writer.writerows(_safe(table))
    return (MARK + written.getvalue()).encode()


def excel(_title: str, _text: Paragraphs, tables: Sequence[Table]) -> bytes:
    """A sheet for each table."""
    return b"".join(workbook([(table.title, _safe(table)) for table in tables]))


def _safe(table: Table) -> list[list[str]]:
    return [[spreadsheet_safe(cell) for cell in line] for line in (table.headings, *table.rows)]


def word(title: str, text: Paragraphs, tables: Sequence[Table]) -> bytes:
    """One Word document; tables lie across the page, with headings that repeat."""
    made = blank(title, across=True)
    for heading, sentences in text:
        made.add_heading(heading, level=2)
        made.add_paragraph(clean(plain(sentences)))
    for table in tables:
        _word_table(made, table)
    return bytes_of(made)


def _word_table(made: Any, table: Table) -> None:
    from docx.shared import Pt

    made.add_heading(clean(table.title), level=2)
    add_table(made, [table.headings, *table.rows], size=9 if len(table.headings) <= WIDE else 7)
    if table.note:
        note = made.add_paragraph()
        note.paragraph_format.space_before = Pt(4)
        note.add_run(clean(table.note)).font.size = Pt(9)


FORMATS: dict[str, Format] = {
    one.ending: one
    for one in (
        Format("Word", "docx", _WORD, word),
        Format("Markdown", "md", "text/markdown; charset=utf-8", markdown),
        Format("Excel", "xlsx", CONTENT_TYPE, excel, holds_text=False),
        Format("CSV", "csv", "text/csv; charset=utf-8", comma_separated, holds_text=False),
    )
}
