"""RefWorks' tagged format, as RefWorks and Chinese databases write it (``A1林行众`` may lack its space)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, entries
from screening.records.identifiers import doi_in_note, doi_in_url, normalise_doi, normalise_pmid

_TAG = re.compile(
    r"^(?P<tag>RT|SR|ID|A[1-9]|T[1-9]|J[FO]|YR|FD|VO|IS|[SO]P|K1|AB|NO|P[BPA]|ED|SN|A[DNV]|LA|C[LNRY]|SF|LK|OL|D[OSBP]|UL"
    r"|U[1-5]|RD|WT|WP|ST|PM|vo|is)(?:[ \t]+|(?=[^\x00-\x7f])|$)(?P<value>.*)$",
    re.DOTALL,
)


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"] == "RT" and bool(found["value"].strip())


REFWORKS = Dialect(tag=_TAG, begins=_begins)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a RefWorks tagged file, one for each ``RT``."""
    return entries(lines, REFWORKS, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms (tags: RefWorks tagged format)."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("T1", "T2")
    draft.title_translated = fields.first("T2") if fields.first("T1") and fields.first("JF", "JO") else ""
    draft.authors = fields.lines("A1") or fields.lines("A2")
    draft.years = fields.all("YR", "FD")
    draft.abstract = fields.first("AB")
    draft.journal = fields.first("JF", "JO") or fields.first("T2")
    draft.volume, draft.issue = fields.first("VO", "vo"), fields.first("IS", "is")
    start, end = fields.first("SP"), fields.first("OP")
    draft.pages = f"{start}-{end}" if start and end and "-" not in start else start or end
    draft.keywords = [word.strip() for text in fields.lines("K1") for word in re.split(r"[;；]", text)]
    draft.raw_languages = fields.lines("LA")
    draft.raw_types = fields.all("RT")
    urls = fields.all("UL", "LK")
    draft.url = urls[0] if urls else ""
    draft.doi = normalise_doi(fields.first("DO")) or next((doi for url in urls if (doi := doi_in_url(url))), "")
    draft.doi = draft.doi or doi_in_note(fields.first("NO"))
    draft.pmid = normalise_pmid(fields.first("PM"))
    draft.ids = {"accession": fields.first("AN"), "record_id": fields.first("ID"), "database": fields.first("DS", "DB")}
    return draft
