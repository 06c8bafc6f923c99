"""Ovid's tagged format: records begin with ``<1. >``, fields by two letters or by long labels above indented text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.citations import fill, ovid_citation
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, Fields, entries
from screening.records.identifiers import doi_in_note, doi_in_url, normalise_doi, normalise_pmid

_TAG = re.compile(
    r"^(?P<tag><\s*\d{1,7}\s*\.?\s*>(?=\s*$)|[A-Z][A-Z0-9](?= {1,2}-)"
    r"|[A-Z][A-Za-z]+(?: (?:of|and|in|for|&|\(?[A-Z][A-Za-z]*\)?)){0,5}(?=\s*$))(?: {1,2}-(?P<value>.*)|\s*)$",
    re.DOTALL,
)
_SOURCE = re.compile(
    r"^(?P<journal>.+?)\.\s+(?:Vol\.?\s*)?(?P<volume>[^\s(:,;.]+)\s?(?:\((?P<issue>[^)]*)\))?\s?"
    r"(?:[:,]\s?(?:pp\.?\s?)?(?P<pages>[A-Z]?\d+[^\s,;.]*))?"
)
_YEAR_LAST = re.compile(r"(?:1[5-9]|20)\d\d(?!.*(?:1[5-9]|20)\d\d)", re.DOTALL)


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"].startswith("<")


def _accepts(found: re.Match[str], block: Block | None) -> bool:
    """Long labels count only in a record that is written with them: elsewhere a line in title case is text."""
    if block is None or len(found["tag"]) == 2:
        return True
    return len(block.fields[-1][0]) > 2


OVID = Dialect(tag=_TAG, begins=_begins, accepts=_accepts)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of an Ovid file, one for each ``<n. >``."""
    return entries(lines, OVID, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms; what only the source line holds (journal, pages) is taken from it."""
    fields = block.by_tag()
    source = fields.first("SO", "Source")
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("TI", "Title", "Book Title", "BT")
    draft.title_translated = fields.first("OT", "TT", "Original Title", "Foreign Title")
    draft.authors = _authors(fields)
    year = _YEAR_LAST.search(source)
    draft.years = [*fields.all("YR", "Year of Publication", "DP", "DG", "Date of Publication", "Publication Date")]
    draft.years += [year.group(0)] if year else []
    draft.years += fields.all("Status")
    draft.abstract = fields.first("AB", "Abstract")
    draft.keywords = _keywords(fields)
    draft.raw_languages = fields.lines("LG", "LA", "Language")
    kinds = [raw.split(":")[0] for raw in fields.lines("PT", "DT", "Publication Type", "Document Type")]
    draft.raw_types = [kind.rstrip(".") for raw in kinds for kind in re.split(r"(?<=[a-z])\.\s+", raw)]
    draft.url = fields.first("XL", "JL", "UR", "URL", "Link to the Ovid Full Text or citation")
    _from_source(draft, fields, source)
    _identify(draft, fields)
    return draft


def _authors(fields: Fields) -> list[str]:
    """One author a line, or several with semicolons; roles in brackets and footnote numbers go (see `names`)."""
    raws = fields.lines("FA", "Authors Full Name") or fields.lines("AU", "Author", "Authors")
    return [re.sub(r"\[[^\[\]]{0,200}\]", "", raw) for raw in raws] or fields.lines("ED", "Editor", "Editors")


def _keywords(fields: Fields) -> list[str]:
    texts = fields.lines("KW", "MH", "SH", "DE", "MC", "Author Keywords", "Keywords", "Subject Headings", "Index Terms")
    return [word.strip(" .") for text in texts for word in re.split(r";|  +", text)]


def _from_source(draft: Draft, fields: Fields, source: str) -> None:
    draft.journal = fields.first("JN", "JA", "Journal Name", "Abbreviated Source")
    draft.volume = fields.first("VO", "Volume")
    draft.issue = fields.first("IP", "Issue")
    draft.pages = fields.first("PG", "Page", "Pages")
    if fill(draft, ovid_citation(source)):
        return
    found = _SOURCE.match(source)
    parts = found.groupdict() if found else {}
    draft.journal = draft.journal or parts.get("journal") or source
    draft.volume = draft.volume or parts.get("volume") or ""
    draft.issue = draft.issue or parts.get("issue") or ""
    draft.pages = draft.pages or parts.get("pages") or ""


def _identify(draft: Draft, fields: Fields) -> None:
    database = fields.first("DB", "Database")
    accession = fields.first("AN", "UI", "Accession Number", "Unique Identifier").rstrip(".")
    links = fields.all("XL", "UR", "JL", "URL")
    draft.doi = normalise_doi(fields.first("DO", "DI", "Digital Object Identifier", "DOI Number", "DOI"))
    draft.doi = (
        draft.doi
        or doi_in_note(fields.first("SO", "Source"))
        or next((d for url in links if (d := doi_in_url(url))), "")
    )
    draft.pmid = normalise_pmid(fields.first("PM", "PMID", "Medline PMID"))
    if not draft.pmid and "medline" in database.casefold() and accession.isdigit():
        draft.pmid = accession
    draft.ids = {"accession": accession, "database": database}
