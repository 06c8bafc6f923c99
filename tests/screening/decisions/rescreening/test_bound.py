"""Who reads an exclusion again, and what a sample proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.rescreening.bound import GAP, Excluded, bound, deal
from screening.decisions.sharing.spread import Hand

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def _excluded(item: int, *voters: int, days: int = 0, language: str = "") -> Excluded:
    return Excluded(item, language, {one: NOW - timedelta(days=days) for one in voters})


@given(st.lists(st.sets(st.integers(1, 4), min_size=2, max_size=2), max_size=40))
def test_nobody_reads_a_record_again_while_somebody_else_can(pairs: list[set[int]]) -> None:
    chosen = [_excluded(item, *pair, days=99) for item, pair in enumerate(pairs)]
    dealt = deal(chosen, [Hand(one, 1) for one in range(1, 5)], now=NOW)
    assert set(dealt) == {one.item for one in chosen}
    assert all(dealt[one.item] not in one.voted for one in chosen)


def test_two_people_alone_read_again_after_the_gap_only() -> None:
    hands = [Hand(1, 1), Hand(2, 1)]
    early, late = _excluded(1, 1, 2, days=GAP.days - 1), _excluded(2, 1, 2, days=GAP.days)
    assert set(deal([early, late], hands, now=NOW)) == {2}
    many = [_excluded(item, 1, 2, days=30) for item in range(10)]
    assert sorted(deal(many, hands, now=NOW).values()) == [1] * 5 + [2] * 5


def test_s7_only_who_reads_the_language_reads_it_again() -> None:
    hands = [Hand(1, 1), Hand(2, 1), Hand(3, 1, frozenset({"en"})), Hand(4, 1, frozenset({"zh"}))]
    assert deal([_excluded(1, 1, 2, language="zh")], hands, now=NOW) == {1: 4}
    assert deal([_excluded(1, 1, 2, language="ko")], hands, now=NOW) == {}


@pytest.mark.parametrize(
    ("missed", "read", "population", "per_cent", "records"),
    [(0, 60, 1000, 4.870, 48), (1, 100, 1000, 4.656, 46), (0, 300, 300, 0.0, 0), (2, 40, 40, 5.0, 2), (0, 0, 50, 100.0, 50)],
)  # fmt: skip
def test_the_bound_is_the_one_sided_limit_and_exact_where_all_were_read(
    missed: int, read: int, population: int, per_cent: float, records: int
) -> None:
    found = bound(missed, read, population)
    assert found.per_cent == pytest.approx(per_cent, abs=0.001)
    assert found.records == records
