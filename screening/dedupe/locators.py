"""Where a report stands: volume, issue and pages in comparable form, and what two of them say of each other."""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache


class Sign(enum.IntEnum):
    """What comparing one field says: the two agree, differ, or one of them is silent."""

    DIFFERS = -1
    SILENT = 0
    AGREES = 1


END_TOLERANCE = 3
LONGEST = 80
_NOTHING = re.compile(r"^(unknown|n/?a|none|null|no\.? pagination|in press|-+|\[?s\.?n\.?\]?)?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_SPREADSHEET_DATE = re.compile(rf"^(\d{{1,4}}-{_MONTH}|{_MONTH}-\d{{1,4}})$")
_NO_VOLUME = re.compile(rf"^({_SPREADSHEET_DATE.pattern[1:-1]}|\W*{_MONTH}\W*([/-]\s*{_MONTH}\W*)?)$")
_DASHES = re.compile(r"\s*[\u2010-\u2015\u2212~–—-]+\s*")
_PAGE_COUNT = re.compile(r"^\d+\s*(p|pp|pages|s|页|頁)\.?$")
_PAGE = re.compile(
    r"^(?:pp?\.?\s*|seite\s*|art(?:icle)?\.?\s*(?:no\.?|number|id)?\s*:?\s*)?([a-z]{0,5})\.?\s*(\d+)([a-z]{0,3})"
)
_ELOCATOR = re.compile(r"^[b-df-m]$")
_FIRST = re.compile(r"[;,+&]| discussion|\(")
_SEVERAL = re.compile(r"\s*[;,+&]\s*")
_SHARED = re.compile(r"\b(reply|replies)\b")
_RANGE = re.compile(r"^\d+-\d+$")
_ROMAN = re.compile(r"^[ivxlcdm]+$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SUPPLEMENT = re.compile(r"sup+l?(?:e?ment)?[a-z]*\.?\W*(?:no\.?\s*)?[a-z]?(\d*)|meeting|(?:^|\W)s\.?\s*(\d+)")
_DIGITS = re.compile(r"\d+")


def _plain(text: str) -> str:
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.strip().strip("\"'").lower()
    return "" if _NOTHING.match(text) else text


def roman_value(text: str) -> int | None:
    """The number a roman numeral in lower case stands for, None where it is none."""
    if not _ROMAN.match(text):
        return None
    total = 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN_VALUES[letter]
        total += -value if following and _ROMAN_VALUES[following] > value else value
    return total


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages as numbers: ``start`` and ``end`` are 0 where not given; letters before them are kept apart in ``prefix``.

    ``shared`` says that letters and the reply to them are paged as one ("2243-5; author reply 2243-5").
    """

    start: int = 0
    end: int = 0
    prefix: str = ""
    shared: bool = field(default=False, compare=False)

    @property
    def is_article_number(self) -> bool:
        """True for an e-number, a letter with a long number (BMJ: ``c1804``), or a number too long to be a page.

        It names the article, not a place in print. ``A120`` and ``S12`` are pages of a supplement, ``H1100-10`` a range.
        """
        if self.prefix.startswith("e"):
            return True
        if self.end not in (0, self.start):
            return False
        lettered = bool(_ELOCATOR.match(self.prefix)) or (self.prefix == "a" and self.start >= 1_000)
        return self.start >= 20_000 or (lettered and self.start >= 100)

    @property
    def is_weak(self) -> bool:
        """True where the start says little: what is published ahead or in proceedings is paged from 1, prefaces in roman."""
        return (self.start == 1 and self.prefix in ("", "?")) or self.prefix == "roman"

    @property
    def count(self) -> int:
        """Pages in the range, 1 where only a start is given, 0 without pages."""
        if not self.start:
            return 0
        return self.end - self.start + 1 if self.end >= self.start else 1


def pages(text: str) -> Pages:
    """Read the first range of ``text``: ``221-8`` is 221 to 228; dates made by a spreadsheet and page counts are nothing."""
    plain = _plain(text)
    if not plain or _PAGE_COUNT.match(plain):
        return Pages()
    first = _DASHES.sub("-", _FIRST.split(plain, maxsplit=1)[0]).strip()
    if len(first) < len(plain):
        first = _first_of_editions(plain) or first
    date = _SPREADSHEET_DATE.match(first)
    if date:
        return _undated(first)
    head, _, tail = first.partition("-")
    found = _PAGE.match(head)
    if not found:
        value = roman_value(head)
        return Pages(start=value, prefix="roman") if value else Pages()
    start = int(found[2])
    return Pages(
        start=start,
        end=_end(start, found[2], tail),
        prefix=found[1],
        shared="repl" in plain and bool(_SHARED.search(plain)),
    )


def _first_of_editions(plain: str) -> str:
    """The lowest of several ranges of one length, which stand for one article in several languages; "" for other lists."""
    ranges = [_DASHES.sub("-", part) for part in _SEVERAL.split(plain)]
    if len(ranges) < 2 or not all(map(_RANGE.match, ranges)):
        return ""
    read = [(pages(one), one) for one in ranges]
    if len({found.count for found, _ in read}) > 1 or read[0][0].count < 2:
        return ""
    return min(read, key=lambda pair: pair[0].start)[1]


def _undated(text: str) -> Pages:
    """A spreadsheet made 1-8 into ``01-Aug`` and 1-14 into ``Jan-14``: the two numbers in ascending order, as a guess."""
    number, month = int(_DIGITS.findall(text)[0]), _MONTHS.index(re.findall(r"[a-z]{3}", text)[0]) + 1
    if number > 1900:
        return Pages()
    return Pages(start=min(number, month), end=max(number, month), prefix="?")


def _end(start: int, start_text: str, tail: str) -> int:
    found = _PAGE.match(tail)
    if not found:
        return start
    digits = found[2]
    if len(digits) < len(start_text):
        digits = start_text[: len(start_text) - len(digits)] + digits
    return int(digits)


def volume(text: str) -> str:
    """The volume's number as text; "" for none, for a month, and for a fragment such as ``1)``."""
    plain = _plain(text)
    if not plain or (plain.endswith(")") and "(" not in plain) or _NO_VOLUME.match(plain):
        return ""
    plain = re.sub(r"^(vol(ume)?|v|bd|band|jg|第)\.?\s*", "", plain)
    found = _DIGITS.search(plain)
    if found:
        return str(int(found.group()))
    value = roman_value(plain.strip(". "))
    return str(value) if value else plain.strip(". ")


@lru_cache(maxsize=20_000)
def issue(text: str, volume_text: str = "") -> frozenset[str]:
    """Numbers of the issue, from its own field or from behind the volume: ``21 SUPPL. 1`` is 21 and s1; empty for none."""
    plain = _plain(text)
    if plain and not _SPREADSHEET_DATE.match(plain):
        return _issue_numbers(plain)
    return _issue_numbers(re.sub(r"^\D*\d+", "", _plain(volume_text), count=1))


def _issue_numbers(plain: str) -> frozenset[str]:
    supplement = _SUPPLEMENT.search(plain)
    found = _DIGITS.search(plain[: supplement.start()] if supplement else plain)
    numbers = {str(int(found.group()))} if found else set()
    if supplement:
        numbers.add("s" + (supplement[1] or supplement[2] or "").lstrip("0"))
    return frozenset(numbers)


def compare(a: str, b: str) -> Sign:
    """AGREES or DIFFERS for two non-empty values, SILENT otherwise."""
    if not a or not b:
        return Sign.SILENT
    return Sign.AGREES if a == b else Sign.DIFFERS


def compare_start(a: Pages, b: Pages) -> Sign:
    """Compare first pages; an article number or a range from page 1 never contradicts a page of the printed volume."""
    if not a.start or not b.start or (a.prefix == "roman") != (b.prefix == "roman"):
        return Sign.SILENT
    if a.start == b.start:
        return Sign.AGREES
    if "?" in (a.prefix, b.prefix):
        return Sign.SILENT
    if a.is_article_number != b.is_article_number or a.is_weak != b.is_weak:
        return Sign.SILENT
    return Sign.DIFFERS


def overlap(a: Pages, b: Pages) -> bool:
    """True where two places in one volume share pages, as those of two articles never do.

    One page in the midst or at the end of the other's range counts, as does one last page with a slip in the first;
    that one range begins on the page where the other ends does not: articles follow each other so.
    """
    if not a.start or not b.start or a.prefix != b.prefix or a.prefix not in ("", "e") or a.is_weak or b.is_weak:
        return False
    if a.end == b.end:
        return True
    low, high = max(a.start, b.start), min(a.end, b.end)
    return high > low or (high == low and 1 in (a.count, b.count))


def compare_end(a: Pages, b: Pages) -> Sign:
    """Compare last pages where both give a range; a discussion or quiz behind the article may or may not be counted in."""
    if a.count < 2 or b.count < 2 or a.is_weak != b.is_weak:
        return Sign.SILENT
    if a.end == b.end:
        return Sign.AGREES
    return Sign.SILENT if abs(a.end - b.end) <= END_TOLERANCE or "?" in (a.prefix, b.prefix) else Sign.DIFFERS


def compare_issue(a: frozenset[str], b: frozenset[str]) -> Sign:
    """Compare issues; a supplement without a number, or with the other's number, contradicts nothing of its kind.

    Two numbered supplements of one issue are two places: ``8 Suppl 1`` and ``8 Suppl 2``.
    """
    if not a or not b:
        return Sign.SILENT
    one, other = ({number for number in side if number.startswith("s")} for side in (a, b))
    if one and other and "s" not in one | other and one.isdisjoint(other):
        return Sign.DIFFERS
    if a & b:
        return Sign.AGREES
    if "s" in a | b and one and other:
        return Sign.SILENT
    bare = [{number.lstrip("s") for number in side} for side in (a, b)]
    return Sign.SILENT if bare[0] & bare[1] else Sign.DIFFERS
