"""EndNote XML, with or without its ``<style>`` wrappers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.xml_records import entries, text_of, texts_of
from screening.records.identifiers import (
    doi_in_note,
    doi_in_url,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in_text,
)

RECORDS = ("record",)


def read(pieces: Iterable[str]) -> Iterator[Entry]:
    """The records of an EndNote XML file, one for each ``<record>``."""
    return entries(pieces, RECORDS, describe)


def describe(draft: Draft, record: Any) -> None:
    """The elements of one record in our terms (EndNote's RSXML document type)."""
    draft.title = text_of(record, "titles/title", "titles/short-title")
    draft.title_translated = text_of(record, "titles/translated-title")
    draft.authors = texts_of(record, "contributors/authors/author") or texts_of(
        record, "contributors/secondary-authors/author"
    )
    draft.years = texts_of(record, "dates/year", "dates/pub-dates/date", "dates/copyright-dates/date")
    if "journal article" in _kind(record).casefold():  # EndNote keeps the online date of an article as its edition
        draft.years_early = texts_of(record, "edition")
    draft.abstract = text_of(record, "abstract")
    draft.journal = text_of(
        record, "periodical/full-title", "titles/secondary-title", "periodical/abbr-1", "titles/alt-title"
    )
    draft.volume, draft.issue, draft.pages = (
        text_of(record, "volume"),
        text_of(record, "number", "issue"),
        text_of(record, "pages"),
    )
    draft.keywords = texts_of(record, "keywords/keyword")
    draft.raw_languages = texts_of(record, "language")
    draft.raw_types = [_kind(record), *texts_of(record, "work-type")]
    _identify(draft, record)


def _kind(record: Any) -> str:
    kind = record.find("ref-type")
    return "" if kind is None else str(kind.get("name") or kind.text or "")


def _identify(draft: Draft, record: Any) -> None:
    urls = texts_of(record, "urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url")
    draft.url = urls[0] if urls else ""
    draft.doi = normalise_doi(text_of(record, "electronic-resource-num")) or next(
        (doi for url in urls if (doi := doi_in_url(url))), ""
    )
    draft.doi = draft.doi or doi_in_note(text_of(record, "notes"))
    database = text_of(record, "remote-database-name", "remote-database-provider")
    accession = text_of(record, "accession-num")
    providers = " ".join(texts_of(record, "remote-database-name", "remote-database-provider")).casefold()
    if accession.isdigit() and any(name in providers for name in ("nlm", "medline", "pubmed")):
        draft.pmid = normalise_pmid(accession)
    draft.pmid = draft.pmid or pmid_in_text(text_of(record, "custom1"))
    draft.ids = {
        "accession": accession,
        "record_id": text_of(record, "rec-number"),
        "database": database,
        "pmcid": normalise_pmcid(" ".join(texts_of(record, "custom2", "custom1"))),
        "ut": accession if accession.upper().startswith(("WOS:", "ISI:")) else "",
    }
