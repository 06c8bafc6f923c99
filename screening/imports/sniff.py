"""What a file is, by its content and never by its name (IM3); what it is not, in one sentence that says what to do."""

from __future__ import annotations

import json
import re
from zipfile import BadZipFile, ZipFile

from screening.imports.decode import utf16_without_bom
from screening.imports.parsed import Refusal
from screening.imports.parsers.rows import shape_by_columns, shape_of
from screening.imports.parsers.source import Source

RIS, MEDLINE, WOS, OVID = "RIS", "MEDLINE", "Web of Science tagged", "Ovid tagged"
ENDNOTE_TAGGED, REFWORKS, NOTEEXPRESS, CNKI = "EndNote tagged", "RefWorks tagged", "NoteExpress", "CNKI text"
BIBTEX, CSL_JSON, PUBMED_XML, ENDNOTE_XML = "BibTeX", "CSL-JSON", "PubMed XML", "EndNote XML"
COCHRANE = "Cochrane text"
TEXT_TABLE, XLSX, XLS, ZIP = "CSV", "Excel", "Excel 97-2003", "zip"

FORMATS = (
    RIS, MEDLINE, WOS, OVID, ENDNOTE_TAGGED, REFWORKS, NOTEEXPRESS, CNKI, COCHRANE, BIBTEX, CSL_JSON, PUBMED_XML,
    ENDNOTE_XML, TEXT_TABLE, XLSX, XLS,
)  # fmt: skip

HEAD = 1 << 18
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")

# Where two of these stand in a file, the one that stands first tells what it is; on one line, the first of the table.
_DASH = "[-\u2010-\u2015\u2212\uff0d]"
_RIS_START = (
    rf"^[\ufeff \t\xa0]*(?:(?i:TY)(?:[ \t\xa0]{{2,6}}|\t){_DASH}.{{0,80}}|TY[ \xa0]{_DASH}\s*[\w /&-]{{0,40}}"
    rf"|(?i:TY)(?:[ \xa0]{_DASH}\s*(?:[A-Z]{{3,6}}|jour|book|chap|conf|thes|rprt|gen|cpaper|unpb)|{_DASH}\s+[A-Z]{{3,6}}))\s*$"
)
_LINE_MARKS = tuple(
    (name, re.compile(pattern, re.MULTILINE))
    for name, pattern in (
        (OVID, r"^<\s*\d{1,7}\s*\.?\s*>\s*$"),
        (RIS, _RIS_START),
        (WOS, r"^\ufeff?(?:FN .{0,60}(?:Web of|ISI|Science|Clarivate|Thomson|Export)|VR 1\.0\s*$|PT [A-Z]\s*$)"),
        (MEDLINE, r"^\ufeff?(?:PMID {0,2}-|OWN {0,2}- )"),
        (NOTEEXPRESS, r"^\ufeff?\{Reference Type\}"),
        (CNKI, r"^\ufeff?(?:SrcDatabase|DataType)-[^\s:：]{1,20}[:：]"),
        (COCHRANE, r"^\ufeff?Record #\d{1,7} of \d{1,7}\s*\n(?:ID|AN|AU|TI|SO|YR): "),
        (REFWORKS, r"^\ufeff?RT (?!\s*-)\S"),
        (ENDNOTE_TAGGED, r"^\ufeff?%[0T] "),
        (BIBTEX, r"^\s{0,20}@\s?[A-Za-z]{2,40}\s{0,20}[{(]"),
        (RIS, r"^\ufeff?(?:TI|T1|AU|A1)(?:  |[ ]?[ ]?\t[ ]?[ ]?)-[^\n]*\n(?:[^\n]*\n){0,400}?ER[ \t]{1,3}-\s*$"),
    )
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?(?:<!doctype\s+html|<html|<head|<body|<table)", re.I | re.S
)
_SIGN_IN = re.compile(r"sign.?in|log.?in|session|password|shibboleth|captcha|登录|登入", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]{0,60})")
_PUBMED_REPORT = re.compile(r"^PMID: \d+|^\s*DOI: 10\.\S+$|\[Indexed for MEDLINE\]", re.MULTILINE)
_EXPORT_RIS = "export the results again as RIS and import that file."
_WEB_TABLE = (
    "This is a web page with a table (some databases call such a file .xls): open it in Excel, save it as .xlsx and import that"
    " file, or export the results again as RIS."
)
_LOCK_FILE = (
    "This is the lock file that Office keeps beside an open document: close the document and import the file whose name lacks"
    " the “~$” at its beginning."
)
_LOCK_FILE_SIZE = 165


def sniff_bytes(source: Source) -> str:
    """``zip``, ``Excel`` or ``Excel 97-2003`` for what is told by its first bytes, ``""`` for what may be text.

    Raises Refusal for an empty file and for what is neither.
    """
    head = source.head(8192)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Refusal("empty", "The file is empty: export the results again.")
    if head.startswith(_OLE):
        return XLS
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _sniff_zip(source)
    if len(head) == _LOCK_FILE_SIZE and head[0] < _LOCK_FILE_SIZE // 3 and head.count(b"\0") > _LOCK_FILE_SIZE // 5:
        raise Refusal("binary", _LOCK_FILE)
    for magic, kind, advice in _OTHER_FILES:
        if head.startswith(magic):
            raise Refusal("binary", f"This is {kind}, not a list of references: {advice}")
    if _is_binary(head[:4000]):
        raise Refusal("binary", f"This is a binary file, not a list of references: {_EXPORT_RIS}")
    return ""


def _is_binary(head: bytes) -> bool:
    """Many control bytes, and no UTF-16; a NUL here and there is damage to a text."""
    if head.startswith(_UTF16_BOMS) or utf16_without_bom(head):
        return False
    controls = sum(1 for byte in head if byte < 9 or 14 <= byte < 27)
    return controls > 0.02 * len(head) + 2


