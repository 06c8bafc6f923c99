"""Folding: what a reader types finds what an author wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.records.search import fold, folded_text, words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("muller", "Müller"),
        ("evidence-based", "Evidence‐Based"),
        ("strasse", "Straße"),
        ("abc123", "ＡＢＣ１２３"),
        ("醫學教育", "醫學教育研究"),
        ("10.1186/s12909", "10.1186/S12909-025"),
    ],
)
def test_what_is_typed_is_found_in_what_was_written(typed: str, written: str) -> None:
    assert fold(typed) in fold(written)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_takes_the_short_way_to_the_same_end(text: str) -> None:
    assert fold(text + "é") == fold(text) + "e"


def test_a_word_of_one_field_does_not_join_the_next() -> None:
    assert "onetwo" not in folded_text(["one", "", "two"])


def test_a_query_is_its_words() -> None:
    assert words("  Medical\tÉducation ") == ["medical", "education"]
    assert words("") == []
    assert len(words("a " * 50)) == 12
