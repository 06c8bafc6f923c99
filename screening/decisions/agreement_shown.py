"""Agreement as a page shows it: the table with its headings, then the figures; names hidden from whoever may rule (S4)."""

from __future__ import annotations

from dataclasses import dataclass

from screening.decisions.agreement import printed
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
