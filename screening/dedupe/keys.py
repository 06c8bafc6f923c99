"""A record as matching compares it: every field in comparable form, computed once for each record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from screening.records.identifiers import normalise_doi, normalise_pmid

from . import headings, journals, locators, names, titles
from .shapes import MatchRecord
from .titles import Title

_REGISTRY = re.compile(
    r"\b(nct\d{8}|isrctn\d{6,8}|chictr[-a-z]*\d{6,}|actrn\d{14}|drks\d{8}|jprn[-a-z]*\d+|umin\d{6,}|eudract\s?[\d-]{10,}"
    r"|prospero\s?\d{4}\s?:?\s?crd\d+|crd\d{8,}|ctri[/\d]{10,}|irct[\dn]{10,}|tctr\d{8,}|kct\d{7}|pactr\d{10,})",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d[\d/-]{5}")
_REGISTRIES = frozenset(("nct", "trial", "trial_registration", "registry", "registration", "isrctn", "prospero"))
_PREPRINT_DOI = re.compile(
    r"^10\.(1101/20|1101/0|1101/1|48550|21203|2139/ssrn|31234|31219|31222|20944|26434|36227|32388)"
)
_PREPRINT_JOURNAL = re.compile(
    r"\b(arxiv|biorxiv|medrxiv|ssrn|preprints?|research square|psyarxiv|osf|chemrxiv|chinaxiv|corr)\b"
    r"|预印本|預印本|预发布平台"
)
_CONGRESS_CJK = (
    "会议|會議|年会|年會|大会|大會|论文集|論文集|论文汇编|論文彙編|研讨会|研討會|抄録|学術集会|総会|학술대회|초록집"
)
# The proceedings of an academy or a clinic are a journal; those of a meeting tell which one, or in which year.
_MEETING = (
    r"\b(conference|congress|symposium|workshop)\b|\bproceedings\b.*\b(\d+(st|nd|rd|th)?|annual|international)\b"
    rf"|\b(\d+(st|nd|rd|th)?|annual|international)\b.*\bproceedings\b|{_CONGRESS_CJK}"
)
_PROCEEDINGS = re.compile(_MEETING)
_CONGRESS = re.compile(rf"\b(abstracts?|meeting|annual scientific)\b|{_MEETING}")
_COCHRANE = re.compile(r"cochrane\w*database")
_THESIS = re.compile(
    r"\b(dissertation|thesis|theses|diss)\b|学位论文|學位論文|博士论文|硕士论文|博士論文|碩士論文|修士論文|학위논문"
)
_COLLECTIONS_OF_THESES = re.compile(r"dissertation abstracts|dissertations (and|&) theses|proquest")
_DEGREE = re.compile(r"\W*(ph\.? ?d|m\.? ?(sc|phil|a|s)|(ed|psy)\.? ?d|master|doctora?l?)\b")
_VERSION = re.compile(r"\.pub\d+$|(?:[./_-]|(?<=\d))v\d{1,2}$")
_NUMBERED_VERSION = re.compile(r"(?<=\d)\.\d\d?$")
# Publishers that give every version of a report a DOI of its own, the number of the version behind a full stop.
_WITH_NUMBERED_VERSIONS = ("10.12688/", "10.3310/nihropenres", "10.35241/", "10.15694/", "10.1002/essoar.", "10.21955/")
_ABSTRACT_TYPES = frozenset(("conference_abstract", "conference_paper"))


@dataclass(frozen=True, slots=True)
class _Venue:
    """What the name in the journal's field tells; ``journal`` is none for a collection of theses, which names no school."""

    journal: journals.Journal
    congress: bool
    proceedings: bool
    preprints: bool
    cochrane: bool
    theses: bool


@lru_cache(maxsize=50_000)
def _venue(name: str) -> _Venue:
    lower = name.lower()
    return _Venue(
        journal=journals.NO_JOURNAL if _COLLECTIONS_OF_THESES.search(lower) else journals.journal(name),
        congress=bool(_CONGRESS.search(lower)),
        proceedings=bool(_PROCEEDINGS.search(lower)),
        preprints=bool(_PREPRINT_JOURNAL.search(lower)),
        cochrane=bool(_COCHRANE.search(lower.replace(" ", ""))),
        theses=bool(_THESIS.search(lower)) or bool(_COLLECTIONS_OF_THESES.search(lower)),
    )


