"""Files that were pasted together from exports of several formats: one reader would pass over the other's records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from screening.imports import sniff
from screening.imports.parsed import Refusal
from screening.imports.parsers.headings import is_heading_row, known_headings

_STARTS = {
    sniff.RIS: r"TY {1,2}- ?[A-Z]{3,6}\s*$",
    sniff.MEDLINE: r"PMID- \d{1,8}\s*$",
    sniff.WOS: r"FN .{0,40}(?:Web of|ISI|Clarivate|Thomson)|PT [A-Z]\s*$",
    sniff.ENDNOTE_TAGGED: r"%0 [A-Z][a-z]+",
    sniff.REFWORKS: r"RT (?:Journal|Book|Conference|Dissertation|Generic|Report|Web|Newspaper|Magazine|Abstract|Thesis)",
    sniff.NOTEEXPRESS: r"\{Reference Type\}: ",
    sniff.BIBTEX: r"@(?:article|book|inproceedings|incollection|inbook|misc|phdthesis|mastersthesis|techreport)\{[^\s{},]*,",
    sniff.OVID: r"<\d{1,7}\. ?>\s*$",
    sniff.PUBMED_XML: r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!DOCTYPE[^>]{0,300}>\s*)?<Pubmed(?:ArticleSet|Article|BookArticle)[\s>]",
    sniff.ENDNOTE_XML: r"(?:<\?xml[^>]{0,200}>\s*)?<xml>\s*(?:<records>|$)",
    sniff.CSL_JSON: r"\[\s*(?:\{\s*\"|$)|\{\s*\"[^\"]{1,40}\"\s*:",
}
_START = re.compile("|".join(f"(?P<g{number}>{start})" for number, start in enumerate(_STARTS.values())))
_NAMES = tuple(_STARTS)
_FIRST_SIGNS = frozenset("TPF%R{@<[")
# A blank line, an end tag, the last bracket of an entry or list, the last tag or the first lines of XML.
_END = re.compile(
    r"^(?:ER(?: {1,2}-)?|EF)?\s*$|[}\]]\s*$|</(?:xml|records|PubmedArticleSet)>\s*$|\?>\s*$|^<!DOCTYPE[^>]*>\s*$"
)
_FEWEST_HEADINGS = 3
_LONGEST_HEADINGS = 10_000
# What numbers the records of another format, as a platform heads them.
_HEADINGS = frozenset({(sniff.RIS, sniff.OVID), (sniff.REFWORKS, sniff.OVID), (sniff.ENDNOTE_TAGGED, sniff.OVID)})


class Foreign(NamedTuple):
    """The line on which a record of another format begins, and that format."""

    line: int
    format: str

    def refusal(self, kind: str) -> Refusal:
        """What to do about a file of format ``kind`` in which it stands."""
        sentence = (
            f"The file begins as {kind}, but from line {self.line} on it is {self.format}: split it there, and import"
            " each part as a file of its own, so that no record is lost."
        )
        return Refusal("mixed", sentence)


def other_format(lines: Iterable[str], kind: str) -> Foreign | None:
    """The first record of another format than ``kind`` that begins where one may: below a blank line or the end of another."""
    may_begin = True
    for number, line in enumerate(lines, 1):
        if may_begin and line[:1] in _FIRST_SIGNS and (found := _START.match(line)):
            name = _NAMES[int((found.lastgroup or "g0")[1:])]
            if name != kind and (kind, name) not in _HEADINGS:
                return Foreign(number, name)
        elif may_begin and _is_table(line):
            return Foreign(number, sniff.TEXT_TABLE)
        may_begin = _END.search(line) is not None
    return None


def begins_record(line: str) -> str:
    """The format of which ``line`` is the first of a record, ``""`` for none: a row of a table should be no such line.

    JSON is none, since a cell may hold some.
    """
    found = _START.match(line) if line[:1] in _FIRST_SIGNS else None
    name = _NAMES[int((found.lastgroup or "g0")[1:])] if found else ""
    return "" if name == sniff.CSL_JSON else name


def _is_table(line: str) -> bool:
    """Whether a line is the headings of a table, several that we know."""
    if len(line) > _LONGEST_HEADINGS:
        return False
    for delimiter in ",\t;":
        cells = [cell.strip(' "') for cell in line.strip().split(delimiter)]
        if len(cells) >= _FEWEST_HEADINGS and is_heading_row(cells) and known_headings(cells) >= _FEWEST_HEADINGS:
            return True
    return False
