"""Time spent: what a form may tell, what is believed of it, and its words."""

from __future__ import annotations

import pytest

from screening.decisions.own.spent import capped, in_words, seconds_spent, time_of


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({"spent": "12"}, 12),
        ({"spent": "0"}, 0),
        ({"spent": ""}, None),
        ({"spent": "-5"}, None),
        ({"spent": "1.5"}, None),
        ({"spent": "9" * 40}, None),
        ({"spent": "٣"}, None),
        ({}, None),
        ({"spent": "", "since": "1000"}, 60),
        ({"spent": "7", "since": "1000"}, 7),
        ({"spent": "", "since": "1061"}, None),
        ({"spent": "", "since": "soon"}, None),
    ],
)
def test_what_the_browser_measured_counts_where_it_is_a_number_else_when_the_page_was_made(
    given: dict[str, str], seconds: int | None
) -> None:
    assert seconds_spent(given, now=1060) == seconds


def test_a_pause_counts_up_to_the_cap_of_the_stage() -> None:
    assert [capped(value, "ta") for value in (None, 0, 299, 99_999)] == [None, 0, 299, 300]
    assert capped(99_999, "ft") == 3600


def test_times_are_told_by_median_and_total() -> None:
    found = time_of([10, 20, 300])
    assert (found.votes, found.total_words, found.middle_words) == (3, "6 min", "20 s")
    assert time_of([]).total == 0
    assert [in_words(one) for one in (0, 119, 120, 3600, 7290)] == ["0 s", "119 s", "2 min", "1 h 0 min", "2 h 2 min"]
