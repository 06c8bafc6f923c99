"""Files that were pasted together from exports of several formats: one reader would pass over the other's records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from screening.imports import sniff

_STARTS = {
    sniff.RIS: r"TY {1,2}- ?[A-Z]{3,6}\s*$",
    sniff.MEDLINE: r"PMID- \d{1,8}\s*$",
    sniff.WOS: r"FN .{0,40}(?:Web of|ISI|Clarivate|Thomson)|PT [A-Z]\s*$",
    sniff.ENDNOTE_TAGGED: r"%0 [A-Z][a-z]+",
    sniff.REFWORKS: r"RT (?:Journal|Book|Conference|Dissertation|Generic|Report|Web|Newspaper|Magazine|Abstract|Thesis)",
    sniff.NOTEEXPRESS: r"\{Reference Type\}: ",
    sniff.BIBTEX: r"@(?:article|book|inproceedings|incollection|inbook|misc|phdthesis|mastersthesis|techreport)\{[^\s{},]*,",
    sniff.OVID: r"<\d{1,7}\. ?>\s*$",
}
_START = re.compile("|".join(f"(?P<g{number}>{start})" for number, start in enumerate(_STARTS.values())))
_NAMES = tuple(_STARTS)
_FIRST_SIGNS = frozenset("TPF%R{@<")
_END = re.compile(r"^(?:ER(?: {1,2}-)?|EF)?\s*$|\}\s*$")  # a blank line, an end tag, or the last brace of an entry
# What numbers the records of another format, as a platform heads them.
_HEADINGS = frozenset({(sniff.RIS, sniff.OVID), (sniff.REFWORKS, sniff.OVID), (sniff.ENDNOTE_TAGGED, sniff.OVID)})


class Foreign(NamedTuple):
    """The line on which a record of another format begins, and that format."""

    line: int
    format: str


def other_format(lines: Iterable[str], kind: str) -> Foreign | None:
    """The first record of another format than ``kind`` that begins where one may: below a blank line or the end of another."""
    may_begin = True
    for number, line in enumerate(lines, 1):
        if may_begin and line[:1] in _FIRST_SIGNS and (found := _START.match(line)):
            name = _NAMES[int((found.lastgroup or "g0")[1:])]
            if name != kind and (kind, name) not in _HEADINGS:
                return Foreign(number, name)
        may_begin = _END.search(line) is not None
    return None
