"""A record in the making: a reader fills in the words of its file, and ``finish`` makes them comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from screening.imports.languages import guess_language, language_codes
from screening.imports.parsed import NO_ABSTRACT, NO_TITLE, REPLACED, TWICE_DECODED, ParsedRecord
from screening.imports.parsers.cleaning import clean, looks_decoded_twice, storable
from screening.imports.parsers.names import names
from screening.imports.publication_types import canonical_types
from screening.records.identifiers import normalise_doi, normalise_pages, normalise_pmid

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d{1,3}(?!\d))")
_ROC_YEAR = re.compile(r"(?:民國|民国|中華民國)\s*(\d{1,3})\s*年?|^(\d{2,3})年")
_EXCEL_DATE = re.compile(r"^(?:[A-Z][a-z]{2}-\d{1,4}|\d{1,2}-[A-Z][a-z]{2}|\d{4}-\d\d-\d\d)$")
_ADDRESS = re.compile(r"(?:(?:https?|ftp)://|www\.|doi\.org/)[^\s<>]{1,2000}", re.IGNORECASE)
_ISSN_BEHIND = re.compile(r"(?<=\S) \(\d{7}[\dXx]\)$")  # EBSCO tells journals of one name apart by it
_RAW_YEAR_LENGTH = 60
NULS = "NUL characters were taken out of its text."


@dataclass(slots=True)
class Draft:
    """Fields as `ParsedRecord`, in the words of the file; ``years`` are tried in their order."""

    line: int
    raw: str
    title: str = ""
    title_translated: str = ""
    authors: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    years_early: list[str] = field(default_factory=list)
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    keywords: list[str] = field(default_factory=list)
    raw_languages: list[str] = field(default_factory=list)
    raw_types: list[str] = field(default_factory=list)
    url: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def finish(self) -> ParsedRecord:
        """The record, normalised and flagged; its raw words stay beside the normalised ones."""
        title = clean(self.title)
        abstract = clean(self.abstract)
        year, raw_year, odd_year = _first_year(self.years)
        languages = language_codes(self.raw_languages)
        raw_languages = _unique(self.raw_languages)
        guess = "" if languages or raw_languages else guess_language(title, abstract)
        raw_types = _unique(self.raw_types)
        pages, odd_pages = _pages(self.pages)
        flags = [*self.flags, *_missing(title, abstract), *odd_year, *odd_pages, *_damaged(title, abstract)]
        flags += [NULS] if "\0" in self.raw else []
        return ParsedRecord(
            line=self.line,
            title=title,
            title_translated=clean(self.title_translated),
            authors=tuple(names(self.authors)),
            year=year,
            year_early=_first_year(self.years_early)[0],
            raw_year=raw_year,
            journal=_ISSN_BEHIND.sub("", clean(self.journal)),
            volume=clean(self.volume),
            issue=clean(self.issue),
            pages=pages,
            doi=normalise_doi(clean(self.doi)),
            pmid=normalise_pmid(self.pmid) if self.pmid else "",
            abstract=abstract,
            keywords=_unique(self.keywords),
            languages=languages or ((guess,) if guess else ()),
            language_inferred=bool(guess),
            raw_languages=raw_languages,
            types=canonical_types(raw_types),
            raw_types=raw_types,
            url=_address(self.url),
            ids={kind: value for kind, text in self.ids.items() if (value := clean(text))},
            raw=storable(self.raw),
            flags=tuple(dict.fromkeys(flags)),
        )


def year_of(text: str, *, latest: int | None = None) -> int | None:
    """The first year from 1500 to next year in ``text`` (``2014//``, ``Mar. 2017``, 民國112年), or ``None`` (IM6)."""
    digits = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    last = latest or date.today().year + 1
    for found in _YEAR.finditer(digits):
        if int(found.group(1)) <= last:
            return int(found.group(1))
    republic = None if text.isascii() else _ROC_YEAR.search(digits)
    if republic is None:
        return None
    year = int(republic.group(1) or republic.group(2)) + 1911
    return year if year <= last else None


def _first_year(candidates: list[str]) -> tuple[int | None, str, list[str]]:
    """The first readable year, the words it came from, and a flag where there are words but no year."""
    words = [text for candidate in candidates if (text := clean(candidate))]
    for text in words:
        year = year_of(text)
        if year is not None:
            return year, text[:_RAW_YEAR_LENGTH], []
    if not words:
        return None, "", []
    return None, words[0][:_RAW_YEAR_LENGTH], [f"The year cannot be read: “{words[0][:_RAW_YEAR_LENGTH]}”."]


def _address(text: str) -> str:
    """The first address of a field; EndNote's ``<Go to ISI>`` is none."""
    found = _ADDRESS.search(text)
    return clean(found.group(0)) if found else ""


def _pages(text: str) -> tuple[str, list[str]]:
    pages = clean(text)
    if _EXCEL_DATE.match(pages):
        return "", [f"The pages were turned into a date by a spreadsheet: “{pages}”."]
    return normalise_pages(pages), []


def _missing(title: str, abstract: str) -> list[str]:
    return [sentence for text, sentence in ((title, NO_TITLE), (abstract, NO_ABSTRACT)) if not text]


def _damaged(title: str, abstract: str) -> list[str]:
    text = title if abstract.isascii() else f"{title} {abstract}"
    if text.isascii():
        return []
    flags = [REPLACED] if "\ufffd" in text else []
    return [*flags, TWICE_DECODED] if looks_decoded_twice(text) else flags


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for raw in texts if (text := clean(raw))))
