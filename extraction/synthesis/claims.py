"""A sentence about the included studies held against what was extracted: years, sample sizes, how many studies and countries. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extraction.synthesis.summary import Facts

LONGEST = 5_000  # signs of a text that are read
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_NUMBER = rf"(?P<n>\d[\d,\u202f\u00a0 ]*|{'|'.join(_WORDS)})"
_TO = r"\s*(?:to|and|until|through|-|\u2010|\u2011|\u2013|\u2014|至|到)\s*"
_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(rf"(?<!\d)(?P<low>{_YEAR}){_TO}(?P<high>{_YEAR})(?!\d)", re.IGNORECASE)
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_SIZES = re.compile(rf"(?<![\d.,])(?P<low>{_DIGITS}){_TO}(?P<high>{_DIGITS})(?![.,]?\d)", re.IGNORECASE)
_STUDIES = re.compile(rf"\b{_NUMBER}\s+(?:[\w-]+\s+){{0,2}}?(?:studies|articles|publications)\b", re.IGNORECASE)
_COUNTRIES = re.compile(rf"\b{_NUMBER}\s+(?:[\w-]+\s+)?countries\b", re.IGNORECASE)
_SAMPLE = re.compile(r"sample|individual|participant|respondent|people|person|n\s*=", re.IGNORECASE)
_NEAR = 60  # signs around two numbers in which a word about samples makes them sizes


@dataclass(frozen=True, slots=True)
class Checked:
    """``written`` stands in the text; ``derived`` is what the extraction says, "" where it says nothing of the kind."""

    what: str
    written: str
    derived: str

    @property
    def agrees(self) -> bool | None:
        """None where there is nothing to hold the text against."""
        return None if not self.derived else self.written == self.derived


def check(text: str, facts: Facts) -> list[Checked]:
    """Everything in the text that can be held against the studies, in the order of the text."""
    read = text[:LONGEST]
    found = [*_ranges_of_years(read, facts), *_ranges_of_sizes(read, facts), *_counts(read, facts)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _ranges_of_years(text: str, facts: Facts) -> Iterator[tuple[int, Checked]]:
    for found in _YEARS.finditer(text):
        yield (
            found.start(),
            Checked("Years of publication", f"{found['low']} to {found['high']}", _shown(facts.years, grouped=False)),
        )


def _ranges_of_sizes(text: str, facts: Facts) -> Iterator[tuple[int, Checked]]:
    for found in _SIZES.finditer(text):
        around = text[max(found.start() - _NEAR, 0) : found.end() + _NEAR]
        if _YEARS.fullmatch(found.group()) or not _SAMPLE.search(around):
            continue
        written = (_read(found["low"]), _read(found["high"]))
        yield found.start(), Checked("Sample sizes", _shown(written), _shown(facts.samples))


def _counts(text: str, facts: Facts) -> Iterator[tuple[int, Checked]]:
    for found in _STUDIES.finditer(text):
        yield found.start(), Checked("Included studies", str(_read(found["n"])), str(facts.studies))
    for found in _COUNTRIES.finditer(text):
        derived = str(len(facts.countries)) if facts.countries else ""
        yield found.start(), Checked("Countries", str(_read(found["n"])), derived)


def _read(number: str) -> int:
    """A number in digits or in words up to twelve."""
    return _WORDS.get(number.lower()) or int(re.sub(r"\D", "", number))


def _shown(pair: tuple[int, int] | None, *, grouped: bool = True) -> str:
    if pair is None:
        return ""
    low, high = (f"{n:,}" if grouped else str(n) for n in pair)
    return f"{low} to {high}"
