"""PubMed's MEDLINE format (nbib), and the variant of ERIC without PMID."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, Fields, entries
from screening.records.identifiers import doi_in_url, normalise_doi, normalise_pmcid

_TAG = re.compile(r"^(?P<tag>[A-Z]{2,4}) {0,2}- ?(?P<value>.*)$", re.DOTALL)
_TRANSLATED = re.compile(r"^\[(?P<title>.*)\]\.?$", re.DOTALL)
_NOT_AVAILABLE = re.compile(r"\[?not available\]?\.?$", re.IGNORECASE)
_DOI_MARK = re.compile(r"\s*\[doi\]\s*$", re.IGNORECASE)
_ERIC_YEAR = re.compile(r"(?:^|\s)(\d{4})$")


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    """A PMID begins a record; in ERIC's variant the owner does, after a blank line that does not stand below a PMID."""
    if found["tag"] == "PMID":
        return True
    return found["tag"] == "OWN" and after_blank and not (block and [tag for tag, _ in block.fields] == ["PMID"])


MEDLINE = Dialect(tag=_TAG, begins=_begins)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a MEDLINE file, one for each ``PMID-``, or for each ``OWN -`` that follows a blank line."""
    return entries(lines, MEDLINE, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms (imports.md 6; tags: NLM, "MEDLINE/PubMed data element descriptions")."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    title = fields.first("TI", "BTI", "CTI")
    translated = _TRANSLATED.match(title)
    draft.title, draft.title_translated = titles(translated["title"] if translated else title, fields.first("TT"))
    draft.authors = fields.all("FAU") or fields.all("AU")
    draft.authors += fields.all("CN") or ([] if draft.authors else fields.all("FED", "ED"))
    draft.years = _years(fields)
    draft.years_early = fields.all("DEP")
    draft.abstract = fields.first("AB")
    draft.journal = fields.first("JT", "TA") or (fields.first("BTI") if fields.first("TI") else "")
    draft.volume, draft.issue, draft.pages = fields.first("VI"), fields.first("IP"), fields.first("PG")
    draft.keywords = fields.all("MH", "OT")
    draft.raw_languages = fields.all("LA")
    draft.raw_types = fields.all("PT")
    draft.pmid = fields.first("PMID")
    draft.doi = _doi(fields)
    draft.url = next((url for url in fields.all("LID", "AID", "4099", "URL") if url.startswith("http")), "")
    draft.ids = {
        "accession": fields.first("OID") or draft.pmid,
        "pmcid": normalise_pmcid(fields.first("PMC")),
        "database": fields.first("OWN"),
    }
    return draft


def titles(title: str, vernacular: str) -> tuple[str, str]:
    """Title and the other one. PubMed writes "[Not Available]." for a paper whose title nobody translated."""
    if _NOT_AVAILABLE.match(title):
        return vernacular, ""
    return title, vernacular


def _years(fields: Fields) -> list[str]:
    """The date of publication; ERIC writes "Article 10 2019" there, whose year is the last word."""
    dates = fields.all("DP", "DEP", "SO")
    return [found.group(1) if (found := _ERIC_YEAR.search(text)) else text for text in dates]


def _doi(fields: Fields) -> str:
    identifiers = fields.all("LID", "AID", "DO")
    marked = [text for text in identifiers if _DOI_MARK.search(text)]
    for text in marked:
        if doi := normalise_doi(_DOI_MARK.sub("", text)):
            return doi
    return next((doi for text in identifiers if (doi := doi_in_url(text))), "")
