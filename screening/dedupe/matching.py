"""Matching: which records are one report. The door to the pure modules of this step; it knows no database.

``find_links`` compares, ``group`` decides what merges and what a person is asked (design: normalise, block, score, group).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .blocking import candidates
from .comparing import Comparison, compare, likeness
from .grouping import group
from .keys import Keys, keys
from .reasons import kind, sentence
from .scoring import QUEUE, automatic_rule, likelihood
from .shapes import Grouping, Link, MatchRecord, QueueEntry

__all__ = ["RULE_VERSION", "Grouping", "Link", "MatchRecord", "QueueEntry", "find_links", "group"]

RULE_VERSION = "1"
_STEP = 2_000


def find_links(records: Sequence[MatchRecord], *, progress: Callable[[int, int], None] | None = None) -> list[Link]:
    """Links between ``records``: those that merge by rule (``automatic``) and those worth a question.

    ``progress`` is called with (done, total) in records read and pairs compared. Links come in no particular order of
    importance; ``group`` orders them.
    """
    known = [keys(record) for record in records]
    pairs = candidates(known)
    found: list[Link] = []
    for done, pair in enumerate(pairs):
        if progress and done % _STEP == 0:
            progress(done, len(pairs))
        a, b = divmod(pair, len(known))
        link = _link(records[a].id, records[b].id, known[a], known[b])
        if link:
            found.append(link)
    if progress:
        progress(len(pairs), len(pairs))
    return found


def _link(id_a: str, id_b: str, a: Keys, b: Keys) -> Link | None:
    near = likeness(a, b)
    if near is None:
        return None
    compared = compare(a, b, near)
    rule = automatic_rule(compared)
    if rule:
        return Link(id_a, id_b, _strength(rule.score, compared), sentence(a, b, compared), rule.name, automatic=True)
    score = likelihood(compared)
    if score < QUEUE:
        return None
    return Link(id_a, id_b, round(score, 4), sentence(a, b, compared), "question", automatic=False, kind=kind(a, b, compared))


def _strength(score: float, compared: Comparison) -> float:
    """A rule's score, a little more for each field that agrees, so that the strongest links are grouped first."""
    agreeing = compared.doi + compared.pmid + compared.start + compared.end + compared.volume + compared.issue
    return round(score + compared.title / 20_000 + agreeing / 5_000, 6)
