"""Which criterion parts reviewers, summed over pairs and rounds."""

from __future__ import annotations

from screening.decisions.disagreements import disagreements

LABELS = {"population": "Population", "focus": "Focus", "scope": "Scope"}


def test_the_criterion_that_differs_most_often_comes_first_with_what_was_said() -> None:
    found = disagreements(
        LABELS,
        [
            ("population", [[5, 1, 0], [0, 2, 0], [0, 0, 0]]),
            ("focus", [[3, 2, 1], [4, 0, 0], [0, 5, 1]]),
            ("focus", [[1, 0, 0], [0, 1, 0], [2, 0, 0]]),
        ],
    )
    assert [(one.label, one.n, one.differ, one.per_cent, one.apart) for one in found] == [
        ("Focus", 20, 14, 70, (6, 3, 5)),
        ("Population", 8, 1, 12, (1, 0, 0)),
    ]


def test_a_criterion_that_nobody_answered_twice_is_not_listed() -> None:
    assert disagreements(LABELS, []) == []
