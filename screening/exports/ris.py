"""RIS as Zotero, EndNote and Mendeley read it; each field under its standard tag, each value on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.exports.exported import GENERIC, JOURNAL, ExportRecord, language_words, type_lines

CODES = {
    JOURNAL: "JOUR", "conference_paper": "CONF", "book": "BOOK", "chapter": "CHAP", "thesis": "THES", "report": "RPRT",
    "preprint": "UNPB", "news": "NEWS", "patent": "PAT", "standard": "STAND", "dataset": "DATA", GENERIC: "GEN",
}  # fmt: skip
# Every other code of the format that a file may have had; it is kept as it was.
_OTHER_CODES = frozenset(
    re.findall(
        "[A-Z]+",
        "ABST ADVS AGGR ANCIENT ART BILL BLOG CASE CHART CLSWK COMP CPAPER CTLG DBASE DICT EBOOK ECHAP EDBOOK EJOUR ELEC "
        "ENCYC EQUA FIGURE GOVDOC GRANT HEAR ICOMM INPR JFULL LEGAL MANSCPT MAP MGZN MPCT MULTI MUSIC PAMP PCOMM SER SLIDE "
        "SOUND STAT UNBILL VIDEO WEB",
    )
)
_RANGE = re.compile(r"([^-]+)-([^-]+)")


def write(records: Iterable[ExportRecord]) -> Iterator[str]:
    """The text of the file, a piece a record."""
    for record in records:
        lines = [f"{tag}  - {value}" for tag, value in _fields(record) if value]
        yield "\n".join([*lines, "ER  - ", "", ""])


def container(record: ExportRecord) -> str:
    """The code after ``TY``: the one that the file had, else that of the record's kind."""
    said = record.raw_types[0] if record.raw_types else ""
    return said if said in _OTHER_CODES or said in CODES.values() else CODES[record.kind]


def _fields(record: ExportRecord) -> Iterator[tuple[str, str]]:
    code = container(record)
    yield "TY", code
    yield "TI", record.title
    yield "TT", record.title_translated
    for author in record.authors:
        yield "AU", author
    yield "PY", record.year_written
    if code == "JOUR" and record.year_early:
        yield "ET", str(record.year_early)
    # A book without a title would be called by its series where T2 is used.
    yield ("T2" if record.title else "JF"), record.journal
    yield from _places(record)
    yield "AB", record.abstract
    for word in record.keywords:
        yield "KW", word
    for word in language_words(record):
        yield "LA", word
    for word in type_lines(record, code):
        yield "M3", word
    yield from _identifiers(record)
    yield "RN", record.remark


def _places(record: ExportRecord) -> Iterator[tuple[str, str]]:
    yield "VL", record.volume
    yield "IS", record.issue
    found = _RANGE.fullmatch(record.pages)
    if found and found[1] != found[2]:
        yield "SP", found[1]
        yield "EP", found[2]
    else:
        yield "SP", record.pages


def _identifiers(record: ExportRecord) -> Iterator[tuple[str, str]]:
    """Accession number and label under their tags; PubMed's numbers as PubMed Central's own export labels them."""
    yield "DO", record.doi
    yield "UR", record.url
    yield "AN", record.ids.get("accession", "")
    yield "ID", record.ids.get("record_id", "")
    yield "UT", "" if record.ids.get("ut") == record.ids.get("accession") else record.ids.get("ut", "")
    yield "C2", record.ids.get("pmcid", "")
    yield "U1", f"{record.pmid}[pmid]" if record.pmid else ""
    yield "DB", record.ids.get("database", "")
