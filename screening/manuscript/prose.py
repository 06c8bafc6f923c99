"""The numbers of a text held against those of the flow: each finds its boxes, or is told to have none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LONGEST = 20_000  # signs of a text that are read
AROUND = 40  # signs shown on either side
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SPACES = " \u00a0\u2009\u202f"
# Grouped by comma, space or apostrophe, or plain; no part of a decimal, a percentage, a range of pages, a DOI or a version.
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_.,])(?<![A-Za-z0-9][-–/:])(?<!\d[{_SPACES}])(\d{{1,3}}(?:[,'’{_SPACES}]\d{{3}})+|\d{{1,7}})"
    r"(?![A-Za-z0-9_])(?![-–/:.,]\d)(?!\s?%)"
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = {word: n for n, word in enumerate(_WORDS)} | {
    f"{ten}{unit and '-'}{unit}": 10 * (place + 2) + n for place, ten in enumerate(_TENS) for n, unit in enumerate(("", *_WORDS[1:10]))
}  # fmt: skip
_LONGEST_FIRST = "|".join(sorted((word for word, n in _IN_WORDS.items() if n > 1), key=len, reverse=True))
_WORD = re.compile(
    rf"(?<![\w-])({_LONGEST_FIRST})(?![\w-])(?=\s+(?:\w+\s+){{0,3}}(?:records?|reports?|stud(?:y|ies)|articles?|papers?|duplicates?|citations?|publications?)\b)",
    re.IGNORECASE,
)
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Found:
    """A number of the text: as ``written``, between the words ``before`` and ``after``; ``boxes`` are keys that hold it."""

    n: int
    written: str
    before: str
    after: str
    boxes: tuple[str, ...]

    @property
    def may_be_a_year(self) -> bool:
        """Whether it has no box and may be a year."""
        return not self.boxes and self.n in _YEARS and len(self.written) == 4

    @property
    def is_unknown(self) -> bool:
        """Whether no box holds it, and it does not look like a year."""
        return not self.boxes and not self.may_be_a_year


def numbers_in(text: str, boxes: Mapping[str, int]) -> list[Found]:
    """Every whole number of ``text``, in its order, with the keys of ``boxes`` (key -> number) that hold it.

    Percentages, decimals and parts of longer tokens are passed over. Small numbers in words count where records, reports or studies
    follow.
    """
    read = text[:LONGEST]
    holding: dict[int, list[str]] = {}
    for key, n in boxes.items():
        holding.setdefault(n, []).append(key)
    return [
        Found(
            n,
            read[start:end],
            _before(read, start),
            _after(read, end),
            tuple(holding.get(n, ())),
        )
        for start, end, n in sorted(_spots(read))
    ]


def _before(text: str, start: int) -> str:
    """The words before a place, from the first whole one."""
    cut = max(0, start - AROUND)
    said = text[cut:start]
    return f"… {said.partition(' ')[2]}" if cut and " " in said else said


def _after(text: str, end: int) -> str:
    """The words behind a place, to the last whole one."""
    said = text[end : end + AROUND]
    return f"{said.rpartition(' ')[0]} …" if end + AROUND < len(text) and " " in said else said


def _spots(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _NUMBER.finditer(text):
        yield match.start(1), match.end(1), int(re.sub(r"\D", "", match[1]))
    for match in _WORD.finditer(text):
        yield match.start(1), match.end(1), _IN_WORDS[match[1].lower()]


def missing(found: Iterable[Found], boxes: Mapping[str, int], keys: Iterable[str]) -> list[str]:
    """Of ``keys`` those whose number is not 0 and stands nowhere in the text."""
    said = {one.n for one in found}
    return [key for key in keys if boxes.get(key) and boxes[key] not in said]
