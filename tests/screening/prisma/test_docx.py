"""The Word document holds the figure with its words, the footnotes and the table."""

import csv
import io
from dataclasses import replace

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from screening.prisma.columns import Columns
from screening.prisma.docx import document
from screening.prisma.files import COLUMN_FILES
from screening.prisma.flow import Flow
from screening.prisma.png import png
from screening.prisma.svg import described, described_columns, draw
from screening.prisma.table import table_of
from tests.screening.prisma.flows import crowded, databases_only, worked


def made(flow: Flow, title: str = "Taking part in research") -> bytes:
    return document(flow, png(draw(flow, title=title), width=600), title=title)


def test_the_document_has_the_figure_with_a_description() -> None:
    opened = Document(io.BytesIO(made(worked())))
    (shape,) = opened.inline_shapes
    assert shape._inline.docPr.get("descr") == described(worked())
    assert shape.width <= Mm(257)
    assert shape.height <= Mm(140)
    text = [paragraph.text for paragraph in opened.paragraphs]
    assert text[0] == "Taking part in research"
    assert "Provisional: 4 pending." in text
    assert "a 160 found by rule, 40 by people." in text
    assert "PRISMA 2020 flow diagram. Phases 1 and 2 combined, as on 2026-03-20." in text


def test_the_table_of_the_document_has_the_numbers_of_the_flow() -> None:
    (table,) = Document(io.BytesIO(made(worked()))).tables
    found = [[cell.text.strip() for cell in row.cells] for row in table.rows]
    assert found[0] == ["Box", "Unit", "Databases and registers", "Other methods"]
    expected = [
        [row.label, row.unit, row.dbr.text if row.dbr else "", row.other.text if row.other else ""]
        for row in table_of(worked())
    ]
    assert found[1:] == expected


def test_a_flow_of_one_column_stands_upright_without_a_provisional_line() -> None:
    opened = Document(io.BytesIO(made(databases_only())))
    assert opened.sections[0].orientation == WD_ORIENT.PORTRAIT
    assert not [paragraph for paragraph in opened.paragraphs if "Provisional" in paragraph.text]
    assert len(opened.tables[0].columns) == 3


def test_hostile_labels_do_not_spoil_the_document() -> None:
    opened = Document(io.BytesIO(made(crowded(), title="Bell\x07 & <title>")))
    assert opened.paragraphs[0].text == "Bell & <title>"
    assert opened.sections[0].orientation == WD_ORIENT.PORTRAIT, "a drawing higher than wide"


def test_searches_side_by_side_have_a_column_for_each_of_theirs() -> None:
    first, second = replace(worked(), scope="Search 1"), replace(databases_only(), scope="Update")
    columns = Columns(((1, first), (2, second)), worked())
    file = COLUMN_FILES["docx"].write(columns, "Taking part in research")
    assert file == COLUMN_FILES["docx"].write(columns, "Taking part in research")
    opened = Document(io.BytesIO(file))
    (shape,) = opened.inline_shapes
    assert shape._inline.docPr.get("descr") == described_columns(columns)
    text = [paragraph.text for paragraph in opened.paragraphs]
    assert "PRISMA 2020 flow diagram. Each search in columns of its own, as on 2026-03-20." in text
    assert "a Search 1: 160 found by rule, 40 by people." in text
    (table,) = opened.tables
    found = [[cell.text.strip() for cell in row.cells] for row in table.rows]
    written = csv.reader(io.StringIO(COLUMN_FILES["csv"].write(columns, "").decode("utf-8-sig")))
    assert [[cell.replace("\u2009", "") for cell in line] for line in found] == list(written)


def test_the_same_flow_gives_the_same_file() -> None:
    assert made(worked()) == made(worked())
