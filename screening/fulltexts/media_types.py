"""What a file is, told from its first bytes and never from its name. Pure."""

from __future__ import annotations

PDF = "application/pdf"
ZIP = "application/zip"
TEXT = "text/plain"
HEAD = 4096  # bytes looked at
_PDF_WITHIN = (
    1024  # readers look for the header that far (ISO 32000-1, implementation notes): some files begin with blanks
)
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_OPENINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_ZIPPED, _FIRST_NAME = b"PK\x03\x04", 30
_OFFICE_BEGINS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)


def media_type(head: bytes) -> str:
    """The media type of a file that begins with ``head`` (its first `HEAD` bytes); "" for a web page and for what is not known."""
    if head.lstrip(_BLANKS).startswith(b"<"):
        return ""
    if head.startswith(_ZIPPED):  # before PDF: a zip that does not squeeze has the header of its first PDF near the top
        return _of_zip(head)
    for opening, kind in _OPENINGS:
        if head.startswith(opening):
            return kind
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return PDF
    return TEXT if _is_text(head) else ""


def _of_zip(head: bytes) -> str:
    """An Office file begins with one of its own parts; a folder of such a name may stand anywhere in other zips."""
    is_office = head[_FIRST_NAME:].startswith(_OFFICE_BEGINS)
    return next((kind for folder, kind in _OFFICE if is_office and folder in head), ZIP)


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        head[:-4].decode()  # the last letter may be cut
    except UnicodeDecodeError:
        return False
    return True


REPORTS = frozenset({PDF})
MANY = frozenset({PDF, ZIP})
ATTACHMENTS = frozenset({PDF, ZIP, TEXT, *(kind for _, kind in (*_OPENINGS, *_OFFICE))})


def refusal(head: bytes, takes: frozenset[str]) -> str:
    """Why a file that begins with ``head`` is not taken where ``takes`` are; "" where it is."""
    if head.lstrip(_BLANKS).startswith(b"<"):
        return "It is a web page, not a PDF, so it was not stored. Sign in at the publisher, download the PDF itself and upload that."
    if media_type(head) in takes:
        return ""
    if takes == ATTACHMENTS:
        return "It is neither a PDF nor a Word, Excel, image, zip or text file, so it was not stored. Save it as PDF and upload that."
    return "It is not a PDF, so it was not stored. Save the report as PDF and upload that."
