"""From a comparison to a verdict: the table of rules that merge by themselves, and the score that orders questions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .comparing import CLOSE, CUT, FLOOR, NEAR, PREFIX, Comparison
from .locators import Sign
from .names import FEW

AUTHORS = 0.6
JOURNAL = 0.65
QUEUE = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: ``holds`` says when two records are one report, ``score`` how strong the evidence is."""

    name: str
    score: float
    holds: Callable[[Comparison], bool]


def _title(c: Comparison, least: float, *, prefix: bool = False) -> bool:
    return c.title >= least or (prefix and c.prefix)


def _doi_and_start(c: Comparison) -> bool:
    return c.doi > 0 and _title(c, 90, prefix=_is_alone(c)) and c.start >= 0 and not c.words_differ


def _doi_and_pages(c: Comparison) -> bool:
    return c.doi > 0 and c.pages_agree and c.volume >= 0 and _title_of_place(c)


def _doi_and_title(c: Comparison) -> bool:
    return c.doi > 0 and _title(c, 97) and c.volume >= 0 and not c.words_differ


def _pmid(c: Comparison) -> bool:
    return c.pmid > 0 and _title(c, 80, prefix=True)


def _title_of_place(c: Comparison) -> bool:
    return c.title >= NEAR or c.beginning >= CUT


def _place(c: Comparison) -> bool:
    if c.shared_pages and not _title(c, 97):
        return False
    return c.doi >= 0 and c.issue >= 0 and c.place and _title_of_place(c) and (c.authors or 0) >= 0.8


def _pages_of_a_book(c: Comparison) -> bool:
    if c.doi < 0 or not c.pages_agree or c.weak_start or c.volume < 0 or c.years != 0:
        return False
    return _title_of_place(c) and (c.authors or 0) >= 0.8 and (c.journal or 0) >= JOURNAL


def _title_and_start(c: Comparison) -> bool:
    if c.doi < 0 or c.start <= 0 or c.end < 0 or not _title(c, 95) or c.words_differ:
        return False
    if (c.weak_start and not c.pages_agree) or (c.shared_pages and (c.authors or 0) < AUTHORS):
        return False
    if c.volume > 0:
        return c.issue >= 0 or not c.congress
    in_journal = (c.journal or 0) >= JOURNAL
    if c.volume < 0:
        return c.issue >= 0 and c.years == 0 and in_journal
    return c.issue >= 0 and (in_journal or (c.authors or 0) >= AUTHORS)


def _start_and_fields(c: Comparison) -> bool:
    if c.doi < 0 or c.start <= 0 or c.volume <= 0 or c.end < 0 or c.issue < 0 or c.words_differ:
        return False
    if not _title(c, 85 if _is_alone(c) else 95, prefix=_is_alone(c)) and not _has_rubric(c):
        return False
    return (c.authors or 0) >= AUTHORS and (c.journal or 0) >= JOURNAL


def _has_rubric(c: Comparison) -> bool:
    """One title stands at the end of the other, behind the name of a section: only where the place says more."""
    return c.ending >= PREFIX and _is_alone(c) and (c.end > 0 or c.issue > 0) and (c.authors or 0) >= 0.8


def _pages_of_a_volume(c: Comparison) -> bool:
    """Two translations of one title where a source left the authors out: the volume has one article on these pages."""
    if c.doi < 0 or c.issue < 0 or not c.place or not c.unmistakable or c.congress or c.shared_pages or not c.unsigned:
        return False
    return _title_of_place(c) and c.years == 0 and (c.journal or 0) >= JOURNAL


def _overlapping_pages(c: Comparison) -> bool:
    """A slip in a page, or pages of the print and of the web: articles of one volume have no page in common."""
    if c.doi < 0 or c.issue < 0 or c.volume <= 0 or not c.overlap or c.congress or c.shared_pages:
        return False
    return _title(c, 97) and c.words_equal and c.years == 0 and _authors_and_journal_agree(c)


def _authors_and_journal_agree(c: Comparison) -> bool:
    return c.many_authors and (c.authors or 0) >= 0.8 and (c.journal or 0) >= 0.8


def _is_alone(c: Comparison) -> bool:
    """False for congress abstracts: one group's several abstracts, alike in title, stand on one page of a supplement."""
    return c.pages_agree or not c.congress


