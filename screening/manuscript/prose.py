"""The numbers of a text held against those of the flow: each finds its boxes, or is told to have none. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from screening.manuscript.number_words import in_signs, spelled_out

LONGEST = 20_000  # signs of a text that are read
AROUND = 40  # signs shown on either side
_SPACES = " \u00a0\u2009\u202f"
_POINTS = ".·∙"  # British journals set decimals with a raised point
# Grouped by comma, space or apostrophe, or plain; no part of a decimal, a percentage, a range of pages, a DOI or a version.
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_,{_POINTS}])(?<![A-Za-z0-9][-–/:])(?<!\d[{_SPACES}])(\d{{1,3}}(?:[,'’{_SPACES}]\d{{3}})+|\d{{1,7}})"
    rf"(?![A-Za-z0-9_])(?![-–/:,{_POINTS}]\d)(?!\s?(?:%|per\s?cent\b))"
)
#: A part of a whole, as in 12/172 reports; no day, no spell of years.
_SHARE = re.compile(
    rf"(?<![\w/:,{_POINTS}–-])(\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}})\s?/\s?(\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}})(?![\w/])(?![-–:,{_POINTS}]\d)"
)
_LEAST_WHOLE = 10  # below it a half, or three of four, or 24/7
#: Grouped by points, as in much of Europe. A decimal may look the same, so that it counts where a box holds it.
_POINTED = re.compile(
    rf"(?<![\w,{_POINTS}/–-])(\d{{1,3}}(?:\.\d{{3}})+)(?!\w)(?![-–/:,{_POINTS}]\d)(?!\s?(?:%|per\s?cent\b))"
)
_MONTHS = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?)"
)
#: What has a number that counts nothing of a flow: the labels of parts, references in brackets, days of a month, spans of time.
_OTHERWISE = re.compile(
    r"\b(?:Tables?|Figures?|Figs?\.?|Box(?:es)?|Appendix|Appendices|Supplements?|Files?|Sections?|Items?|References?|Refs?\.?|Phases?|Stages?"
    r"|Steps?|Rounds?|Versions?|Levels?|Stata|EndNote|SPSS|NVivo|Covidence|Rayyan)\s+(\d+(?:\s*(?:,|and|to|[-–])\s*\d+)*)"
    r"|(\[\d+(?:\s*[,;–-]\s*\d+)*\])"
    rf"|\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTHS}(?!\w)|\b{_MONTHS}\s+(\d{{1,2}})\b"
    r"|\b(\d{1,3})[\s-]+(?:years?|months?|weeks?|days?|hours?|minutes?)\b",
    re.IGNORECASE,
)
#: Behind a small number in words, so that "one of us" and "the two reviewers" are passed over.
_COUNTED = re.compile(
    r"\s+(?:(?:[\w-]+\s+){0,3}(?:records?|reports?|stud(?:y|ies)|articles?|papers?|duplicates?|citations?|publications?|references?|abstracts?"
    r"|full[- ]texts?)\b|(?:were|met|remained|fulfilled)\b)",
    re.IGNORECASE,
)
_SMALL = 100
_YEARS = range(1900, 2101)
_MONTHS_OF_A_YEAR = 12


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

    Of a share such as 12/172 both count. Percentages, decimals, parts of longer tokens, labels such as Table 1, references, days and
    spans of time are passed over. Small numbers in words count where records, reports or studies follow.
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
        for start, end, n in sorted({*_spots(read), *_shares(read), *_pointed(read, holding)})
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
    otherwise = [match.span(match.lastindex or 0) for match in _OTHERWISE.finditer(text)]
    for match in _NUMBER.finditer(text):
        start, end = match.span(1)
        if not any(first <= start and end <= last for first, last in otherwise):
            yield start, end, _whole(match[1])
    yield from (spot for spot in in_signs(text) if spot[2] > 1)
    for start, end, n in spelled_out(text):
        if n >= _SMALL or (n > 1 and _COUNTED.match(text, end)):
            yield start, end, n


def _shares(text: str) -> Iterator[tuple[int, int, int]]:
    """Both numbers of a part and its whole."""
    for match in _SHARE.finditer(text):
        part, whole = (_whole(match[place]) for place in (1, 2))
        of_years = whole in _YEARS and (part in _YEARS or part <= _MONTHS_OF_A_YEAR)
        if part <= whole >= _LEAST_WHOLE and not of_years:
            yield (*match.span(1), part)
            yield (*match.span(2), whole)


def _pointed(text: str, holding: Container[int]) -> Iterator[tuple[int, int, int]]:
    return ((*match.span(1), n) for match in _POINTED.finditer(text) for n in [_whole(match[1])] if n in holding)


def _whole(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def missing(found: Iterable[Found], boxes: Mapping[str, int], keys: Iterable[str]) -> list[str]:
    """Of ``keys`` those whose number is not 0 and stands nowhere in the text."""
    said = {one.n for one in found}
    return [key for key in keys if boxes.get(key) and boxes[key] not in said]
