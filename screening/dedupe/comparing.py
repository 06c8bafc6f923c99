"""Two records side by side: what every field says, and what forbids that they merge without a person."""

from __future__ import annotations

from dataclasses import dataclass

from . import journals, locators, names, wording
from .keys import Keys
from .locators import Sign
from .titles import Title
from .wording import Difference

PREFIX = 25
CUT = 15
NEAR = 60.0
CLOSE = 80.0
FLOOR = 45.0
LONGEST_ARTICLE = 100
LONGEST_ISSUE = 300
LONGEST_LETTERS = 4
LONG_TITLE = 50
LONG_TITLE_CJK = 16


@dataclass(frozen=True, slots=True)
class Comparison:
    """Signs and similarities of two records. ``title`` is 0 to 100, ``authors`` and ``journal`` 0 to 1 or None."""

    title: float
    beginning: int
    ending: int
    comparable: bool
    same_language: bool
    generic: bool
    heading: bool
    long_title: bool
    many_authors: bool
    anonymous: bool
    unsigned: bool
    unplaced: bool
    proceedings: bool
    theses: bool
    congress: bool
    abstract_and_article: bool
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
    overlap: bool
    unmistakable: bool
    shared_pages: bool
    weak_start: bool
    same_source: bool
    numbers_differ: bool
    words_equal: bool
    words_differ: bool
    opposites: bool
    vetoes: tuple[str, ...]

    @property
    def prefix(self) -> bool:
        """True where one title begins the other with enough letters to be no accident."""
        return self.beginning >= PREFIX

    @property
    def pages_agree(self) -> bool:
        """True where first and last page agree on a range of three or more pages: no two reports share all of them."""
        return self.start > 0 and self.end > 0 and self.long_range

    @property
    def place(self) -> bool:
        """True where the whole place in print agrees: the volume and all pages."""
        return self.volume > 0 and self.pages_agree


@dataclass(frozen=True, slots=True)
class Likeness:
    """The two wordings that fit best, their ratio (0 to 100), and how many letters one begins the other with."""

    one: Title | None
    other: Title | None
    ratio: float
    beginning: int


def likeness(a: Keys, b: Keys) -> Likeness | None:
    """The best pair of wordings; None where neither titles nor places come near enough for a closer look."""
    same_start = bool(a.pages.start) and a.pages.start == b.pages.start
    same_pmid = bool(a.pmid) and a.pmid == b.pmid
    if not same_start and not same_pmid and _titles_far(a, b):
        return None
    found = _best_titles(a, b)
    if found.ratio >= CLOSE or found.beginning >= CUT or same_pmid:
        return found
    if found.ratio >= NEAR and (same_start or names.share_a_family(a.authors, b.authors)):
        return found
    return found if same_start and (a.volume == b.volume or a.doi == b.doi) else None


def _titles_far(a: Keys, b: Keys) -> bool:
    """A quick look that spares most pairs the closer one."""
    if len(a.titles) != 1 or len(b.titles) != 1:
        return not a.titles or not b.titles
    one, other = a.titles[0], b.titles[0]
    return not wording.similarity(one, other, cutoff=NEAR) and not wording.common_beginning(one, other)


def compare(a: Keys, b: Keys, near: Likeness | None = None) -> Comparison:
    """Compare two records field by field (recipe 3.3, DD2); ``near`` spares comparing the titles again."""
    near = near or _best_titles(a, b)
    one, other, title, beginning = near.one, near.other, near.ratio, near.beginning
    theses = a.thesis and b.thesis
    start, end = locators.compare_start(a.pages, b.pages), locators.compare_end(a.pages, b.pages)
    doi = Sign.SILENT if a.doi != b.doi and a.doi_work == b.doi_work else locators.compare(a.doi, b.doi)
    volume = locators.compare(a.volume, b.volume)
    long_range = all(_is_range(one.pages) and _is_paged(one.pages) for one in (a, b))
    issue = locators.compare_issue(a.issue, b.issue)
    congress = a.congress or b.congress
    in_print = (long_range and end > 0) or (issue > 0 and not congress)
    place = min(volume, start) > 0 and in_print and doi >= 0
    years = None if a.year is None or b.year is None else abs(a.year - b.year)
    unmistakable = _are_unmistakable(a.pages) and _are_unmistakable(b.pages)
    in_year = volume == 0 and years == 0 and not congress and long_range and min(start, end) > 0
    words = _difference(near, one_place=min(volume, start) > 0 and end >= 0 and not congress)
    one_print = place or (in_year and doi >= 0 and (issue > 0 or unmistakable))
    whole = doi > 0 or (long_range and a.pages.end == b.pages.end)
    return Comparison(
        title=title,
        beginning=beginning,
        ending=_ending(near),
        comparable=one is not None and other is not None and one.cjk == other.cjk,
        same_language=one is not None and other is not None and wording.same_language(one, other),
        generic=a.generic or b.generic,
        heading=a.heading or b.heading,
        long_title=_is_long(a) and _is_long(b),
        many_authors=min(len(a.authors.families), len(b.authors.families)) >= 2,
        unsigned=not (a.authors.families and b.authors.families),
        anonymous=not (a.authors.families or b.authors.families),
        unplaced=not (a.volume or b.volume or a.doi or b.doi) and not (a.pages.start and b.pages.start),
        proceedings=a.proceedings or b.proceedings,
        theses=theses,
        congress=congress,
        abstract_and_article=(a.congress and b.article) or (a.article and b.congress),
        authors=names.similarity(a.authors, b.authors),
        journal=journals.similarity(a.journal, b.journal),
        years=years,
        volume=volume,
        issue=issue,
        start=start,
        end=end,
        doi=doi,
        pmid=locators.compare(a.pmid, b.pmid),
        long_range=long_range,
        overlap=min(start, end) < 0 and locators.overlap(a.pages, b.pages),
        unmistakable=unmistakable,
        shared_pages=a.pages.shared or b.pages.shared,
        weak_start=a.pages.is_weak and b.pages.is_weak,
        same_source=bool(a.source) and a.source == b.source,
        numbers_differ=_numbers_differ(a, b, near, place=one_print, whole=whole),
        words_equal=words is Difference.NONE,
        words_differ=words >= Difference.OTHER_WORD,
        opposites=words is Difference.OPPOSITE,
        vetoes=tuple(contradictions(a, b)),
    )


