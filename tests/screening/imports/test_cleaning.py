"""Texts lose the marks that publishers and programs leave in them, and nothing that a reader would miss."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports.parsers.cleaning import clean
from screening.imports.parsers.draft import NULS
from screening.imports.parsers.keywords import split_keywords
from screening.imports.reading import read
from screening.records.identifiers import normalise_pages
from tests.screening.imports.traps import sums


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("On <scp>EEG</scp> and <it>Felis catus</it>", "On EEG and Felis catus"),
        (
            "<jats:list><jats:list-item>First</jats:list-item><jats:list-item>then</jats:list-item></jats:list>",
            "First then",
        ),
        ('A <mml:math altimg="a.gif" xmlns:xocs="' + "x" * 400 + '"><mml:mi>V</mml:mi></mml:math> rise', "A V rise"),
        ('One<br />two <italic toggle="yes">three</italic> <font size=2>four</font>', "One two three four"),
        ("<![CDATA[Kettles & cups]]>", "Kettles & cups"),
        ("<![CDATA[No abstract available.]]>", ""),
        ("Without Abstract", ""),
        ("Ying<U+2043>ying", "Ying\u2043ying"),
        ("PM2<middle dot>5", "PM2·5"),
        ("where a<b then c>d", "where a<b then c>d"),
        ("p <0.05, n > 3, a < i > b", "p <0.05, n > 3, a < i > b"),
    ],
)
def test_markup_goes_and_comparisons_stay(written: str, text: str) -> None:
    assert clean(written) == text


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (["tea; water", "cups"], ["tea", "water", "cups"]),
        (["tea, water, hot cups (white, blue)"], ["tea", "water", "hot cups (white, blue)"]),
        (["Models, Theoretical"], ["Models, Theoretical"]),
        (["Cities, large, small", "Models, Theoretical"], ["Cities, large, small", "Models, Theoretical"]),
    ],
)
def test_keywords_of_one_field_are_told_apart(written: list[str], words: list[str]) -> None:
    assert split_keywords(written) == words


@pytest.mark.parametrize(
    ("written", "pages"),
    [("65 - ", "65"), ("S5-", "S5"), ("102-106.", "102-106"), ("R41----R56", "R41-R56"), ("e17", "e17")],
)
def test_pages_end_with_a_page(written: str, pages: str) -> None:
    assert normalise_pages(written) == pages


def test_marks_that_never_end_take_no_time() -> None:
    text = "a" + "<![CDATA[" * 200_000
    assert clean(text) == text


def test_a_nul_here_and_there_makes_no_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "damaged.ris"
    path.write_bytes(
        b"TY  - JOUR\nTI  - Ket\0tles of the north and of the south, and how long they boil\nAU  - Ma\0rsh, Tom\nPY  - 2011\nER  - \n\n"
        * 20
    )
    (reading,) = read(path, name=path.name)
    found, problems, markers = sums(reading)
    assert (len(found), problems, markers) == (20, [], 20)
    assert (found[0].authors, found[0].title) == (
        ("Marsh, Tom",),
        "Kettles of the north and of the south, and how long they boil",
    )
    assert NULS in found[0].flags
