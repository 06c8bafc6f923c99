"""The draw of the spot check, and its bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.dedupe.spotcheck import sample, upper_bound


@pytest.mark.parametrize(
    ("wrong", "checked", "bound"), [(0, 20, 0.1391), (1, 20, 0.2161), (0, 300, 0.0099), (5, 5, 1), (0, 0, 1)]
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, checked: int, bound: float) -> None:
    assert upper_bound(wrong, checked) == pytest.approx(bound, abs=0.0001)


@given(st.sets(st.integers(1, 10_000), max_size=60), st.integers(1, 5))
def test_the_draw_is_the_same_for_everybody_in_any_order(records: set[int], seed: int) -> None:
    drawn = sample(records, seed=seed, size=20)
    assert drawn == sample(sorted(records, reverse=True), seed=seed, size=20)
    assert len(drawn) == min(20, len(records))
    assert set(drawn) <= records


def test_one_more_merge_moves_at_most_one_of_the_drawn() -> None:
    before = set(sample(range(100), seed=1, size=20))
    assert len(before - set(sample(range(101), seed=1, size=20))) <= 1
