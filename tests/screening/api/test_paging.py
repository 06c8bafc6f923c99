"""Pages by key: walked from the first to the last, they hold every row once; a cursor that is none of ours is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.api.paging import LARGEST, Asked, closed, cut, opened
from screening.api.problems import BadInput
from screening.decisions.models import Item
from screening.records.models import Record
from tests.factories import make_import, make_review, open_screening

KEYS = st.lists(st.integers(-LARGEST, LARGEST), min_size=1, max_size=3)


@given(keys=KEYS)
def test_a_cursor_opens_to_what_was_closed_in_it(keys: list[int]) -> None:
    assert opened(closed(keys), len(keys)) == keys


@given(cursor=st.text(max_size=40))
def test_any_other_text_is_refused_with_a_sentence(cursor: str) -> None:
    with pytest.raises(BadInput, match="That cursor is none of ours"):
        opened(cursor, 2)


@pytest.mark.parametrize("keys", [[1], [1, 2, 3], ["1", "2"], [True, 1], [1, LARGEST + 1], [1, None]])
def test_a_cursor_of_another_list_is_refused(keys: list[object]) -> None:
    with pytest.raises(BadInput):
        opened(closed(keys), 2)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_pages_hold_every_row_once_in_order(limit: int) -> None:
    review = make_review()
    make_import(review, records=5)
    open_screening(review)
    Item.objects.update(order_key=1)
    Item.objects.filter(record__number__in=(2, 4)).update(order_key=-1)
    lists: tuple[tuple[Any, tuple[str, ...], list[int]], ...] = (
        (Record.objects.filter(review=review), ("number",), [1, 2, 3, 4, 5]),
        (Item.objects.filter(review=review), ("order_key", "pk"), [2, 4, 1, 3, 5]),
    )
    for rows, keys, expected in lists:
        walked: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = cut(rows, Asked(cursor=cursor, limit=limit), keys)
            assert 0 < len(page) <= limit
            walked += [getattr(one, "number", 0) or one.record.number for one in page]
        assert walked == expected
