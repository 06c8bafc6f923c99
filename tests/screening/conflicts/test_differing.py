"""Which answers clash."""

from __future__ import annotations

import pytest

from screening.conflicts.differing import differing, differs

WORDS = {"y": "met", "n": "not_met", "u": "unclear", "-": ""}


@pytest.mark.parametrize(
    ("letters", "clash"),
    [
        ("yy", False),
        ("nn", False),
        ("uu", False),
        ("--", False),
        ("yn", True),
        ("ny", True),
        ("yu", True),
        ("un", True),
        ("n-", True),
        ("-n", True),
        ("y-", False),
        ("u-", False),
        ("yyn", True),
        ("nn-", True),
        ("y--", False),
    ],
)
def test_the_truth_table_of_clashing_answers(letters: str, clash: bool) -> None:
    assert differs([WORDS[letter] for letter in letters]) is clash


def test_what_clashes_is_told_in_protocol_order_and_one_voter_clashes_with_nobody() -> None:
    first = {"scope": "met", "focus": "met", "language": "met"}
    second = {"scope": "not_met", "focus": "unclear", "language": "met"}
    order = ("focus", "language", "scope", "population")
    assert differing([first, second], order) == ("focus", "scope")
    assert differing([second], order) == ()
