"""Where the words of a quote stand in the text of a PDF, whatever its line breaks and hyphens (I42). Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_LEFT_OUT = ("Z", "C", "Pd", "Mn")  # spaces, unseen signs, hyphens and dashes, marks on letters


def squashed(text: str) -> str:
    """The letters, numbers and signs alone: what two readers of one PDF agree on."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_STRAIGHT)
    return "".join(one for one in plain if not unicodedata.category(one).startswith(_LEFT_OUT))


def pages_of(pages: Sequence[str], quote: str) -> list[int]:
    """Pages, from 1, on which the quote begins; it may run on to the next. Once for each time that it occurs."""
    texts = [squashed(one) for one in pages]
    return [_page(texts, at) for at in _places("".join(texts), squashed(quote))]


def refind(pages: Sequence[str], quote: str, *, page: int, before: str = "", after: str = "") -> int | None:
    """The page on which the quote begins: of several places the one between the same words, then the one nearest ``page``."""
    texts, words = [squashed(one) for one in pages], squashed(quote)
    whole = "".join(texts)
    lead, trail = squashed(before), squashed(after)
    found = []
    for at in _places(whole, words):
        end = at + len(words)
        same = _shared(lead[::-1], whole[max(0, at - len(lead)) : at][::-1]) + _shared(trail, whole[end:])
        here = _page(texts, at)
        found.append((-same, abs(here - page), here))
    return min(found)[2] if found else None


def _places(whole: str, words: str) -> list[int]:
    found, at = [], whole.find(words) if words else -1
    while at >= 0:
        found.append(at)
        at = whole.find(words, at + 1)
    return found


def _page(texts: Sequence[str], at: int) -> int:
    return bisect_right(list(accumulate(map(len, texts))), at) + 1


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
