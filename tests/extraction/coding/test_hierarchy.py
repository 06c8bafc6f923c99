"""I46: a merged code is spoken for by the other; nothing is lost, and undoing it restores everything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.coding.hierarchy import CodeRow, in_order, speaker

pytestmark = pytest.mark.once


def _row(number: int, parent: int | None = None, **said: object) -> CodeRow:
    return replace(CodeRow(number, str(number), f"Code {number}", parent_id=parent, position=number), **said)  # type: ignore[arg-type]


def _told(codes: list[CodeRow]) -> list[tuple[int, int | None, int]]:
    return [(row.id, row.parent_id, row.depth) for row in in_order(codes)]


def test_codes_stand_below_the_code_above_them() -> None:
    assert _told([_row(1), _row(2), _row(3, 1), _row(4, 3)]) == [(1, None, 0), (3, 1, 1), (4, 3, 2), (2, None, 0)]


def test_what_stood_below_a_merged_code_stands_below_the_one_that_speaks_for_it() -> None:
    merged = _row(1, status="merged", merged_into_id=2)
    assert _told([merged, _row(2), _row(3, 1)]) == [(2, None, 0), (3, 2, 1)]


def test_what_stood_below_a_retired_code_moves_up() -> None:
    assert _told([_row(1), _row(2, 1, status="retired"), _row(3, 2)]) == [(1, None, 0), (3, 1, 1)]


def test_a_code_merged_into_one_below_it_leaves_no_circle() -> None:
    assert _told([_row(1, status="merged", merged_into_id=2), _row(2, 1), _row(3, 2)]) == [(2, None, 0), (3, 2, 1)]


@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(["active", "split", "merged", "retired"]), st.integers(1, 7)),
        max_size=7,
    )
)
def test_every_code_that_speaks_has_one_row_whatever_was_merged(drawn: list[tuple[int, str, int]]) -> None:
    codes = [
        _row(place, parent or None, status=status, merged_into_id=into if status == "merged" else None)
        for place, (parent, status, into) in enumerate(drawn, start=1)
    ]
    told = in_order(codes)
    assert sorted(row.id for row in told) == [code.id for code in codes if code.status in {"active", "split"}]
    seen: set[int | None] = {None}
    for row in told:
        assert row.parent_id in seen, "a code comes after the one above it"
        seen.add(row.id)


@given(
    st.dictionaries(st.tuples(st.integers(1, 5), st.integers(1, 4)), st.just(True)),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_i46_a_merged_code_is_as_frequent_as_both_at_most_and_as_the_larger_at_least(
    links: dict[tuple[int, int], bool], one: int, other: int
) -> None:
    known = {number: _row(number) for number in range(1, 5)}
    merged = known | ({one: _row(one, status="merged", merged_into_id=other)} if one != other else {})

    def frequency(code: int, codes: dict[int, CodeRow]) -> int:
        return len({study for study, given in links if speaker(given, codes) == code})

    before = frequency(one, known), frequency(other, known)
    after = frequency(other, merged)
    assert max(before) <= after <= sum(before)
