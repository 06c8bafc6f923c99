"""BibTeX in UTF-8, signs that LaTeX acts upon as their commands, braces always in balance."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from screening.exports.exported import GENERIC, JOURNAL, ExportRecord, kept_apart, language_words, listed, type_words
from screening.imports.parsers.latex import plain
from screening.imports.parsers.names import split_bibtex_names

ENTRIES = {
    JOURNAL: ("article", "journal"), "conference_paper": ("inproceedings", "booktitle"), "book": ("book", "series"),
    "chapter": ("incollection", "booktitle"), "thesis": ("phdthesis", "school"), "report": ("techreport", "institution"),
    "preprint": ("unpublished", "journal"), GENERIC: ("misc", "journal"),
}  # fmt: skip
_OTHERWISE = ENTRIES[GENERIC]
_SIGNS = {
    "\\": "{\\textbackslash}", "{": "{\\textbraceleft}", "}": "{\\textbraceright}", "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}", "$": "\\$", "&": "\\&", "%": "\\%", "#": "\\#", "_": "\\_", "@": "{@}",
}  # fmt: skip
_SIGN = re.compile("[" + re.escape("".join(_SIGNS)) + "]")
_PLAIN_ADDRESS = re.compile(r"[^\s{}\\$@]*")


def write(records: Iterable[ExportRecord]) -> Iterator[str]:
    """The text of the file, a piece an entry; its key is made of family name, year and record number."""
    for record in records:
        lines = [f"  {name} = {{{value}}},\n" for name, value in _fields(record) if value]
        yield f"@{container(record)}{{{_key(record)},\n{''.join(lines)}}}\n\n"


def container(record: ExportRecord) -> str:
    """The entry type."""
    return ENTRIES.get(record.kind, _OTHERWISE)[0]


def escaped(text: str) -> str:
    """``text`` for LaTeX: every sign that it would act upon as a command."""
    return _SIGN.sub(lambda found: _SIGNS[found[0]], text)


def _key(record: ExportRecord) -> str:
    family = record.authors[0].split(",")[0] if record.authors else ""
    letters = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    return f"{re.sub('[^A-Za-z]', '', letters) or 'record'}{record.year or ''}-{record.number}"


def _fields(record: ExportRecord) -> Iterator[tuple[str, str]]:
    yield "title", escaped(record.title)
    yield "translatedtitle", escaped(record.title_translated)
    yield "author", " and ".join(_author(name) for name in record.authors)
    yield "year", escaped(record.year_written)
    yield "earlyaccessdate", str(record.year_early or "")
    yield ENTRIES.get(record.kind, _OTHERWISE)[1], escaped(record.journal)
    yield "volume", escaped(record.volume)
    yield "number", escaped(record.issue)
    yield "pages", escaped(record.pages).replace("-", "--")
    yield "abstract", escaped(record.abstract)
    yield "keywords", escaped(kept_apart(record.keywords))
    yield "language", escaped(listed(language_words(record)))
    yield "document_type", escaped(listed(type_words(record, container(record))))
    yield "doi", _address(record.doi)
    yield "url", _address(record.url)
    yield from _identifiers(record)
    yield "annote", escaped(record.remark)


def _identifiers(record: ExportRecord) -> Iterator[tuple[str, str]]:
    yield "pmid", record.pmid
    yield "pmcid", record.ids.get("pmcid", "")
    yield "unique-id", escaped(record.ids.get("accession", ""))
    yield "database", escaped(record.ids.get("database", ""))


def _author(name: str) -> str:
    """The name; in braces, and so left whole, where BibTeX would take it for something else."""
    written = escaped(name)
    return written if split_bibtex_names(written) == [name] else f"{{{written}}}"


def _address(text: str) -> str:
    """An address or DOI as it is wherever it may stand so, for biblatex takes it verbatim."""
    return text if _PLAIN_ADDRESS.fullmatch(text) and plain(text) == text else escaped(text)
