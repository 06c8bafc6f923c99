"""The Cochrane Library's plain text: ``Record #1 of 3``, then a label, a colon and a value on each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.citations import fill, ovid_citation
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, entries
from screening.records.identifiers import doi_in_url, normalise_doi, pmid_in_text

_LABEL = re.compile(r"^(?P<tag>Record #\d{1,7} of \d{1,7}|[A-Z]{2,4})(?::(?= |$)(?P<value>.*)|\s*)$", re.DOTALL)


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"].startswith("Record")


def _accepts(found: re.Match[str], block: Block | None) -> bool:
    """A label has its colon; a word in capitals that fills a line is text."""
    return found["value"] is not None


COCHRANE = Dialect(tag=_LABEL, begins=_begins, accepts=_accepts)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a text, one for each ``Record #n of m``."""
    return entries(lines, COCHRANE, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("TI")
    draft.authors = fields.lines("AU")
    draft.years = fields.all("YR", "PY")
    draft.abstract = fields.first("AB")
    if not fill(draft, ovid_citation(fields.first("SO"))):
        draft.journal = fields.first("SO")
    draft.volume, draft.issue = fields.first("VL"), fields.first("NO", "IS")
    draft.pages = fields.first("PG")
    draft.keywords = [word.strip() for text in fields.all("KY", "KW", "MH") for word in text.split(";")]
    draft.raw_languages = fields.lines("LA")
    draft.raw_types = fields.lines("PT")
    links = fields.all("US", "UR", "URL")
    draft.url = next(iter(links), "")
    draft.doi = normalise_doi(fields.first("DOI", "DO")) or next((doi for url in links if (doi := doi_in_url(url))), "")
    draft.pmid = next((pmid for text in fields.all("PM", "XR", "AN") if (pmid := pmid_in_text(text))), "")
    draft.ids = {"accession": fields.first("ID", "AN"), "database": "Cochrane Library"}
    return draft
