"""Two records side by side: what every field says, and what forbids that they merge without a person."""

from __future__ import annotations

from dataclasses import dataclass

from . import journals, locators, names, titles
from .keys import Keys
from .locators import Sign

TITLE_FLOOR = 60.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Signs and similarities of two records. ``title`` is 0 to 100, ``authors`` and ``journal`` 0 to 1 or None."""

    title: float
    prefix: bool
    comparable: bool
    generic: bool
    authors: float | None
    journal: float | None
    years: int | None
    volume: Sign
    issue: Sign
    start: Sign
    end: Sign
    doi: Sign
    pmid: Sign
    long_range: bool
    weak_start: bool
    same_source: bool
    numbers_differ: bool
    words_differ: bool
    vetoes: tuple[str, ...]

    @property
    def place(self) -> bool:
        """True where volume, first and last page agree on a range that no two reports can share."""
        return self.volume > 0 and self.start > 0 and self.end > 0 and self.long_range


def compare(a: Keys, b: Keys) -> Comparison:
    """Compare two records field by field (recipe 3.3, DD2)."""
    one, other, title, prefix = _best_titles(a, b)
    start, end = locators.compare_start(a.pages, b.pages), locators.compare_end(a.pages, b.pages)
    doi = locators.compare(a.doi, b.doi)
    return Comparison(
        title=title,
        prefix=prefix,
        comparable=one is not None and other is not None and one.cjk == other.cjk,
        generic=a.generic or b.generic,
        authors=names.similarity(a.authors, b.authors),
        journal=journals.similarity(a.journal, b.journal),
        years=None if a.year is None or b.year is None else abs(a.year - b.year),
        volume=locators.compare(a.volume, b.volume),
        issue=locators.compare_issue(a.issue, b.issue),
        start=start,
        end=end,
        doi=doi,
        pmid=locators.compare(a.pmid, b.pmid),
        long_range=min(a.pages.count, b.pages.count) >= 3 and a.pages.prefix in ("", "e") and b.pages.prefix in ("", "e"),
        weak_start=a.pages.is_weak and b.pages.is_weak,
        same_source=bool(a.source) and a.source == b.source,
        numbers_differ=_numbers_differ(a, b, one, other, prefix),
        words_differ=one is not None and other is not None and title < 100 and titles.words_contradict(one, other),
        vetoes=tuple(contradictions(a, b)),
    )


def _best_titles(a: Keys, b: Keys) -> tuple[titles.Title | None, titles.Title | None, float, bool]:
    best: tuple[titles.Title | None, titles.Title | None, float, bool] = (a.title, b.title, 0.0, False)
    for one in a.titles:
        for other in b.titles:
            if one.cjk != other.cjk:
                continue
            ratio = titles.similarity(one, other, cutoff=best[2])
            prefix = ratio < 100 and titles.is_prefix(one, other)
            if ratio > best[2] or (prefix and not best[3] and best[2] < 97):
                best = (one, other, max(ratio, best[2]), prefix)
    return best


def _numbers_differ(a: Keys, b: Keys, one: titles.Title | None, other: titles.Title | None, prefix: bool) -> bool:
    if one is None or other is None:
        return False
    left, right = titles.numbers(one), titles.numbers(other)
    if one is not a.title and other is not b.title and a.numbers != b.numbers:
        return True
    if prefix:
        shorter, longer = (left, right) if len(one.compact) < len(other.compact) else (right, left)
        return not shorter <= longer
    return left != right


def contradictions(a: Keys, b: Keys) -> list[str]:
    """Facts that two records of one report cannot have: the reasons why they never merge by rule (DD2, DD4)."""
    found = []
    if a.flags != b.flags:
        found += [f"flag:{flag}" for flag in sorted(a.flags ^ b.flags)]
    if a.pmid and b.pmid and a.pmid != b.pmid:
        found.append("pmid")
    if a.registrations and b.registrations and not a.registrations & b.registrations:
        found.append("registration")
    if a.doi != b.doi and a.doi_work == b.doi_work:
        found.append("version")
    if a.cochrane and b.cochrane and (a.year != b.year or (a.issue and b.issue and a.issue != b.issue)):
        found.append("version")
    if a.preprint != b.preprint:
        found.append("preprint")
    return found
