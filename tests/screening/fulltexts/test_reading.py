"""A PDF is read in a process of its own: text comes back, or one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.fulltexts.page_text import text_of
from screening.fulltexts.reading import SENTENCES, read_pdf
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.once

LINE = "Mentors (and others) for young researchers in hospitals"


def test_the_text_of_the_first_three_pages_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(make_pdf(*([f"{LINE}, page {number}"] for number in range(1, 6))))
    reading = read_pdf(path)
    assert (reading.said, [page.strip() for page in reading.pages]) == ("", [f"{LINE}, page {n}" for n in (1, 2, 3)])


@pytest.mark.parametrize(
    ("content", "problem"),
    [(make_pdf([LINE])[:200], "broken"), (b"%PDF-1.4\n%%EOF\n", "broken"), (make_pdf([""]), "scan")],
)
def test_a_pdf_without_text_gives_one_sentence(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert read_pdf(path).said == SENTENCES[problem]


def test_a_pdf_that_takes_too_long_gives_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(make_pdf([LINE]))
    assert read_pdf(path, seconds=0.001).said == SENTENCES["slow"]


def test_a_file_cut_at_any_byte_never_raises(tmp_path: Path) -> None:
    whole, path = make_pdf([LINE], [LINE]), tmp_path / "a"
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        assert set(text_of(str(path))) & {"pages", "problem"}
