"""What answers suggest: the truth table, and properties that hold for all answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.protocol.suggest import ANSWERS, Suggestion, suggest


@dataclass(frozen=True)
class Row:
    key: str
    label: str


TABLE = (Row("population", "Population"), Row("focus", "Focus"), Row("scope", "Scope"))
WORDS = {"y": "met", "n": "not_met", "u": "unclear", "-": ""}


@pytest.mark.parametrize(
    ("letters", "decision", "failed"),
    [
        ("yyy", "include", ""),
        ("nyy", "exclude", "population"),
        ("yny", "exclude", "focus"),
        ("yyn", "exclude", "scope"),
        ("ynn", "exclude", "focus"),
        ("unn", "exclude", "focus"),
        ("--n", "exclude", "scope"),
        ("yyu", "maybe", ""),
        ("yy-", "maybe", ""),
        ("uuu", "maybe", ""),
        ("y--", "maybe", ""),
        ("---", "", ""),
    ],
)
def test_the_truth_table_of_suggestions(letters: str, decision: str, failed: str) -> None:
    answers = {row.key: WORDS[letter] for row, letter in zip(TABLE, letters, strict=True)}
    found = suggest(answers, TABLE)
    assert (found.decision, found.failed) == (decision, failed)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"focus": "not_met", "scope": "not_met"}, "Your answers suggest Exclude: Focus is not met."),
        ({row.key: "met" for row in TABLE}, "Your answers suggest Include: every criterion is met."),
        ({"population": "met", "focus": "unclear"}, "Your answers suggest Maybe: Focus is unclear."),
        ({"population": "met"}, "Your answers suggest Maybe: Focus is not answered yet."),
        ({}, ""),
    ],
)
def test_the_sentence_names_the_criterion_that_decides(answers: dict[str, str], sentence: str) -> None:
    assert suggest(answers, TABLE).sentence == sentence


def test_answers_to_criteria_of_another_version_are_left_aside() -> None:
    assert suggest({"gone": "not_met"}, TABLE) == Suggestion()


def test_a_criterion_added_later_is_unanswered_never_met() -> None:
    answers = {row.key: "met" for row in TABLE}
    assert suggest(answers, (*TABLE, Row("new", "New"))).decision == "maybe"


def test_no_criteria_suggest_nothing() -> None:
    assert suggest({"focus": "met"}, ()) == Suggestion()


@given(st.tuples(*[st.sampled_from(["", *ANSWERS])] * len(TABLE)))
def test_exclude_is_suggested_exactly_when_something_is_not_met(given_answers: tuple[str, ...]) -> None:
    answers = {row.key: answer for row, answer in zip(TABLE, given_answers, strict=True)}
    found = suggest(answers, TABLE)
    assert (found.decision == "exclude") == ("not_met" in given_answers)
    assert (found.decision == "include") == (set(given_answers) == {"met"})
    assert bool(found.failed) == (found.decision == "exclude")


def test_the_first_failed_criterion_is_the_first_in_protocol_order() -> None:
    for letters in product("ynu-", repeat=3):
        answers = {row.key: WORDS[letter] for row, letter in zip(TABLE, letters, strict=True)}
        failed = [row.key for row in TABLE if answers[row.key] == "not_met"]
        assert suggest(answers, TABLE).failed == (failed[0] if failed else "")
