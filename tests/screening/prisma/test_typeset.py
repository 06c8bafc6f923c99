"""Labels are broken into lines that fit, and lose no character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.prisma.typeset import clean, is_wide, width, wrap


@given(st.text(max_size=120), st.floats(20, 400), st.booleans())
def test_a_wrapped_label_keeps_every_character_and_fits(text: str, limit: float, bold: bool) -> None:
    lines = wrap(text, limit, bold=bold)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert all(width(line, bold=bold) <= limit for line in lines)


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("", 100, [""]),
        ("Reports sought for retrieval", 140, ["Reports sought for", "retrieval"]),
        ("研究對象不符合條件", 60, ["研究對象", "不符合條", "件"]),
        ("他人，而且", 30, ["他", "人，", "而且"]),
        ("WWWWWW", 30, ["WW", "WW", "WW"]),
        ("evidence-based", 70, ["evidence-", "based"]),
    ],
)
def test_lines_break_at_spaces_hyphens_and_between_chinese_characters(
    text: str, limit: float, lines: list[str]
) -> None:
    assert wrap(text, limit) == lines


def test_a_limit_narrower_than_a_character_takes_one_a_line() -> None:
    assert wrap("WW", 1) == ["W", "W"]


def test_bold_is_wider_and_chinese_fills_a_square() -> None:
    assert width("Records", bold=True) > width("Records")
    assert width("研究", 10) == 20
    assert (is_wide("研"), is_wide("r")) == (True, False)
    assert width("e\u0301") == width("e")


def test_what_xml_forbids_is_dropped_and_white_space_is_one_space() -> None:
    assert clean(" two\nlines\x00 and\ta\x07bell\ufffe ") == "two lines and a bell"
