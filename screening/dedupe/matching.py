"""Matching: which records are one report. The door to the pure modules of this step; it knows no database.

``find_links`` compares, ``group`` decides what merges and what a person is asked (design: normalise, block, score, group).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .blocking import Numbers, Reading, candidates, joined, read
from .comparing import Comparison, compare, likeness
from .grouping import group
from .keys import Keys, keys
from .reasons import kind, sentence
from .rejecting import worth_comparing
from .scoring import QUEUE, automatic_rule, certain_within_source, likelihood
from .shapes import Grouping, Link, MatchRecord, QueueEntry
from .sources import WithinSource, settle_within_sources, trusted

__all__ = ["RULE_VERSION", "Grouping", "Link", "MatchRecord", "QueueEntry", "find_links", "group"]

RULE_VERSION = "3"
_STEP = 2_000


def find_links(records: Sequence[MatchRecord], *, progress: Callable[[int, int], None] | None = None) -> list[Link]:
    """Links between ``records``: those that merge by rule (``automatic``) and those worth a question.

    ``progress`` is called with (0, records) while records are read, then with (done, total) pairs compared. Links come
    in no particular order of importance; ``group`` orders them. The order of ``records`` changes nothing (DD9).
    """
    tell = progress or _silent
    ordered = in_order(records)
    known: list[Keys] = []
    readings: list[Reading] = []
    for start in range(0, len(ordered), _STEP):
        tell(0, len(ordered))
        known += map(keys, ordered[start : start + _STEP])
        readings.append(read(known[start:]))
    pairs = _pairs_of(readings)
    found = compared(_told(((known[a], known[b]) for a, b in pairs), len(pairs), tell))
    return settled([found], ordered)


def in_order(records: Sequence[MatchRecord]) -> list[MatchRecord]:
    """The records as their sources mean them, in an order that depends on what they say alone (DD5)."""
    return sorted(trusted(records), key=lambda record: (record.content, record.id))


def _pairs_of(readings: list[Reading]) -> list[tuple[int, int]]:
    """Positions of the records worth comparing. The list is emptied: its readings are half of what a search holds in memory."""
    if not readings:
        return []
    reading = joined(readings)
    readings.clear()
    return worth_comparing_of(reading, candidates(reading))


def worth_comparing_of(reading: Reading, pairs: Numbers) -> list[tuple[int, int]]:
    """Positions of those of ``pairs`` (see `candidates`) that are worth comparing; the first of a pair is the lower."""
    return [pair for chunk in worth_comparing(reading, pairs) for pair in _positions(chunk, len(reading))]


def _positions(pairs: Numbers, size: int) -> Iterator[tuple[int, int]]:
    return zip((pairs // size).tolist(), (pairs % size).tolist(), strict=True)


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def _told(
    pairs: Iterable[tuple[Keys, Keys]], total: int, tell: Callable[[int, int], None]
) -> Iterator[tuple[Keys, Keys]]:
    for done, pair in enumerate(pairs):
        if done % _STEP == 0:
            tell(done, total)
        yield pair
    tell(total, total)


@dataclass(frozen=True, slots=True)
class Compared:
    """What some pairs came to: links, and links within one source, which the whole of the source settles (DD3)."""

    links: list[Link] = field(default_factory=list)
    within: list[WithinSource] = field(default_factory=list)


def compared(pairs: Iterable[tuple[Keys, Keys]]) -> Compared:
    """Compare pairs, each on its own: the result for several lots of pairs is that for all of them at once."""
    found = Compared()
    for a, b in pairs:
        near = likeness(a, b)
        if not near:
            continue
        comparison = compare(a, b, near)
        link = _link(a, b, comparison)
        if link and link.automatic and comparison.same_source:
            certain = certain_within_source(comparison)
            found.within.append(WithinSource(link, a.source, certain, likelihood(comparison)))
        elif link:
            found.links.append(link)
    return found


def settled(found: Iterable[Compared], records: Iterable[MatchRecord]) -> list[Link]:
    """The links of all pairs of ``records``."""
    lots = list(found)
    links = [link for lot in lots for link in lot.links]
    within = [one for lot in lots for one in lot.within]
    return links + settle_within_sources(within, Counter(record.source for record in records))


def _link(a: Keys, b: Keys, compared: Comparison) -> Link | None:
    rule = automatic_rule(compared)
    first, second = a.record.id, b.record.id
    if rule:
        return Link(first, second, _strength(rule.score, compared), sentence(a, b, compared), rule.name, automatic=True)
    score = likelihood(compared)
    if score < QUEUE:
        return None
    words = sentence(a, b, compared)
    return Link(first, second, round(score, 4), words, "question", automatic=False, kind=kind(a, b, compared))


def _strength(score: float, compared: Comparison) -> float:
    """A rule's score, a little more for each field that agrees, so that the strongest links are grouped first."""
    agreeing = compared.doi + compared.pmid + compared.start + compared.end + compared.volume + compared.issue
    return round(score + compared.title / 20_000 + agreeing / 5_000, 6)
