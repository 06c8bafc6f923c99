"""Tables of Word documents: columns that share the room, whole words, numbers to the right, headings on every page."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st

from screening.prisma.docx import blank, bytes_of
from screening.prisma.typeset import pieces, width
from screening.prisma.word_table import PADDING, WHOLE, add_table, column_widths
from tests.screening.prisma.flows import HOSTILE

ROOM = 170.0
POINT = 25.4 / 72
LONG = "Population: not health professionals who hold a clinical post and take part in education research themselves"
CELLS = st.sampled_from(("", "1", "10 214", "Embase", "語言：全文既非中文亦非英文", LONG, LONG * 7, *HOSTILE))
TABLES = st.integers(1, 10).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6))


def printed(text: str, size: float = 10) -> float:
    return width(text, size, bold=True) * POINT


def made(lines: Sequence[Sequence[str]], **settings: Any) -> Any:
    document = blank("Tables", across=False)
    add_table(document, lines, size=10, **settings)
    return Document(io.BytesIO(bytes_of(document))).tables[0]


@given(TABLES)
def test_no_table_is_wider_than_its_page_and_no_column_is_lost(lines: list[list[str]]) -> None:
    widths = column_widths(lines, ROOM, 10)
    assert len(widths) == len(lines[0])
    assert sum(widths) <= ROOM + 1e-6
    assert all(one > 0 for one in widths)


def test_a_table_that_fits_is_as_wide_as_its_text_asks() -> None:
    widths = column_widths([("Box", "n"), ("Records screened", "172 900")], ROOM, 10)
    assert widths == [pytest.approx(printed("Records screened") + PADDING), pytest.approx(printed("172 900") + PADDING)]


def test_a_table_that_asks_more_fills_the_page_and_breaks_no_word() -> None:
    lines = [("Reference", "Primary reason", "n"), (LONG * 3, LONG, "28 129")]
    widths = column_widths(lines, ROOM, 10)
    assert sum(widths) == pytest.approx(ROOM)
    assert widths[0] > widths[1] > widths[2], "the longer text has the more room"
    for long, cells in zip(widths, zip(*lines, strict=True), strict=True):
        words = [piece.strip() for cell in cells for piece in pieces(cell)]
        assert long - PADDING >= max(map(printed, words)) - 1e-6, "no word is broken"


def test_what_cannot_fit_is_shared_out_by_its_longest_words() -> None:
    widths = column_widths([["Supercalifragilisticexpialidocious" * 2] * 6], ROOM, 10)
    assert widths == [pytest.approx(ROOM / 6)] * 6


def test_no_column_gets_more_than_its_text_asks_nor_the_half_of_the_page_for_one_long_word() -> None:
    address = "https://doi.org/10.1186/" + "x" * 60
    widths = column_widths([("Reference", "Year", *["Barriers"] * 6), (address, "2014", *[LONG] * 6)], 2 * ROOM, 10)
    assert widths[1] == pytest.approx(printed("2014") + PADDING)
    assert widths[0] <= ROOM * 2 / 3


def test_the_columns_of_the_file_are_as_wide_as_they_were_reckoned_and_share_the_room_between_the_margins() -> None:
    lines = [("Box", "Databases"), (LONG, "28 129")]
    table = made(lines)
    for column, wanted in zip(table.columns, column_widths(lines, ROOM, 10), strict=True):
        assert abs(column.width - Mm(wanted)) < Mm(0.1)
    assert table.autofit is False


def test_columns_of_numbers_stand_to_the_right_and_columns_of_words_to_the_left() -> None:
    lines = [
        ("Box", "n", "Kappa", "%", "Phase"),
        ("A", "172 900", "-0.06", "12 %", "1"),
        ("B", "", "undefined", "3", "two"),
    ]
    right = [
        [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for cell in row.cells] for row in made(lines).rows
    ]
    assert right == [[False, True, True, True, False]] * 3


def test_the_headings_repeat_and_only_a_long_row_goes_on_over_the_page() -> None:
    table = made([("Box", "Reason"), ("Reports excluded", LONG), ("Reports excluded", "x" * (WHOLE + 1))])
    properties = [row._tr.get_or_add_trPr() for row in table.rows]
    assert [one.find(qn("w:tblHeader")) is not None for one in properties] == [True, False, False]
    assert [one.find(qn("w:cantSplit")) is not None for one in properties] == [True, True, False]
    holding_on = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert holding_on == [True, True, False], "no page ends with the headings"


def test_a_part_is_indented_under_what_it_splits() -> None:
    table = made([("Box", "n"), ("Records identified", "12"), ("Scopus", "12")], parts={2})
    indents = [row.cells[0].paragraphs[0].paragraph_format.left_indent for row in table.rows]
    assert [indent is not None for indent in indents] == [False, False, True]


@pytest.mark.parametrize(("columns", "size"), [(3, 10), (6, 8), (14, 7)])
def test_letters_grow_smaller_before_a_word_is_cut(columns: int, size: int) -> None:
    made = blank("Title", across=False)
    add_table(made, [["Organisations"] * columns, ["123 456"] * columns], size=10)
    (table,) = made.tables
    assert table.rows[0].cells[0].paragraphs[0].runs[0].font.size.pt == size
    fits = [column.width.mm >= printed("Organisations", size) for column in table.columns]
    assert all(fits) == (columns < 14), "fourteen such words fit in no readable size"
