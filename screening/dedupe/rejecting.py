"""A quick look at many pairs at once: those go that no closer comparison makes a link, and most do.

It repeats in arrays what `scoring` asks of places and years, and what `comparing.likeness` and `scoring.likelihood` ask of titles;
where it cannot tell, the pair stays. A test holds that it rejects nothing that would have become a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from .blocking import Numbers, Reading
from .comparing import CLOSE, FLOOR, NEAR
from .names import are_strangers

AT_ONCE = 200_000
# What `scoring.likelihood` gives at most for the year (1), authors (2), journal (1) and issue (0.5), from -6; and for the title.
ALL_BUT_TITLE_AND_PLACE = -1.5
TITLE = 4.5
STRANGERS = -5.0  # from the authors at most, 2, to those of strangers, -3
TITLES = ((97, TITLE), (90, 3.5), (80, 2.5), (70, 1.5), (60, 0.5))
RULED = 90.0  # no rule takes a title that is less alike, nor begins another, without the first page or a PMID

Truth = NDArray[np.bool_]
Texts = NDArray[np.object_]


def worth_comparing(reading: Reading, pairs: Numbers) -> Iterator[Numbers]:
    """Those of ``pairs`` (see `candidates`) that may become links, in their order, a chunk at a time."""
    texts = {name: np.array(getattr(reading, name), dtype=object) for name in ("compact", "ordered", "people")}
    for start in range(0, len(pairs), AT_ONCE):
        chunk = pairs[start : start + AT_ONCE]
        a, b = np.divmod(chunk, len(reading))
        pair = _Glance(reading, texts, a, b)
        stays = _fields_allow(pair)
        stays[stays] = _may_link(pair.at(stays))
        yield chunk[stays]


class _Glance:
    """Two columns of records side by side."""

    def __init__(self, reading: Reading, texts: Mapping[str, Texts], a: Numbers, b: Numbers) -> None:
        self.reading, self.texts, self.a, self.b = reading, texts, a, b

    def same(self, name: str) -> Truth:
        """True where both say the same, or both nothing."""
        column = getattr(self.reading, name)
        return np.asarray(column[self.a] == column[self.b])

    def given(self, name: str) -> Truth:
        """True where both say the same."""
        column = getattr(self.reading, name)
        return np.asarray((column[self.a] != 0) & (column[self.a] == column[self.b]))

    def differs(self, name: str) -> Truth:
        """True where both say something, and not the same."""
        column = getattr(self.reading, name)
        one, other = column[self.a], column[self.b]
        return np.asarray((one != 0) & (other != 0) & (one != other))

    def years_apart(self) -> Numbers:
        """0 where a year is missing."""
        one, other = self.reading.year[self.a], self.reading.year[self.b]
        return np.asarray(np.where((one != 0) & (other != 0), np.abs(one - other), 0))

    def contradicts_start(self) -> Truth:
        """True where the first pages differ and are of one kind."""
        return self.given("place") & self.differs("start")

    def either(self, name: str) -> Truth:
        column = getattr(self.reading, name)
        return np.asarray((column[self.a] != 0) | (column[self.b] != 0))

    def at(self, which: Truth | Numbers) -> _Glance:
        """Only the pairs where ``which`` is true, or in these places."""
        return _Glance(self.reading, self.texts, self.a[which], self.b[which])

    def sides(self, name: str) -> tuple[Texts, Texts]:
        """A text of both."""
        text = self.texts[name]
        return text[self.a], text[self.b]

    def words_alike(self) -> NDArray[np.float64]:
        """Ratio of sorted words, 0 to 100; 0 below FLOOR."""
        return _ratios(*self.sides("ordered"), FLOOR)

    def letters_alike(self, least: float) -> NDArray[np.float64]:
        """Ratio of all letters run together, 0 to 100; 0 below ``least``."""
        return _ratios(*self.sides("compact"), least)

    def may_share_a_family(self) -> Truth:
        shared = (self.reading.families[self.a] & self.reading.families[self.b]).any(axis=1)
        return np.asarray(shared | ~self.same("cjk_names"))

    def are_strangers(self) -> Truth:
        """True where the two lists of authors have hardly anybody in common."""
        strangers = ~self.may_share_a_family()
        sides = self.at(strangers).sides("people")
        strangers[strangers] = list(map(are_strangers, *sides))
        return np.asarray(strangers)


def _ratios(one: Texts, other: Texts, least: float) -> NDArray[np.float64]:
    return np.asarray(
        process.cpdist(one.tolist(), other.tolist(), scorer=fuzz.ratio, score_cutoff=least, dtype=np.float64, workers=1)
    )


def _fields_allow(pair: _Glance) -> Truth:
    """False where the fields forbid a rule and a question, were all that is not looked at here the same in both records."""
    same_identifier = pair.given("doi") | pair.given("pmid")
    here = pair.given("start") | pair.given("volume")
    # Without an identifier each rule asks for the volume or first page, for no word against either, or for two theses.
    placed = here | ~(pair.differs("volume") | pair.contradicts_start()) | pair.given("thesis")
    by_rule = (same_identifier | (placed & (pair.years_apart() <= 1))) & ~pair.differs("pmid")
    return np.asarray(by_rule | (_points(pair) + TITLE >= 0))


def _points(pair: _Glance) -> NDArray[np.float64]:
    """What `scoring.likelihood` adds up at most, but for the title."""
    other_doi = pair.differs("doi") & ~pair.same("doi_work")
    return np.asarray(
        ALL_BUT_TITLE_AND_PLACE - np.choose(np.minimum(pair.years_apart(), 3), (0.0, 0.5, 1.5, 2.5))
        + 1.5 * pair.given("volume") - 1.5 * pair.differs("volume")
        + 2.5 * pair.given("start") - 2.0 * pair.contradicts_start() + 1.0 * pair.given("end")
        + 3.0 * pair.given("doi") - 2.5 * other_doi + 5.0 * pair.given("pmid") - 5.0 * pair.differs("pmid")
    )  # fmt: skip


def _may_link(pair: _Glance) -> Truth:
    same_start, same_pmid = pair.given("start"), pair.given("pmid")
    titles = pair.reading.titles
    untitled = (titles[pair.a] == 0) | (titles[pair.b] == 0)
    simple = (titles[pair.a] == 1) & (titles[pair.b] == 1) & ~same_pmid & ~_may_begin(pair)
    stays = np.where(untitled, same_start | same_pmid, ~simple)
    for which, may_stay in ((simple & ~same_start, _stays_by_title), (simple & same_start, _stays_by_place)):
        if which.any():
            stays[which] = may_stay(pair.at(which))
    return stays


def _may_begin(pair: _Glance) -> Truth:
    """True where one title begins the other, or is so short that all is left to the closer look."""
    begins = pair.either("short")
    alike = np.flatnonzero(pair.given("beginning") & ~begins)
    sides = pair.at(alike).sides("compact")
    begins[alike] = [one.startswith(other) or other.startswith(one) for one, other in zip(*sides, strict=True)]
    return begins


def _stays_by_title(pair: _Glance) -> Truth:
    """Without a page in common: titles that are close, or near with a family name in common, and alike enough for the fields."""
    words = pair.words_alike()
    stays = words >= CLOSE
    near = (words >= NEAR) & ~stays
    stays |= near & pair.may_share_a_family()
    open_yet = near & ~stays
    stays[open_yet] = pair.at(open_yet).letters_alike(CLOSE) > 0
    left = pair.at(stays)
    alike = np.maximum(words[stays], left.letters_alike(NEAR))
    stays[stays] = (alike >= RULED) | (_points(left) + _gained(alike) >= 0)
    return np.asarray(stays)


def _gained(alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a title adds."""
    return np.select([alike >= least for least, _ in TITLES], [points for _, points in TITLES])


def _stays_by_place(pair: _Glance) -> Truth:
    """With the start page in common: near titles, or a volume or DOI in common and titles that cannot be told apart.

    In a million records many places of as many journals are alike: of other authors no rule takes them, and few are asked about.
    """
    words = pair.words_alike()
    stays = words >= NEAR
    floor = (words >= FLOOR) & ~stays
    stays[floor] = pair.at(floor).letters_alike(NEAR) > 0
    apart = pair.same("cjk") & pair.same("english") & ((words < FLOOR) | ~pair.same("end"))
    stays |= (pair.same("volume") | pair.same("doi")) & ~apart
    left = pair.at(stays)
    alike = np.maximum(words[stays], left.letters_alike(NEAR))
    unlikely = _points(left) + STRANGERS + _gained(alike) < 0
    unlikely[unlikely] = left.at(unlikely).are_strangers()
    stays[stays] = ~unlikely
    return np.asarray(stays)
