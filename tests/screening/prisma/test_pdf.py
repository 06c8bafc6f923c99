"""The drawing as a PDF: one page, letters that can be read and copied, fonts inside, the same bytes each time."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from screening.prisma.pdf import pdf
from screening.prisma.svg import described, draw
from tests.screening.prisma.flows import crowded, databases_only, worked
from tests.screening.prisma.test_png import faces_for_chinese

pytestmark = pytest.mark.once

A4 = (595, 842)


def made(flow_title: str = 'PRISMA 2020 flow: 研究 (title) "quoted" #set') -> bytes:
    return pdf(draw(worked(), title=flow_title), title=flow_title, alt=described(worked()))


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        (page,) = document
        return str(page.get_textpage().get_text_bounded())


def test_the_page_is_a4_upright_or_across_as_the_drawing_needs() -> None:
    for flow, expected in ((databases_only(), A4), (worked(), A4[::-1])):
        with pypdfium2.PdfDocument(pdf(draw(flow, title="Flow"), title="Flow", alt="")) as document:
            assert len(document) == 1
            assert tuple(round(side) for side in document[0].get_size()) == expected


def test_labels_and_numbers_are_letters_and_not_a_picture() -> None:
    words = " ".join(text_of(made()).split())
    for expected in (
        "Records identified from",
        "Airiti Library",
        "814",
        "Reports assessed for eligibility",
        "Provisional",
    ):
        assert expected in words


@pytest.mark.skipif(not faces_for_chinese(), reason="no face for Chinese on this machine")
def test_chinese_labels_are_letters_too() -> None:
    assert "華藝線上圖書館" in text_of(pdf(draw(crowded(), title="Flow"), title="Flow", alt=""))


def test_every_font_is_inside() -> None:
    content = pdf(draw(crowded(), title="Flow"), title="Flow", alt="")
    described_fonts = re.findall(rb"/Type\s*/FontDescriptor.*?>>", content, re.DOTALL)
    assert described_fonts
    assert all(re.search(rb"/FontFile[23]? ", one) for one in described_fonts)


def test_the_title_is_that_of_the_review_and_the_same_flow_gives_the_same_bytes() -> None:
    with pypdfium2.PdfDocument(made()) as document:
        assert document.get_metadata_value("Title") == 'PRISMA 2020 flow: 研究 (title) "quoted" #set'
    assert made() == made()


def test_text_that_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="drawing of the flow"):
        pdf("<p>text</p>", title="Flow", alt="")
