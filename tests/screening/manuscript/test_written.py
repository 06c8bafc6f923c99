"""Tables as Markdown, CSV, Excel and Word: whole, safe to open, the same bytes again."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
import time_machine
from docx import Document

from screening.exports.exported import ExportRecord
from screening.manuscript.methods import Count
from screening.manuscript.tables import Table, citation
from screening.manuscript.written import FORMATS

TABLE = Table(
    "hostile", "A table: of [all] things", ("What", "n|m"), (("=1+1", "護理 | x"), ("two\nlines\x07", "")), "A note."
)
TEXT = [("Search", [("We found ", Count("dbr_identified", 12_345), " records.")])]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_contents_give_the_same_bytes_on_any_day(ending: str) -> None:
    with time_machine.travel("2026-01-01") as clock:
        once = FORMATS[ending].write("A review", TEXT, [TABLE])
        clock.shift(100_000)
        assert FORMATS[ending].write("A review", TEXT, [TABLE]) == once


def test_markdown_keeps_each_row_on_a_line_and_each_cell_in_its_column() -> None:
    text = FORMATS["md"].write("A review", TEXT, [TABLE]).decode()
    assert "## Search\n\nWe found 12\u202f345 records." in text
    assert "| What | n\\|m |\n| --- | --- |\n| =1+1 | 護理 \\| x |\n| two lines\x07 |  |\n\nA note." in text


def test_p29_tables_hold_nothing_that_a_spreadsheet_runs() -> None:
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write("", [], [TABLE, TABLE]).decode("utf-8-sig"), newline="")))
    assert rows[:3] == [["What", "n|m"], ["'=1+1", "護理 | x"], ["two\nlines\x07", ""]]
    assert rows[3] == []
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].write("", [], [TABLE])))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert cells == [["What", "n|m"], ["'=1+1", "護理 | x"], ["two\nlines", None]]


def test_word_has_the_paragraphs_and_every_cell() -> None:
    made = Document(io.BytesIO(FORMATS["docx"].write("A review", TEXT, [TABLE])))
    assert [one.text for one in made.paragraphs if one.text] == [
        "A review", "Search", "We found 12 345 records.", "A table: of [all] things", "A note.",
    ]  # fmt: skip
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["=1+1", "護理 | x"]


def test_a_row_that_has_not_as_many_cells_as_headings_is_an_error() -> None:
    with pytest.raises(ValueError, match="short has not 2 cells"):
        Table("short", "", ("a", "b"), (("1",),))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"authors": ("Chen, A.", "Liao, B."), "title": "Who reads?", "journal": "J Read", "year": 2020, "volume": "3", "issue": "2",
             "pages": "1-9", "doi": "10.1000/182"},
            "Chen, A.; Liao, B. Who reads? J Read 2020;3(2):1-9. https://doi.org/10.1000/182",
        ),
        ({"title": "護理", "title_translated": "Nursing", "year": 2021}, "護理 [Nursing]. 2021."),
        ({"title_translated": "Nursing", "raw_year": "in press", "journal": "Lancet"}, "Nursing. Lancet in press."),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_reference_is_one_line_without_gaps(fields: dict[str, object], line: str) -> None:
    assert citation(ExportRecord(number=1, **fields)) == line  # type: ignore[arg-type]