def _ending(near: Likeness) -> int:
    """Letters of the shorter title where it ends the longer, which then has a rubric before it, else 0."""
    if near.one is None or near.other is None or near.ratio == 100 or near.one.cjk != near.other.cjk:
        return 0
    shorter, longer = sorted((near.one.compact, near.other.compact), key=len)
    return len(shorter) if longer.endswith(shorter) else 0


def _difference(near: Likeness, *, one_place: bool) -> Difference:
    if near.one is None or near.other is None or near.ratio == 100 or near.one.cjk != near.other.cjk:
        return Difference.NONE
    if near.ratio < NEAR and near.beginning < CUT:
        return Difference.OTHER_WORD
    found = wording.difference(near.one, near.other)
    if found is Difference.OPPOSITE and near.beginning >= CUT and one_place:
        return Difference.EXTRA_WORD  # at one place in print the longer title has the subtitle that the other lacks
    return found


def _best_titles(a: Keys, b: Keys) -> Likeness:
    best = Likeness(a.title, b.title, 0.0, 0)
    for one in a.titles:
        for other in b.titles:
            if one.cjk != other.cjk:
                continue
            ratio = wording.similarity(one, other, cutoff=max(best.ratio, FLOOR))
            beginning = wording.common_beginning(one, other) if ratio < 100 else 0
            if ratio > best.ratio or (beginning > best.beginning and best.ratio < 97):
                best = Likeness(one, other, max(ratio, best.ratio), beginning)
    return best


def _is_long(one: Keys) -> bool:
    """Long enough that two works of one meeting do not share it by accident."""
    return one.title is not None and len(one.title.compact) >= (LONG_TITLE_CJK if one.title.cjk else LONG_TITLE)


def _are_unmistakable(pages: locators.Pages) -> bool:
    """Beyond what one issue holds, so that the volume is paged through, and more than letters and their reply take."""
    return pages.start > LONGEST_ISSUE and LONGEST_LETTERS < pages.count <= LONGEST_ARTICLE and _is_paged(pages)


def _is_range(pages: locators.Pages) -> bool:
    """Long enough for an article alone on its pages, not so long that it is a whole supplement."""
    return 3 <= pages.count <= LONGEST_ARTICLE


def _is_paged(pages: locators.Pages) -> bool:
    return pages.prefix in ("", "e", "?")


def _numbers_differ(a: Keys, b: Keys, near: Likeness, *, place: bool, whole: bool) -> bool:
    """Whether a number parts the two: at one ``place`` a number that only one title has does not, a part's only at a ``whole`` one."""
    one, other = near.one, near.other
    if one is None or other is None or one.cjk != other.cjk:
        return False
    if place and (one.numbers <= other.numbers or other.numbers <= one.numbers):
        # the mark of a footnote, or a number one source left out
        return not whole and wording.has_a_part_more(one, other)
    if one is not a.title and other is not b.title and a.titles[0].numbers != b.titles[0].numbers:
        return True
    if near.beginning and (near.ratio < CLOSE or wording.numbers_beyond(one, other)):
        return wording.numbers_beyond(one, other)
    return one.numbers != other.numbers


def cannot_be_one(a: Keys, b: Keys) -> bool:
    """True where two members of one group would contradict each other, whatever links them through others (DD4)."""
    if contradictions(a, b):
        return True
    c = compare(a, b)
    if c.pmid > 0:
        return False
    if c.start < 0 and c.doi <= 0 and min(c.doi, c.volume) < 0 and abs(a.pages.start - b.pages.start) > 1:
        return True
    if c.comparable and c.numbers_differ:
        return True
    return c.comparable and c.same_language and c.words_differ and not c.pages_agree and c.title < 90


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
    if a.cochrane and b.cochrane and (a.year != b.year or locators.compare_issue(a.issue, b.issue) < 0):
        found.append("version")
    if a.thesis != b.thesis and _is_in_journal(b if a.thesis else a):
        found.append("thesis")
    if a.preprint != b.preprint:
        found.append("preprint")
    return sorted(set(found))


def _is_in_journal(one: Keys) -> bool:
    return bool(one.journal.names and one.volume)
