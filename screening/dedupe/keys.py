"""A record as matching compares it: every field in comparable form, computed once for each record."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
)
_CONGRESS = re.compile(r"\b(abstracts?|conference|congress|meeting|symposium|annual scientific|proceedings)\b")
_PROCEEDINGS = re.compile(r"\b(conference|symposium|workshop|proceedings|congress)\b")
_COCHRANE = re.compile(r"cochrane\w*database")
_THESIS = re.compile(
    r"\b(dissertation|thesis|theses|diss)\b|学位论文|學位論文|博士论文|硕士论文|博士論文|碩士論文|修士論文|학위논문"
)
_VERSION = re.compile(r"^(.*?)(?:\.pub(\d+)|/v(\d+)|v(\d+))$")
_ABSTRACT_TYPES = frozenset(("conference_abstract", "conference_paper"))


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
    doi_version: str
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
    folded = titles.cleaned(record.title) or titles.cleaned(record.title_translated)
    found = titles.wordings(record.title, record.title_translated)
    doi = normalise_doi(record.doi)
    version = _VERSION.match(doi)
    pages = locators.pages(record.pages)
    congress = _is_congress(record, pages)
    return Keys(
        titles=found,
        flags=_flags(folded, record),
        generic=bool(found) and headings.is_generic(found[0]),
        heading=bool(found) and headings.is_heading(found[0]),
        authors=names.authors(record.authors),
        year=record.year,
        journal=journals.journal(record.journal),
        volume=_volume(record),
        issue=locators.issue(record.issue, record.volume),
        pages=pages,
        doi=doi,
        doi_work=version[1] if version else doi,
        doi_version=(version[2] or version[3] or version[4]) if version else "",
        pmid=normalise_pmid(record.pmid),
        registrations=_registrations(record),
        preprint=_is_preprint(record, doi),
        congress=congress,
        article=pages.prefix in ("", "e") and pages.count >= 3 and not congress,
        proceedings=bool(_PROCEEDINGS.search(record.journal.lower())),
        cochrane=bool(_COCHRANE.search(record.journal.lower().replace(" ", ""))),
        thesis="thesis" in record.types or bool(_THESIS.search(record.journal.lower())),
        source=record.source,
        record=record,
    )


def _flags(folded: str, record: MatchRecord) -> frozenset[str]:
    found = headings.flags(folded)
    return found | {"erratum"} if "erratum" in record.types else found


def _volume(record: MatchRecord) -> str:
    volume = locators.volume(record.volume)
    return "" if record.year and volume == str(record.year) else volume


def _registrations(record: MatchRecord) -> frozenset[str]:
    found = {value for kind, value in record.ids if kind in _REGISTRIES}
    others = " ".join(value for _, value in record.ids)
    everywhere = f"{record.title} {record.journal} {record.pages} {record.volume} {others}"
    if _LONG_NUMBER.search(everywhere):
        found |= set(_REGISTRY.findall(everywhere))
    return frozenset(re.sub(r"\W", "", value).lower() for value in found)


def _is_preprint(record: MatchRecord, doi: str) -> bool:
    if "preprint" in record.types or _PREPRINT_JOURNAL.search(record.journal.lower()):
        return True
    return not record.journal and bool(_PREPRINT_DOI.match(doi))


def _is_congress(record: MatchRecord, pages: locators.Pages) -> bool:
    if _ABSTRACT_TYPES.intersection(record.types) or _CONGRESS.search(record.journal.lower()):
        return True
    return pages.count <= 2 and (_is_supplement(record) or pages.prefix in ("s", "a", "p"))


def _is_supplement(record: MatchRecord) -> bool:
    return any(number.startswith("s") for number in locators.issue(record.issue, record.volume))
