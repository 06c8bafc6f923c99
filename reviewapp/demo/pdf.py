"""Small PDFs with real text, for the demo and the tests: enough of ISO 32000-1 for any reader."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 78  # characters of a line


def make_sample(title: str, pages: Sequence[str]) -> bytes:
    """A PDF of running text, paragraphs parted by empty lines, with a title on each page that says what it is."""
    head = textwrap.wrap(title, WIDTH)
    return make_pdf(*([*head, "", *_lines(text)] for text in pages))


def _lines(text: str) -> list[str]:
    paragraphs = [textwrap.wrap(paragraph, WIDTH) for paragraph in text.split("\n\n")]
    return [line for paragraph in paragraphs for line in [*paragraph, ""]]


def make_pdf(*pages: Sequence[str]) -> bytes:
    """A PDF with one page for each list of lines, in Helvetica; Latin letters only."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
        *(part for number, lines in enumerate(pages) for part in _page(number, lines)),
    ]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    return _written(objects, font=len(objects))


def _page(number: int, lines: Sequence[str]) -> tuple[bytes, bytes]:
    """The content of a page, and the page that has it as the object before."""
    rows = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    body = b"BT /F1 12 Tf 60 780 Td 18 TL\n" + rows + b"ET"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 FONT >> >> >>"
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body), page % (3 + 2 * number)


def _escaped(line: str) -> bytes:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("latin-1")


def _written(objects: list[bytes], font: int) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content.replace(b"FONT", b"%d 0 R" % font))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )
