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
        ("evidence-based", 76, ["evidence-", "based"]),
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


@pytest.mark.parametrize(
    ("label", "regular", "bold"),
    [
        ("Reports assessed for eligibility", 213.67, 245.02),
        ("Pending: title and abstract", 185.51, 212.50),
        ("Records removed before screening", 244.31, 276.23),
        ("Reports of new included studies", 223.88, 254.45),
        ("0123456789", 89.07, 97.41),
    ],
)
def test_no_label_runs_wider_than_it_was_taken_for_in_dejavu_sans_at_14_pixels(
    label: str, regular: float, bold: float
) -> None:
    """As Chromium measures it: the page is drawn in the system's face, on many machines with Linux in this one."""
    assert regular <= width(label) <= regular * 1.1
    assert bold <= width(label, bold=True) <= bold * 1.1
