"""Which sought report a PDF is, judged by what stands on its first pages and by its file name. Pure.

Sure is only what two signs agree on: the title with the DOI, or the title with the first author; a file name that is the DOI or
names the record's number, as long as no page speaks against it. Whatever looks like a correction, a supplement or a reply waits
for a person, because those name the report they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from screening.fulltexts.filenames import Match, Sought, key, matches, number_in
from screening.records.identifiers import normalise_doi

OFFERED = 3
ALIKE = 90.0  # of 100, of a title in the text: letters lost in a PDF, a subtitle that is set apart
TITLE_FROM = 20  # letters of a title that says enough to be looked for
TITLE_FROM_HAN = 8
HEAD = 400  # letters in which a correction or a supplement says what it is
COVER = 300  # letters; a first page with fewer is a cover, and the next one counts
_REFERENCES = re.compile(
    r"^\s*(?:\d+\.?\s*)?(?:references|bibliography|literature cited|参考文献|參考文獻)\s*:?\s*$", re.I | re.M
)
_DOI = re.compile(r"10\.\d{4,9}/")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")
_CORRECTION = (
    "correction",
    "corrigendum",
    "erratum",
    "errata",
    "retraction",
    "expressionofconcern",
    "勘误",
    "勘誤",
    "更正",
)
_SUPPLEMENT = (
    "supplement", "supportinginformation", "appendi", "additionalfile", "onlineresource", "moesm", "mmc", "附录", "附錄",
)  # fmt: skip
_ABOUT = ("commenton", "commentaryon", "replyto", "responseto", "lettertotheeditor", "inreply", "authorsreply")
_PROTOCOL = ("protocol",)
BY_DOI_NAME = "DOI in the name"
UNSURE = (0, "")


@dataclass(frozen=True, slots=True)
class Recognised:
    """``number`` of the record where it is sure, else 0; ``how`` it was known; up to three numbers to offer, ``likely`` first or 0.

    ``kind`` is what the file seems to be to its report: main, supplement, correction or protocol.
    """

    number: int = 0
    how: str = ""
    offered: tuple[int, ...] = ()
    likely: int = 0
    kind: str = "main"


@dataclass(frozen=True, slots=True)
class _Sign:
    """What the text says of one report: the DOI, the title (0 to 100), the first author."""

    report: Sought
    doi: bool
    title: float
    author: bool

    @property
    def is_sure(self) -> bool:
        return self.title >= ALIKE and (self.doi or (self.author and self.title == 100))

    @property
    def score(self) -> int:
        return round(0.45 * self.title) + 40 * self.doi + 10 * self.author

    @property
    def how(self) -> str:
        return "DOI in the text" if self.doi else "title in the text"


def recognise(name: str, pages: Sequence[str], reports: Sequence[Sought]) -> Recognised:
    """What a PDF of this name, with these first pages, is among the sought reports."""
    text = _first(pages)
    signs = sorted(_signs(text, reports), key=lambda sign: (-sign.score, sign.report.number))
    by_name = matches(name, reports)
    kind = _kind(name, text, reports)
    number, how = UNSURE if kind else _sure(name, text, signs, by_name, reports)
    if number:
        return Recognised(number, how, (number,), number)
    offered = list(dict.fromkeys([*(sign.report.number for sign in signs), *_named(name, by_name, reports)]))[:OFFERED]
    return Recognised(0, "", tuple(offered), _likely(signs, by_name, offered), kind if kind in _KINDS else "main")


_KINDS = ("supplement", "correction", "protocol")


def squeezed(text: str) -> str:
    """Letters and digits alone: what line breaks, hyphens, ligatures and spacing cannot change."""
    return key(text).replace("-", "")


def _first(pages: Sequence[str]) -> str:
    """The text that tells what the file is: its first page, or the second where the first is a cover, up to its references."""
    text = pages[0] if pages else ""
    if len(squeezed(text)) < COVER and len(pages) > 1:
        text = f"{text}\n{pages[1]}"
    return _REFERENCES.split(text)[0]


def _signs(text: str, reports: Iterable[Sought]) -> Iterable[_Sign]:
    if not text.strip():
        return
    plain, dois = squeezed(text), _dois(text)
    words = set(key(text).split("-"))
    for report in reports:
        doi = bool(report.doi) and report.doi.lower() in dois
        title = _title(report.title, plain, words)
        if doi or title >= ALIKE:
            family = squeezed(report.family)
            yield _Sign(report, doi, title, len(family) > 1 and family in plain)


def _dois(text: str) -> set[str]:
    """Every DOI of a text, also one that a line break cuts."""
    lines = text.splitlines()
    return {doi for line, following in zip(lines, [*lines[1:], ""], strict=True) for doi in _dois_at(line, following)}


def _dois_at(line: str, following: str) -> Iterator[str]:
    for at in _DOI.finditer(line):
        rest = line[at.start() :].rstrip()
        yield normalise_doi(rest)
        if not re.search(r"\s", rest):
            yield normalise_doi(rest + "".join(following.split()[:1]))


def _title(title: str, plain: str, words: set[str]) -> float:
    """How well a squeezed text holds a title: 100 letter for letter, less where letters differ, 0 where the title says little."""
    sought = squeezed(title)
    if len(sought) < (TITLE_FROM_HAN if _HAN.search(sought) else TITLE_FROM):
        return 0.0
    if sought in plain:
        return 100.0
    asked = key(title).split("-")
    if sum(word in words for word in asked) < 0.6 * len(asked):
        return 0.0
    return min(float(fuzz.partial_ratio(sought, plain)), 99.0)


def _kind(name: str, text: str, reports: Iterable[Sought]) -> str:
    """What the file says it is, if not the report itself: supplement, correction, protocol, about; "" where it says nothing."""
    head = squeezed(text)[:HEAD]
    for report in reports:  # a title may hold such a word: "Reply to ..." is then the report itself
        title = squeezed(report.title)
        head = head.replace(title, "") if len(title) >= TITLE_FROM_HAN else head
    for kind, marks in (("correction", _CORRECTION), ("supplement", _SUPPLEMENT), ("about", _ABOUT)):
        if any(mark in head for mark in marks) or any(mark in squeezed(name) for mark in marks):
            return _unless_titled(kind, marks, name, reports)
    return _unless_titled("protocol", _PROTOCOL, name, reports) if "protocol" in squeezed(name) else ""


def _unless_titled(kind: str, marks: tuple[str, ...], name: str, reports: Iterable[Sought]) -> str:
    """The kind, unless the file is named by a title that holds the word itself."""
    stem = squeezed(name.rsplit(".", 1)[0])
    titles = (squeezed(report.title) for report in reports)
    return (
        ""
        if any(len(stem) > TITLE_FROM and stem in title and any(m in title for m in marks) for title in titles)
        else kind
    )


def _sure(name: str, text: str, signs: list[_Sign], by_name: list[Match], reports: Sequence[Sought]) -> tuple[int, str]:
    """The one report that is sure, and by what; `UNSURE` where two signs disagree."""
    by_text = [sign for sign in signs if sign.is_sure]
    named = _sure_by_name(name, by_name, reports)
    if len(by_text) > 1 or (by_text and named and by_text[0].report.number != named[0]):
        return UNSURE
    if by_text:
        return by_text[0].report.number, by_text[0].how
    if named is None or named[0] in {sign.report.number for sign in signs} or len(squeezed(text)) < COVER:
        return named or UNSURE
    return named if named[1] == BY_DOI_NAME and not signs else UNSURE


def _sure_by_name(name: str, by_name: list[Match], reports: Sequence[Sought]) -> tuple[int, str] | None:
    if by_name and by_name[0].is_sure:
        return by_name[0].number, BY_DOI_NAME
    number = number_in(name)
    return (number, "number in the name") if any(number == report.number for report in reports) else None


def _named(name: str, by_name: list[Match], reports: Sequence[Sought]) -> list[int]:
    number = number_in(name)
    first = [number] if number in {report.number for report in reports} else []
    return [*first, *(one.number for one in by_name)]


def _likely(signs: list[_Sign], by_name: list[Match], offered: list[int]) -> int:
    """The one to preselect: what the text speaks for, unless it speaks for two alike; else a likely name."""
    if signs:
        alike = len(signs) > 1 and signs[1].score == signs[0].score
        return 0 if alike else signs[0].report.number
    return by_name[0].number if by_name and by_name[0].is_likely and by_name[0].number in offered else 0
