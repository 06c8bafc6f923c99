"""Numbers that a text spells out: in English words up to hundreds of thousands, in Chinese signs before what they count. Pure."""

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

_SIGNS = {
    sign: n
    for n, signs in enumerate(("零〇", "一", "二兩两", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
_PLACES = {"十": 10, "百": 100, "千": 1000, "萬": 10_000, "万": 10_000}
_DIGITS, _ANY_SIGN = "".join(_SIGNS), "".join((*_SIGNS, *_PLACES))
_COUNTERS = r"\s?(?:[篇筆笔項项條条]|[份個个]?(?:文獻|文献|研究|報告|报告))"
#: Before a counter of records, reports or studies; no ordinal.
_IN_SIGNS = re.compile(rf"(?<![第{_ANY_SIGN}])([{_DIGITS}十][{_ANY_SIGN}]{{0,8}})(?={_COUNTERS})")


def in_signs(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each number in Chinese signs that counts records, reports or studies."""
    for match in _IN_SIGNS.finditer(text):
        yield match.start(), match.end(), _of_signs(match[1])


def _of_signs(signs: str) -> int:
    """Of 一百零二 102, of 十二 12, of 兩萬三千 23 000, of 二〇 20."""
    if not set(signs) & set(_PLACES):
        return int("".join(str(_SIGNS[sign]) for sign in signs))
    whole = part = digit = 0
    for sign in signs:
        place = _PLACES.get(sign, 0)
        if place == 10_000:
            whole, part, digit = (whole + part + digit) * place, 0, 0
        elif place:
            part, digit = part + (digit or 1) * place, 0
        else:
            digit = _SIGNS[sign]
    return whole + part + digit


def spelled_out(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each number in English words."""
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
