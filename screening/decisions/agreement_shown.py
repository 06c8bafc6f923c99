"""Agreement as a page shows it: the table with its headings, then the figures; names hidden from whoever may rule (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from screening.decisions.agreement import printed
from screening.decisions.agreement_many import ManyAgreement
from screening.decisions.pairs import PairAgreement, agreement_of
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership
from screening.roles import Permission

FIGURES = (
    "n",
    "po",
    "pe",
    "kappa",
    "se",
    "kappa_low",
    "kappa_high",
    "pabak",
    "ac1",
    "prevalence",
    "bias",
    "positive",
    "negative",
)
MASKED = ("First reviewer", "Second reviewer")


@dataclass(frozen=True)
class ShownPair:
    """One pair and subject: ``names`` of the raters, ``rows`` of the table as (category, counts), ``figures`` as (name, text)."""

    pair: PairAgreement
    names: tuple[str, str]
    categories: tuple[str, ...]
    rows: list[tuple[str, tuple[int, ...]]]
    figures: list[tuple[str, str]]


@dataclass(frozen=True)
class ShownAll:
    """All reviewers of a round on one subject: ``rows`` of the table as (votes in words, records), ``figures`` as (name, text, why)."""

    label: str
    when: str
    round: int
    pilot: bool
    of_all: ManyAgreement
    rows: list[tuple[str, int]]
    figures: list[tuple[str, str, str]]


def blocks_for(member: Membership, stage: Stage) -> list[ShownPair | ShownAll]:
    """What the page shows of a stage: each subject's pairs, then all its reviewers together where they are three or more."""
    blocks: list[ShownPair | ShownAll] = []
    for _, found in groupby(agreement_for(member, stage), key=lambda one: (one.pair.when, one.pair.label)):
        pairs = list(found)
        blocks += pairs
        of_all = pairs[0].pair.of_all
        if of_all is not None:
            blocks.append(shown_all(pairs[0].pair, of_all))
    return blocks


def shown_all(pair: PairAgreement, of_all: ManyAgreement) -> ShownAll:
    """The agreement of three and more, in words."""
    rows = [(_votes_in_words(of_all.categories, votes), records) for votes, records in of_all.table]
    figures = [
        ("Fleiss' kappa", printed(of_all.fleiss), of_all.fleiss_why),
        ("Krippendorff's alpha", printed(of_all.alpha), of_all.alpha_why),
    ]
    return ShownAll(pair.label, pair.when, pair.round, pair.pilot, of_all, rows, figures)


def _votes_in_words(categories: tuple[str, ...], votes: tuple[int, ...]) -> str:
    return ", ".join(f"{n} {category.replace('_', ' ')}" for category, n in zip(categories, votes, strict=True) if n)


def agreement_for(member: Membership, stage: Stage) -> list[ShownPair]:
    """The agreement of a stage for this reader.

    A table of few items tells who voted what, and its order tells who is who: so whoever may rule reads it without names, and
    without the items that are not settled.
    """
    may_rule = member.may(Permission.ADJUDICATE)
    return [shown_pair(member, pair) for pair in agreement_of(member.review, stage, settled_only=may_rule)]


def shown_pair(member: Membership, pair: PairAgreement) -> ShownPair:
    """One pair for this reader."""
    names = MASKED if member.may(Permission.ADJUDICATE) else pair.reviewers
    found = pair.found
    if found is None:
        return ShownPair(pair, names, (), [], [])
    words = tuple(category.replace("_", " ") for category in found.categories)
    figures = [
        ("Observed agreement", printed(found.po)),
        ("Kappa", printed(found.kappa)),
        (
            "95 % interval",
            "undefined" if found.kappa_low is None else f"{printed(found.kappa_low)} to {printed(found.kappa_high)}",
        ),
        ("PABAK", printed(found.pabak)),
        ("AC1", printed(found.ac1)),
    ]
    return ShownPair(pair, names, words, list(zip(words, found.table, strict=True)), figures)
