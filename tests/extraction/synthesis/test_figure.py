"""The factor model as a drawing: well formed, told in words, and inside its frame whatever the labels."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree as ET

from extraction.synthesis import figure
from extraction.synthesis.matrix import Link, Matrix, Study, Theme, build
from screening.prisma.png import png

pytestmark = pytest.mark.once

SVG = "{http://www.w3.org/2000/svg}"


def matrix(studies: int = 3, label: str = "Mentors & <peers>") -> Matrix:
    columns = [Study(n, f"Study {n}", str(n)) for n in range(1, studies + 1)]
    themes = [
        Theme(1, label, "facilitator", "interpersonal"),
        Theme(2, "Lack of time 時間不足", "barrier", "environmental"),
        Theme(3, "Named by nobody", "barrier", "environmental"),
    ]
    return build(columns, themes, [*(Link(n, 1, n) for n in range(1, studies + 1)), Link(1, 2, 90)])


@pytest.mark.parametrize("inline", [True, False])
def test_the_drawing_is_well_formed_and_says_in_words_what_it_shows(inline: bool) -> None:
    root = ET.fromstring(figure.draw(matrix(), title="Factors", inline=inline))
    said = root.findtext(f"{SVG}desc") or ""
    assert "Facilitators, interpersonal: Mentors & <peers> (Study 1, Study 2, Study 3)." in said
    assert "Named by nobody" not in " ".join(root.itertext())
    assert "style" not in ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("studies", [1, 6, 7, 40])
def test_nothing_leaves_the_frame_and_no_two_squares_overlap(studies: int) -> None:
    root = ET.fromstring(
        figure.draw(matrix(studies, "A theme with a name that is far longer than one line " * 3), title="Factors")
    )
    left, top, wide, high = (float(n) for n in root.attrib["viewBox"].split())
    squares = [
        (float(one.attrib["x"]), float(one.attrib["y"]))
        for one in root.iter(f"{SVG}rect")
        if one.attrib["width"] == "22"
    ]
    assert len(squares) == len(set(squares)) == studies + 1
    assert all(left <= x <= left + wide - 22 and top <= y <= top + high - 22 for x, y in squares)
    for text in root.iter(f"{SVG}text"):
        assert left <= float(text.attrib["x"]) <= left + wide
        assert top <= float(text.attrib["y"]) <= top + high


def test_a_matrix_without_directions_or_studies_is_drawn_as_well() -> None:
    plain = build([Study(1, "One", "O")], [Theme(1, "Luck")], [Link(1, 1, 1)])
    assert "Luck" in figure.draw(plain, title="Factors")
    assert "<svg" in figure.draw(build([], [], []), title="Factors")


def test_the_drawing_becomes_a_picture() -> None:
    assert png(figure.draw(matrix(), title="Factors"), width=300).startswith(b"\x89PNG")