def _volume(c: Comparison) -> bool:
    if c.doi < 0 or c.start != Sign.SILENT or c.volume <= 0 or c.issue < 0 or c.words_differ:
        return False
    if not _title(c, 95) or not c.words_equal or (c.abstract_and_article and c.issue <= 0):
        return False
    if c.years != 0 and not _year_of_online_publication(c):
        return False
    if c.unsigned and c.issue <= 0:
        return False
    # A translated and a transcribed journal name cannot be compared: volume, issue and authors stand in for it.
    return (c.journal or 0) >= JOURNAL or (c.journal is None and c.issue > 0 and (c.authors or 0) >= 0.8)


def _year_of_online_publication(c: Comparison) -> bool:
    """The volume tells the year: where it agrees, a source that has the year before or after means another date."""
    return c.years == 1 and _title(c, 98) and _authors_and_journal_agree(c)


def _proceedings(c: Comparison) -> bool:
    """A paper of a meeting late in the year, whose proceedings appear the next: nobody gives it twice at one meeting."""
    if not c.unplaced or not c.proceedings or c.generic or not c.many_authors or c.issue < 0:
        return False
    return _title(c, 98) and c.words_equal and c.years == 1 and c.authors == 1.0 and (c.journal or 0) >= 0.8


def _theses(c: Comparison) -> bool:
    """A thesis has no volume: its writer, year, title and school stand in for a place."""
    return c.theses and _title(c, 98) and c.words_equal and c.years == 0 and (c.authors or 0) >= 0.8


def _names_and_year(c: Comparison) -> bool:
    if c.doi < 0 or c.start != Sign.SILENT or c.volume < 0 or c.issue < 0 or c.words_differ or c.abstract_and_article:
        return False
    if not _title(c, 98) or not c.words_equal or c.years != 0 or (c.journal or 0) < 0.8:
        return False
    return (c.authors or 0) >= (AUTHORS if c.proceedings and c.many_authors and c.long_title else 0.8)


def _place_against_doi(c: Comparison) -> bool:
    if c.doi >= 0 or not _title(c, 95) or not _is_alone(c) or c.start <= 0 or c.end < 0 or c.words_differ:
        return False
    if c.volume == 0:
        return c.issue >= 0 and not c.weak_start and c.years == 0 and c.title >= 98 and _authors_and_journal_agree(c)
    return c.volume > 0 and (c.issue > 0 or (c.pages_agree and c.issue >= 0 and (c.authors or 0) >= 0.8))


RULES = (
    Rule("same PMID", 0.99, _pmid),
    Rule("same DOI, title and first page", 0.98, _doi_and_start),
    Rule("same DOI and pages", 0.97, _doi_and_pages),
    Rule("same DOI and title", 0.96, _doi_and_title),
    Rule("same title and first page", 0.95, _title_and_start),
    Rule("same place in print", 0.94, _place),
    Rule("same volume, first page, authors and journal", 0.93, _start_and_fields),
    Rule("same pages of one book or proceedings", 0.93, _pages_of_a_book),
    Rule("same pages of one volume", 0.92, _pages_of_a_volume),
    Rule("same title and volume, overlapping pages", 0.92, _overlapping_pages),
    Rule("same title, journal, year and volume", 0.92, _volume),
    Rule("same title, authors, journal and year", 0.91, _names_and_year),
    Rule("same thesis", 0.91, _theses),
    Rule("same title, authors and meeting", 0.90, _proceedings),
    Rule("same title and place, another DOI", 0.90, _place_against_doi),
)


def automatic_rule(c: Comparison) -> Rule | None:
    """The first rule that merges the two without a person, None where none may (DD2)."""
    if _forbidden(c):
        return None
    return next((rule for rule in RULES if rule.holds(c)), None)


def _forbidden(c: Comparison) -> bool:
    """DD2: what no locator outweighs, fields that contradict, and titles that name no single work."""
    if c.vetoes or c.numbers_differ or c.opposites or not c.comparable:
        return True
    if c.congress and not c.pages_agree and not c.words_equal:
        return True
    return _fields_contradict(c) or (c.generic and not _generic_with_locators(c))


def _fields_contradict(c: Comparison) -> bool:
    if c.years is not None and c.years > 1 and not _year_is_a_slip(c):
        return True
    if c.authors is not None and c.authors < (0.4 if c.place and c.title >= 97 else AUTHORS):
        return True
    # A collection's, a publisher's or a translated name may stand for the journal's where title and place are certain.
    certain = (c.volume > 0 and c.start > 0 and c.title >= CLOSE) or (c.doi > 0 and c.pages_agree)
    return c.journal is not None and c.journal < JOURNAL and not certain


