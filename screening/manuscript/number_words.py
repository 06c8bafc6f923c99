"""Numbers that a text spells out in English words, up to hundreds of thousands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    "a": 1,
    **{word: n for n, word in enumerate((*_UNITS, *_TEENS), 1)},
    **{word: n * 10 for n, word in enumerate(_TENS, 2)},
}

_UNIT, _TEEN, _TEN = ("|".join(words) for words in (_UNITS, _TEENS, _TENS))
_BELOW_HUNDRED = rf"(?:(?:{_TEN})(?:[-\s](?:{_UNIT})(?!\w))?|{_TEEN}|{_UNIT})"
_AND = r"(?:\s+and)?\s+"
_BELOW_THOUSAND = rf"(?:(?:a|{_BELOW_HUNDRED})[-\s]hundred(?:{_AND}{_BELOW_HUNDRED}(?!\w))?|{_BELOW_HUNDRED})"
_ANY = rf"(?:(?:a|{_BELOW_THOUSAND})[-\s]thousand(?:(?:,(?=\s\w+\shundred))?{_AND}{_BELOW_THOUSAND}(?!\w))?|{_BELOW_THOUSAND})"
_WRITTEN = re.compile(rf"(?<![\w-]){_ANY}(?![\w-])", re.IGNORECASE)


def spelled_out(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each number in words."""
    for match in _WRITTEN.finditer(text):
        yield match.start(), match.end(), _value(match[0].lower())


def _value(words: str) -> int:
    whole = part = 0
    for word in re.findall(r"[a-z]+", words):
        if word == "thousand":
            whole, part = part * 1000, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += _VALUES[word]
    return whole + part
