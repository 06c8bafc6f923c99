"""EndNote's tagged format (.enw, "refer"): one percent sign and one character; CNKI and repositories write it too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.keywords import split_keywords
from screening.imports.parsers.tagged import Block, Dialect, entries
from screening.records.identifiers import doi_in_note, doi_in_url, normalise_doi, normalise_pmcid

_TAG = re.compile(r"^%(?P<tag>[0-9A-Z@?+~!#$&*()<>=\[\]^|\"'])(?:[ \t]|(?=[^\x00-\x7f])|$)(?P<value>.*)$", re.DOTALL)


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    """``%0`` begins a record, or ``%T`` does where ``%0`` comes later or never; a second of either is the next record."""
    if found["tag"] not in "0T":
        return False
    if block is None or block.holds(found["tag"]):
        return True
    return found["tag"] == "0" and after_blank and block.holds("T")


ENDNOTE = Dialect(tag=_TAG, begins=_begins)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of an EndNote tagged file, one for each ``%0`` or ``%T`` that begins one."""
    return entries(lines, ENDNOTE, record_of)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms (tags: EndNote import filter "EndNote Import (refer)"; CNKI adds ``%W``)."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("T")
    draft.title_translated = fields.first("Q")
    people = fields.lines("A") or fields.lines("E")
    draft.authors = [name for text in people for name in re.split(r"\s+%[AE]\s+", text)]  # old CNKI: all on one line
    draft.years = fields.lines("D", "8")
    draft.abstract = fields.first("X")
    draft.journal = fields.first("J", "B", "S")
    draft.volume, draft.issue = fields.first("V"), fields.first("N")
    draft.pages = next(iter(sorted(fields.all("P"), key=lambda pages: "-" not in pages)), "")
    draft.keywords = split_keywords(fields.lines("K"))
    draft.raw_languages = fields.lines("G")
    draft.raw_types = fields.all("0", "9")
    urls = fields.all("U", ">")
    draft.url = urls[0] if urls else ""
    draft.doi = normalise_doi(fields.first("R")) or next((doi for url in urls if (doi := doi_in_url(url))), "")
    draft.doi = draft.doi or next((doi for text in fields.all("Z") if (doi := doi_in_note(text))), "")
    draft.ids = {
        "accession": fields.first("M"),
        "database": fields.first("W", "~"),
        "pmcid": normalise_pmcid(fields.first("2")),
    }
    if draft.ids["accession"].isdigit() and draft.ids["database"].casefold() in ("nlm", "pubmed", "medline"):
        draft.pmid = draft.ids["accession"]
    return draft
