"""The replay of published reviews: how it ties two lists, and that the sets' kappas are what our arithmetic gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.replay_review import KAPPA, coded, joined, labelled, letters, tied
from screening.decisions.agreement import HEADLINE, agreement, pair_up

pytestmark = pytest.mark.once


def test_sets_that_share_a_member_are_one() -> None:
    a, b, c, d = (("row", 1), ("lead", 1), ("row", 2), ("lead", 2))
    assert sorted(map(sorted, joined([{a, b}, {c, d}, {b, c}, {("row", 9)}]))) == [sorted([a, b, c, d]), [("row", 9)]]


def test_rows_and_records_are_tied_by_doi_or_title_and_nothing_else() -> None:
    theirs = [
        {"doi": "https://doi.org/10.1/A", "title": "One"},
        {"doi": "None", "title": "mnires disease"},
        {"doi": "", "title": "Nowhere"},
    ]
    records = {
        7: ({"10.1/a", letters("Another title")}, {"Scopus"}),
        8: ({letters("Ménière’s disease")}, {"BASE"}),
        9: ({letters("Here only")}, {"Embase"}),
    }
    knots = sorted((sorted(rows), sorted(leads)) for rows, leads in tied(theirs, records))
    assert knots == [([0], [7]), ([1], [8])]


@pytest.mark.parametrize("name", sorted(KAPPA))
def test_kappa_of_the_dual_coded_sets_is_the_published_one(name: str, review_data: Path) -> None:
    votes: dict[str, dict[str, str]] = {}
    for row in coded(labelled(review_data / "screening", name)):
        votes.setdefault(row["record_id"], {})[row["reviewer"]] = row["decision"]
    (pairs,) = pair_up(votes).values()
    kappa = agreement(pairs, HEADLINE).kappa
    assert kappa is not None
    assert round(kappa, 3) == KAPPA[name]
