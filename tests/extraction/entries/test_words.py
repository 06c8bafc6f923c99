"""Where a quote stands in the text of a PDF: line breaks, hyphens and ligatures make no difference, other words do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.entries.words import pages_of, refind, squashed

pytestmark = pytest.mark.once

PAGES = (
    "We asked nurses. Trust was low.",
    "Trust was high where col-\nleagues met. The ef\ufb01cient",
    "ward had beds. Trust was low.",
)
words = st.text(alphabet="abcdefg ,.", max_size=40)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Trust was high", [2]),
        ("trust  was\nlow.", [1, 3]),
        ("where colleagues met", [2]),
        ("where col\u00adleagues", [2]),
        ("the efficient ward", [2]),
        ("Trust was middling", []),
        (" - ", []),
    ],
)
def test_i42_a_quote_is_on_the_page_where_its_words_begin(quote: str, found: list[int]) -> None:
    assert pages_of(PAGES, quote) == found


def test_i42_of_several_places_the_one_between_the_same_words_is_taken_then_the_nearest() -> None:
    assert refind(PAGES, "Trust was low", page=1, before="ward had beds. ") == 3
    assert refind(PAGES, "Trust was low", page=3) == 3
    assert refind(PAGES, "Trust was low", page=1) == 1
    assert refind(PAGES, "Trust was lost", page=1) is None


@settings(max_examples=60)
@given(st.lists(words, min_size=1, max_size=4), words, st.data())
def test_i42_words_of_a_page_are_found_however_lines_break(pages: list[str], quote: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pages) - 1))
    pages[at] += f"x{quote}y"
    broken = "".join(one + data.draw(st.sampled_from(["", "\n", "-\n", " "])) for one in f"x{quote}y")
    assert at + 1 in pages_of(pages, broken)
    assert refind(pages, broken, page=at + 1) == at + 1


@settings(max_examples=60)
@given(st.lists(words, max_size=4), words)
def test_i42_what_is_refound_occurs_there_and_what_is_not_occurs_nowhere(pages: list[str], quote: str) -> None:
    place = refind(pages, quote, page=1)
    if place is None:
        assert not squashed(quote) or squashed(quote) not in "".join(map(squashed, pages))
    else:
        assert place in pages_of(pages, quote)
