"""NoteExpress (``{Title}: ...``) and CNKI's own text (``Title-题名: ...``): labels that say what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, entries
from screening.records.identifiers import doi_in_url, normalise_doi

_LABEL = re.compile(r"^\{(?P<tag>[^{}]{1,40})\}[:：]?(?P<value>.*)$", re.DOTALL)
_CNKI_LABEL = re.compile(r"^(?P<tag>[A-Za-z]{1,20})-[^\s:：]{1,20}[:：](?P<value>.*)$", re.DOTALL)


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"] == "Reference Type"


def _cnki_begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"] in ("SrcDatabase", "DataType")


NOTEEXPRESS = Dialect(tag=_LABEL, begins=_begins)
CNKI = Dialect(tag=_CNKI_LABEL, begins=_cnki_begins)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a NoteExpress file, one for each ``{Reference Type}``."""
    return entries(lines, NOTEEXPRESS, record_of)


def read_cnki(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of CNKI's text, one for each ``SrcDatabase-来源库``."""
    return entries(lines, CNKI, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms; the labels of both kinds do not contradict each other."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("Title")
    draft.title_translated = fields.first("Translated Title", "EnTitle")
    draft.authors = fields.lines("Author") or fields.lines("Translated Author", "Secondary Author")
    draft.years = fields.all("Year", "Date", "PubTime", "Date Displayed")
    draft.abstract = fields.first("Abstract", "Summary", "Translated Abstract")
    draft.journal = fields.first("Journal", "Secondary Title", "Source", "Translated Journal", "Publisher")
    draft.volume, draft.issue = fields.first("Volume", "Roll"), fields.first("Issue", "Period")
    draft.pages = fields.first("Pages", "Page", "PageCount")
    draft.keywords = [word.strip() for text in fields.lines("Keywords", "Keyword") for word in re.split(r"[;；]", text)]
    draft.raw_languages = fields.lines("Language")
    draft.raw_types = fields.all("Reference Type", "Type of Work", "SrcDatabase", "DataType")
    urls = fields.all("URL", "Link")
    draft.url = urls[0] if urls else ""
    draft.doi = normalise_doi(fields.first("DOI")) or next((doi for url in urls if (doi := doi_in_url(url))), "")
    draft.ids = {
        "accession": fields.first("Accession Number"),
        "database": fields.first("Database Provider", "Database", "Name of Database"),
    }
    return draft
