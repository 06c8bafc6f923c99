"""Texts are cut into sentences without losing a character that is read; passages are compared by their characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.coding.passages import (
    Marked,
    differences,
    jaccard,
    normalised,
    pair_passages,
    passage_units,
    sentences,
    stretches,
)

pytestmark = pytest.mark.once

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 15)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def _marks(spans: list[tuple[int, int]], code: int = 1) -> list[Marked]:
    return [Marked(key, 1, code, *span) for key, span in enumerate(sorted(set(spans)), start=1)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Time is short. So is money!", ["Time is short.", "So is money!"]),
        ("Smith et al. 2008 found it. Next.", ["Smith et al. 2008 found it.", "Next."]),
        ("時間不足。導師很少！「為何？」是的", ["時間不足。", "導師很少！", "「為何？」", "是的"]),
        ("One line\nanother\n\nlast", ["One line", "another", "last"]),
        ("Alpha was 0.87 in all.", ["Alpha was 0.87 in all."]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, pieces: list[str]) -> None:
    assert [one.text for one in sentences(text)] == pieces


@given(st.text(max_size=80))
def test_sentences_hold_every_sign_but_white_space_in_code_points_of_the_stored_text(text: str) -> None:
    kept = normalised(text)
    assert unicodedata.is_normalized("NFC", kept)
    assert normalised(kept) == kept
    found = sentences(kept)
    assert all(kept[one.start : one.end] == one.text for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(kept.split())


@given(SPANS, SPANS)
def test_jaccard_is_one_for_the_same_passage_and_the_same_both_ways(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    share = jaccard(one, other)
    assert share == jaccard(other, one)
    assert 0 <= share <= 1
    assert (share == 1) == (one == other)
    assert share == len(set(range(*one)) & set(range(*other))) / len(set(range(*one)) | set(range(*other)))


@given(st.lists(SPANS, max_size=6), st.lists(SPANS, max_size=6), st.sampled_from([0.3, 0.5, 1.0]))
def test_each_passage_is_alike_once_or_is_a_difference_once(
    first: list[tuple[int, int]], second: list[tuple[int, int]], threshold: float
) -> None:
    ours, theirs = _marks(first), _marks(second)
    pairs = pair_passages(ours, theirs, threshold)
    assert all(jaccard((a.start, a.end), (b.start, b.end)) >= threshold for a, b in pairs)
    told = differences(ours, theirs, threshold)
    assert sorted([a.key for a, _ in pairs] + [m.key for one in told for m in one.first]) == [m.key for m in ours]
    assert sorted([b.key for _, b in pairs] + [m.key for one in told for m in one.second]) == [m.key for m in theirs]
    assert len(passage_units(ours, theirs, threshold)) == len(ours) + len(theirs) - len(pairs)


@given(st.text(min_size=1, max_size=30), st.lists(SPANS, max_size=5))
def test_overlapping_passages_leave_the_text_as_it_is(text: str, spans: list[tuple[int, int]]) -> None:
    marks = _marks(spans)
    pieces = stretches(text, 5, marks)
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        assert set(piece.keys) == {m.key for m in marks if m.start <= piece.start < m.end}
