"""The order of a queue is a function of the records and a seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.sharing.ordering import Entry, places, title_key

ORDERS = ("import", "random", "newest", "oldest", "title")
records = st.lists(st.tuples(st.integers(1900, 2030) | st.none(), st.text(max_size=8)), max_size=30)


def _entries(rows: list[tuple[int | None, str]]) -> list[Entry]:
    return [Entry(100 + number, number, year, title) for number, (year, title) in enumerate(rows, start=1)]


@given(records, st.sampled_from(ORDERS), st.integers(0, 99))
def test_every_record_has_one_place_and_a_new_one_swaps_no_two_others(
    rows: list[tuple[int | None, str]], order: str, seed: int
) -> None:
    entries = _entries(rows)
    found = places(reversed(entries), order, seed=seed)
    assert sorted(found.values()) == list(range(1, len(entries) + 1))
    more = places([*entries, Entry(999, 999, 2001, "A newcomer")], order, seed=seed)
    assert sorted(found, key=lambda item: found[item]) == [
        one for one in sorted(more, key=lambda item: more[item]) if one != 999
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("import", [1, 2, 3, 4]), ("newest", [2, 1, 3, 4]), ("oldest", [3, 1, 2, 4]), ("title", [3, 1, 2, 4])],
)
def test_each_order_is_what_it_says(order: str, expected: list[int]) -> None:
    rows = [(2010, "«Éthique»"), (2020, "zinc"), (2001, "[Abc]"), (None, "")]
    found = places(_entries(rows), order, seed=1)
    assert [item - 100 for item in sorted(found, key=lambda item: found[item])] == expected


def test_random_orders_differ_by_seed_and_titles_sort_by_letters() -> None:
    entries = _entries([(2000, "x")] * 50)
    assert places(entries, "random", seed=1) != places(entries, "random", seed=2)
    assert places(entries, "random", seed=1) == places(entries, "random", seed=1)
    assert title_key("“Über-view") == "uber-view"
