"""Numbers in words, English and Chinese, are read as a person reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manuscript.number_words import in_signs, spelled_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("eight", [8]),
        ("Forty-four and forty four", [44, 44]),
        ("a hundred, one hundred and one, nineteen hundred", [100, 101, 1900]),
        ("two thousand and sixteen", [2016]),
        ("three hundred thousand five hundred and twelve", [300_512]),
        ("ten thousand", [10_000]),
        ("forty-ninth, tenth, someone, often, a study, two-thirds", []),
        ("eighty-eight, seven", [88, 7]),
    ],
)
def test_words_give_their_number(text: str, found: list[int]) -> None:
    assert [n for _, _, n in spelled_out(text)] == found


@given(
    st.lists(
        st.sampled_from(["a", "one", "ten", "forty", "hundred", "thousand", "and", ",", "-", "studies"]), max_size=20
    )
)
def test_any_row_of_number_words_is_read_without_an_error(words: list[str]) -> None:
    text = " ".join(words)
    for start, end, n in spelled_out(text):
        assert n > 0
        assert text[start:end].strip() == text[start:end]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("最終納入十二篇文獻，七十二項研究", [12, 72]),
        ("一百零二筆、一千二百三十四条、兩萬三千篇", [102, 1234, 23_000]),
        ("二十 篇，二〇篇，十萬筆", [20, 20, 100_000]),
        ("三份報告與五個研究", [3, 5]),
        ("第二篇，二〇二二年，三位評讀者，一致，千篇一律", []),
    ],
)
def test_chinese_signs_give_their_number_where_they_count_records(text: str, found: list[int]) -> None:
    assert [n for _, _, n in in_signs(text)] == found


@given(st.text("零一兩十百千萬篇 ", max_size=20))
def test_any_row_of_chinese_signs_is_read_without_an_error(text: str) -> None:
    for start, end, n in in_signs(text):
        assert n >= 0
        assert start < end