@dataclass(frozen=True, slots=True)
class Keys:
    """The comparable form of one record."""

    titles: tuple[Title, ...]
    flags: frozenset[str]
    generic: bool
    heading: bool
    authors: names.Authors
    year: int | None
    journal: journals.Journal
    volume: str
    issue: frozenset[str]
    pages: locators.Pages
    doi: str
    doi_work: str
    pmid: str
    registrations: frozenset[str]
    preprint: bool
    congress: bool
    proceedings: bool
    article: bool
    cochrane: bool
    thesis: bool
    source: str
    record: MatchRecord

    @property
    def title(self) -> Title | None:
        """The whole title, None where the record has none."""
        return self.titles[0] if self.titles else None


def keys(record: MatchRecord) -> Keys:
    """Compute the comparable form of ``record``."""
    cleaned = titles.cleaned(record.title), titles.cleaned(record.title_translated)
    found = titles.wordings_of(*cleaned)
    doi = normalise_doi(record.doi)
    pages = locators.pages(record.pages)
    venue = _venue(record.journal)
    congress = venue.congress or _is_abstract(record, pages)
    thesis = venue.theses or "thesis" in record.types or bool(_DEGREE.match(record.volume.lower()))
    return Keys(
        titles=found,
        flags=_flags(cleaned[0] or cleaned[1], record),
        generic=bool(found) and headings.is_generic(found[0]),
        heading=bool(found) and headings.is_heading(found[0]),
        authors=names.authors(record.authors),
        year=record.year,
        journal=venue.journal,
        volume="" if thesis else _volume(record),
        issue=locators.issue(record.issue, record.volume),
        pages=pages,
        doi=doi,
        doi_work=_doi_work(doi),
        pmid=normalise_pmid(record.pmid),
        registrations=_registrations(record),
        preprint=_is_preprint(record, venue, doi),
        congress=congress,
        article=pages.prefix in ("", "e") and pages.count >= 3 and not congress,
        proceedings=venue.proceedings,
        cochrane=venue.cochrane,
        thesis=thesis,
        source=record.source,
        record=record,
    )


def _flags(folded: str, record: MatchRecord) -> frozenset[str]:
    found = headings.flags(folded)
    return found | {"erratum"} if "erratum" in record.types else found


def _volume(record: MatchRecord) -> str:
    volume = locators.volume(record.volume)
    return "" if record.year and volume == str(record.year) else volume


def _doi_work(doi: str) -> str:
    """The DOI without the number of its version: what all versions of one report have in common."""
    if doi.startswith(_WITH_NUMBERED_VERSIONS):
        return _NUMBERED_VERSION.sub("", doi)
    return _VERSION.sub("", doi)


def _registrations(record: MatchRecord) -> frozenset[str]:
    found = {value for kind, value in record.ids if kind in _REGISTRIES}
    others = " ".join(value for _, value in record.ids)
    everywhere = f"{record.title} {record.journal} {record.pages} {record.volume} {others}"
    if _LONG_NUMBER.search(everywhere):
        found |= set(_REGISTRY.findall(everywhere))
    return frozenset(re.sub(r"\W", "", value).lower() for value in found)


def _is_preprint(record: MatchRecord, venue: _Venue, doi: str) -> bool:
    if "preprint" in record.types or venue.preprints:
        return True
    return not record.journal and bool(_PREPRINT_DOI.match(doi))


def _is_abstract(record: MatchRecord, pages: locators.Pages) -> bool:
    if not _ABSTRACT_TYPES.isdisjoint(record.types):
        return True
    lettered = pages.prefix in ("s", "a", "p") and not pages.is_article_number
    return pages.count <= 2 and (lettered or _is_supplement(record))


def _is_supplement(record: MatchRecord) -> bool:
    return any(number.startswith("s") for number in locators.issue(record.issue, record.volume))
