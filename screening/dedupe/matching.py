"""Matching: which records are one report. The door to the pure modules of this step; it knows no database.

``find_links`` compares, ``group`` decides what merges and what a person is asked (design: normalise, block, score, group).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from .blocking import candidates
from .comparing import Comparison, compare, likeness
from .grouping import group
from .keys import Keys, keys
from .reasons import kind, sentence
from .scoring import QUEUE, automatic_rule, certain_within_source, likelihood
from .shapes import Grouping, Link, MatchRecord, QueueEntry
from .sources import WithinSource, settle_within_sources, trusted

__all__ = ["RULE_VERSION", "Grouping", "Link", "MatchRecord", "QueueEntry", "find_links", "group"]

RULE_VERSION = "1"
_STEP = 2_000


def find_links(records: Sequence[MatchRecord], *, progress: Callable[[int, int], None] | None = None) -> list[Link]:
    """Links between ``records``: those that merge by rule (``automatic``) and those worth a question.

    ``progress`` is called with (0, records) while records are read, then with (done, total) pairs compared. Links come
    in no particular order of importance; ``group`` orders them. The order of ``records`` changes nothing (DD9).
    """
    tell = progress or _silent
    ordered = sorted(trusted(records), key=lambda record: (record.content, record.id))
    known: list[Keys] = []
    for n, record in enumerate(ordered):
        if n % _STEP == 0:
            tell(0, len(ordered))
        known.append(keys(record))
    return _compared(known, candidates(known), tell)


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def _compared(known: Sequence[Keys], pairs: Sequence[int], tell: Callable[[int, int], None]) -> list[Link]:
    found: list[Link] = []
    within: list[WithinSource] = []
    for done, pair in enumerate(pairs):
        if done % _STEP == 0:
            tell(done, len(pairs))
        a, b = divmod(pair, len(known))
        near = likeness(known[a], known[b])
        if near:
            compared = compare(known[a], known[b], near)
            link = _link(known[a], known[b], compared)
            if link and link.automatic and compared.same_source:
                within.append(
                    WithinSource(link, known[a].source, certain_within_source(compared), likelihood(compared))
                )
            elif link:
                found.append(link)
    tell(len(pairs), len(pairs))
    return found + settle_within_sources(within, Counter(record.source for record in known))


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
