"""Web of Science's tagged format (.txt, .ciw, .isi): fields by two letters, continued by indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.tagged import Block, Dialect, Fields, entries
from screening.records.identifiers import normalise_doi

_TAG = re.compile(r"^(?P<tag>[A-Z][A-Z0-9])(?: (?P<value>.*)|\s*)$", re.DOTALL)
_KIND = re.compile(r"^\S{1,20}\s*$")


def _begins(found: re.Match[str], block: Block | None, after_blank: bool) -> bool:
    return found["tag"] == "PT" and _KIND.match(found["value"] or "") is not None


WOS = Dialect(tag=_TAG, begins=_begins, ends=lambda found: found["tag"] == "ER", has_end_tag=True)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The records of a Web of Science file, one for each ``PT``."""
    return entries(lines, WOS, record_of)


def end_is_missing(lines: Iterable[str]) -> bool:
    """Whether the file lacks the ``EF`` that ends it."""
    return not any(line.startswith("EF") and not line[2:].strip() for line in lines)


def record_of(block: Block) -> Draft:
    """The fields of one block in our terms (tags: Web of Science Core Collection field tags)."""
    fields = block.by_tag()
    draft = Draft(block.line, block.raw)
    draft.title = fields.first("TI")
    draft.title_translated = fields.first("FT")
    draft.authors = (
        fields.lines("AF") or fields.lines("AU") or fields.lines("BA", "BF", "CA", "GP") or fields.lines("ED", "BE")
    )
    draft.years, draft.years_early = _years(fields)
    draft.abstract = fields.first("AB")
    draft.journal = fields.first("SO", "J9", "JI")
    draft.volume, draft.issue = fields.first("VL"), fields.first("IS")
    start, end = fields.first("BP"), fields.first("EP")
    draft.pages = (f"{start}-{end}" if start and end and start != end else start or end) or fields.first("AR")
    draft.keywords = [word.strip() for text in fields.all("DE", "ID") for word in text.split(";")]
    draft.raw_languages = fields.all("LA")
    draft.raw_types = fields.all("DT") or fields.all("PT")
    draft.doi = next((doi for text in fields.all("DI", "D2") if (doi := normalise_doi(text))), "")
    draft.pmid = fields.first("PM")
    draft.ids = {"accession": fields.first("UT"), "ut": fields.first("UT"), "database": "Web of Science"}
    return draft


def _years(fields: Fields) -> tuple[list[str], list[str]]:
    """Year of print and of early access; an article not yet printed has only the second."""
    early = fields.all("EA", "EY")
    return [*fields.all("PY", "PD"), *early], early