_OTHER_FILES = (
    (b"%PDF", "a PDF", "PDFs are attached to their record later; " + _EXPORT_RIS),
    (b"\x1f\x8b", "a gzip archive", "unpack it and import the file inside."),
    (b"Rar!", "a RAR archive", "unpack it and import the files inside."),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and import the files inside."),
    (b"\x89PNG", "a picture", _EXPORT_RIS),
    (b"\xff\xd8\xff", "a picture", _EXPORT_RIS),
    (b"{\\rtf", "a formatted text (RTF)", _EXPORT_RIS),
    (b"SQLite format 3", "a database file", _EXPORT_RIS),
)


def _sniff_zip(source: Source) -> str:
    try:
        with source.seekable() as stream, ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError, ValueError) as error:
        raise Refusal("zip", "The file is damaged or cut off: download it again.") from error
    except RuntimeError as error:  # a later version of the format than the library knows
        raise Refusal("zip", "The zip is packed in a way we do not read: unpack it and import its files.") from error
    if {"mimetype", "content.xml"} <= names:
        raise Refusal("binary", "This is an OpenDocument file, which we do not read: save it as .xlsx or as CSV.")
    if "[Content_Types].xml" not in names:
        return ZIP
    if any(name.startswith("xl/") for name in names):
        return XLSX
    raise Refusal("binary", f"This is an Office document, not a list of references: {_EXPORT_RIS}")


def sniff_text(head: str) -> str:
    """The format of a text by its first quarter million characters; Refusal names what else it is."""
    text = _LINE_END.sub("\n", head)
    start = text.lstrip("\ufeff \t\n")
    if start.startswith("<") and not re.match(r"<\s*\d", start):
        return _sniff_markup(start)
    if start.startswith(("[", "{")) and _is_json(start):
        return CSL_JSON
    marked = _first_mark(text)
    shape = shape_of(head)
    if marked and (shape is None or marked[1] <= 2):
        return marked[0]
    if shape is not None:
        return TEXT_TABLE
    if marked:
        return marked[0]
    refusal = _not_references(text, start)
    if refusal.code == "unknown" and shape_by_columns(head) is not None:
        return TEXT_TABLE
    raise refusal


def _first_mark(text: str) -> tuple[str, int] | None:
    """The format whose mark comes first, and the line it stands on."""
    best: tuple[int, str] | None = None
    for name, pattern in _LINE_MARKS:
        found = pattern.search(text)
        if found and (best is None or found.start() < best[0]):
            best = (found.start(), name)
    return (best[1], text.count("\n", 0, best[0]) + 1) if best else None


def _sniff_markup(start: str) -> str:
    if _HTML.match(start):
        if _SIGN_IN.search(start[:20000]):
            raise Refusal("html", "This is a sign-in page, not an export: log in again and export the results as RIS.")
        if re.search(r"<tr[\s>]", start[:20000], re.IGNORECASE):
            raise Refusal("html", _WEB_TABLE)
        raise Refusal("html", f"This is a web page, not an export file: {_EXPORT_RIS}")
    if "<!ENTITY" in re.split(r"<(?:record|Pubmed)", start, maxsplit=1)[0]:
        raise Refusal("entities", f"This XML defines entities, which we do not unfold: {_EXPORT_RIS}")
    if re.search(r"<Pubmed(?:Book)?Article[\s>/]", start):
        return PUBMED_XML
    if re.search(r"<records[\s>]", start) and re.search(r"<record[\s>]", start):
        return ENDNOTE_XML
    root = next((name for name in _ROOT.findall(re.sub(r"<[?!][^>]{0,500}>", "", start))), "?")
    sentence = f"This is XML of a kind we do not read (its first element is “{root}”): {_EXPORT_RIS}"
    raise Refusal("unknown_xml", sentence)


def _is_json(start: str) -> bool:
    """Whether the text begins as JSON does: an object, or an array of objects."""
    opening = re.match(r"(?:\[\s*)?\{\s*(?:\"|\})", start)
    if opening is None:
        return start.startswith("[") and start.rstrip().endswith("]") and _loads(start)
    return True


def _loads(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _not_references(text: str, start: str) -> Refusal:
    lines = [line.strip() for line in start.split("\n") if line.strip()]
    numbers = sum(1 for line in lines if re.fullmatch(r"(?:PMID:?\s*)?\d{1,8}[,;]?", line))
    if lines and numbers >= 0.9 * len(lines):
        sentence = (
            "This is a list of numbers (PubMed ids?): search for them in PubMed, then Save, format PubMed (nbib)."
        )
        return Refusal("pmid_list", sentence)
    if re.search(r"^\s*【(?:题\s*名|篇\s*名|标\s*题|Title)】", text, re.MULTILINE):
        sentence = (
            "This is a list for reading, as Chinese databases print it: export it as NoteExpress, EndNote or RefWorks."
        )
        return Refusal("text_report", sentence)
    if "ProQuest" in text[:3000] or "ProQuest document ID" in text:
        sentence = "This is a ProQuest report in plain text: in ProQuest choose Save, RIS, and import that file."
        return Refusal("text_report", sentence)
    if len(_PUBMED_REPORT.findall(text)) >= 1 and re.search(r"^\s*\d+\. ", text, re.MULTILINE):
        sentence = "This is PubMed's abstract text: in PubMed choose Save, format PubMed (nbib), and import that file."
        return Refusal("text_report", sentence)
    seen = lines[0][:80] if lines else ""
    return Refusal("unknown", f"This is no format of references that we know (it begins with “{seen}”): {_EXPORT_RIS}")