def _year_is_a_slip(c: Comparison) -> bool:
    """Identifier, title and whole place in print agree: then one source has the year wrong."""
    return (c.doi > 0 or c.pmid > 0) and c.place and c.title >= 97 and (c.authors or 0) >= 0.8


def _generic_with_locators(c: Comparison) -> bool:
    """A heading that many works share, or a title too short to name a work, needs its place and its authors or DOI (DD2)."""
    if _is_collection_of_abstracts(c):
        return True
    if not c.heading and c.title >= 97 and c.volume > 0 and c.issue > 0 and c.many_authors and (c.authors or 0) >= 0.8:
        return c.start >= 0
    if c.start <= 0 or c.volume <= 0 or c.issue < 0 or (c.weak_start and not c.pages_agree):
        return False
    return (c.authors or 0) >= AUTHORS or c.doi > 0


def _is_collection_of_abstracts(c: Comparison) -> bool:
    """The abstracts of a named meeting as one record: no author, no page, only the issue that they fill."""
    if c.heading or not c.congress or not c.anonymous or c.start != Sign.SILENT or c.doi < 0:
        return False
    return c.title >= 98 and c.volume > 0 and c.issue > 0 and c.years == 0 and (c.journal or 0) >= 0.8


def certain_within_source(c: Comparison) -> bool:
    """DD3: a database has removed its own duplicates; what it kept apart needs an identifier or its full place in print."""
    if c.doi > 0 or c.pmid > 0:
        return c.start >= 0 and c.volume >= 0
    return c.title >= 97 and c.start > 0 and c.volume > 0 and c.end >= 0 and c.issue >= 0


def likelihood(c: Comparison) -> float:
    """0 to 1: how likely two records that no rule merges are one report; orders the questions, best first."""
    if _is_series(c) or _titles_are_apart(c):
        return 0.0
    points = -6.0 + _title_points(c) + _field_points(c) + _locator_points(c)
    return 1 / (1 + math.exp(-points))


def _is_series(c: Comparison) -> bool:
    """A regular column, the parts of a work, or one team's twin studies: like titles, another place or year."""
    if c.heading and c.years:
        return True
    if c.numbers_differ and c.issue >= 0 and c.start > 0 and (c.volume > 0 or (c.volume == 0 and c.pages_agree)):
        return False  # two parts of a work do not begin on one page: a person looks
    return (c.generic or c.numbers_differ or c.opposites) and min(c.doi, c.volume, c.issue) < 0


def _titles_are_apart(c: Comparison) -> bool:
    """Two titles of one language that tell of different things; a shared DOI or page of a supplement does not help."""
    if not c.comparable or not c.same_language:
        return False
    if c.words_differ and c.title < CLOSE and not c.pages_agree and c.pmid <= 0:
        return True
    return c.beginning < CUT and c.title < (FLOOR if c.pages_agree else NEAR)


def _title_points(c: Comparison) -> float:
    points = 0.0
    for least, gain in ((97, 4.5), (90, 3.5), (80, 2.5), (70, 1.5), (60, 0.5)):
        if c.title >= least:
            points = gain
            break
    if c.prefix:
        points = max(points, 3.5)
    if c.words_differ:
        points -= 1.5
    if c.numbers_differ or c.opposites:
        points -= 2.5
    if c.generic:
        points -= 2.0
    if c.issue < 0 and c.start <= 0:
        points -= 1.5
    return points - 2.0 * sum(veto != "preprint" for veto in c.vetoes)


def _field_points(c: Comparison) -> float:
    points = {None: 0.0, 0: 1.0, 1: 0.5, 2: -0.5}.get(c.years, -1.5)
    if c.authors is not None:
        points += 2.0 if c.authors >= 0.8 else 1.0 if c.authors >= AUTHORS else -1.0 if c.authors >= FEW else -3.0
    if c.journal is not None:
        points += 1.0 if c.journal >= 0.8 else 0.5 if c.journal >= JOURNAL else -1.5
    return points


def _locator_points(c: Comparison) -> float:
    points = 1.5 * c.volume + (2.5 if c.start > 0 else 2.0 * c.start) + 1.0 * c.end + 0.5 * c.issue
    points += 3.0 if c.doi > 0 else 2.5 * c.doi
    return points + 5.0 * c.pmid
