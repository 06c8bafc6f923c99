"""Which record leads a group: the rule, a person's choice, and what the choice may not move."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from screening.dedupe.leading import Rank, lead_by_rule, lead_of, may_lead

PLAIN = Rank(voted=False, dbr=True, run=1, number=5)
RANKS = st.lists(
    st.builds(
        Rank, voted=st.booleans(), dbr=st.booleans(), run=st.integers(1, 3), number=st.integers(1, 99), chosen=st.integers(0, 9)
    ),
    min_size=1, max_size=6, unique_by=lambda rank: rank.number,
)  # fmt: skip


def test_r1_votes_lead_then_databases_then_the_earlier_record() -> None:
    ranks = {
        1: replace(PLAIN, number=9, voted=True, dbr=False),
        2: replace(PLAIN, number=4),
        3: replace(PLAIN, number=2),
        4: replace(PLAIN, number=1, dbr=False),
    }
    assert lead_by_rule(ranks, ranks) == 1
    assert lead_by_rule([2, 3, 4], ranks) == 3
    assert lead_by_rule([2, 4], ranks) == 2


def test_a_person_s_newest_choice_leads() -> None:
    ranks = {1: PLAIN, 2: replace(PLAIN, number=6, chosen=1), 3: replace(PLAIN, number=7, chosen=2)}
    assert lead_of(ranks, ranks) == 3


def test_r8_a_choice_waits_where_it_would_move_a_number_or_a_vote() -> None:
    for held_back in (
        replace(PLAIN, number=1, chosen=9, run=2),
        replace(PLAIN, number=6, chosen=9, dbr=False),
        replace(PLAIN, number=7, chosen=9, run=3),
    ):
        ranks = {1: replace(PLAIN, number=2) if held_back.number > 2 else replace(PLAIN, number=0), 2: held_back}
        assert lead_of(ranks, ranks) == 1
    voted = {1: replace(PLAIN, voted=True), 2: replace(PLAIN, number=6, chosen=9)}
    assert lead_of(voted, voted) == 1


@given(RANKS)
def test_the_choice_changes_no_column_no_search_and_no_votes_of_the_lead(found: list[Rank]) -> None:
    ranks = dict(enumerate(found))
    lead, by_rule = ranks[lead_of(ranks, ranks)], ranks[lead_by_rule(ranks, ranks)]
    assert (lead.voted, lead.dbr, lead.run) == (by_rule.voted, by_rule.dbr, by_rule.run)


@given(RANKS, st.randoms(use_true_random=False))
def test_dd9_the_order_of_members_changes_no_lead(found: list[Rank], luck: object) -> None:
    ranks = dict(enumerate(found))
    assert lead_of(list(ranks)[::-1], ranks) == lead_of(list(ranks), ranks) or len({r.chosen for r in found}) < len(
        found
    )
    assert lead_by_rule(list(ranks), ranks) in may_lead(list(ranks)[::-1], ranks)
