"""How many records a file holds, counted on its text by code that shares nothing with the readers (IM1).

The counters are deliberately plain: they look for the marks of a record and nothing else. Where reader and counter
differ, one of them is wrong, and `reading` says so instead of storing a wrong sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

Counter = Callable[[Iterable[str]], Iterator[int]]

_DASH = "[-\u2010-\u2015\u2212\uff0d]"
_RIS_START = re.compile(
    rf"^\ufeff*[ \t\xa0]*(?:(?i:TY)(?:(?:[ \t\xa0]{{2,6}}|\t){_DASH}.{{0,80}}|(?P<tight>{_DASH})\s+[A-Z]{{3,6}}\s*)"
    rf"|TY[ \xa0]{_DASH}\s*[\w /&-]{{0,40}}\s*"
    rf"|(?i:TY)[ \xa0]{_DASH}\s*(?:[A-Z]{{3,6}}|jour|book|chap|conf|thes|rprt|gen|cpaper|unpb)\s*)$"
)
_RIS_END = re.compile(r"^\ufeff*[ \t\xa0]*(?i:ER)(?P<gap>[ \t\xa0]{0,6})" + _DASH + r"\s*$")
_RIS_LATE = re.compile(r"^\ufeff*(?:TI|T1|AU|A1)(?:  |[ ]?[ ]?\t[ ]?[ ]?)-")
_RIS_ANY = re.compile(r"^\ufeff*[ \t\xa0]*(?:(?i:TY|ER)|TI|T1|AU|A1)")


def ris(lines: Iterable[str]) -> Iterator[int]:
    """The line of each ``TY``, and of the first title or author after an ``ER`` that no ``TY`` precedes."""
    inside = tight = False
    for number, line in enumerate(lines, 1):
        if not _RIS_ANY.match(line):
            continue
        if start := _RIS_START.match(line):
            inside, tight = True, bool(start["tight"])
            yield number
        elif (end := _RIS_END.match(line)) and (end["gap"] or tight):
            inside = False
        elif not inside and _RIS_LATE.match(line):
            inside = True
            yield number


def medline(lines: Iterable[str]) -> Iterator[int]:
    """The line of each ``PMID-``, and of each ``OWN -`` right after a blank line (ERIC)."""
    blank, before = True, ""
    for number, line in enumerate(lines, 1):
        text = line.strip("\ufeff\n")
        if not text.strip():
            blank = True
            continue
        if re.match(r"PMID {0,2}-", text) or (blank and re.match(r"OWN {0,2}-", text) and before != "PMID"):
            yield number
        blank, before = False, text[:4]


def endnote(lines: Iterable[str]) -> Iterator[int]:
    """The line where ``%0`` or ``%T`` comes for the first time in a record; ``%0`` below a blank line begins one too."""
    kind = title = blank = False
    for number, line in enumerate(lines, 1):
        text = line.strip("\ufeff\n")
        is_kind, is_title = _mark("0", text), _mark("T", text)
        begins = (is_kind and (kind or (title and blank) or not title)) or (is_title and (title or not kind))
        if begins:
            kind, title = is_kind, is_title
            yield number
        else:
            kind, title = kind or is_kind, title or is_title
        blank = not text.strip()


def _mark(letter: str, text: str) -> bool:
    """Whether a line is ``%0`` or ``%T`` with a value, or with none."""
    return text.startswith("%" + letter) and (
        len(text) == 2 or text[2] in " \t" or not text[2].isascii() or not text[2:].strip()
    )


def at_line_start(pattern: str) -> Counter:
    """A counter of the lines that begin with ``pattern``."""
    mark = re.compile(r"\ufeff*(?:" + pattern + ")")

    def count(lines: Iterable[str]) -> Iterator[int]:
        return (number for number, line in enumerate(lines, 1) if mark.match(line))

    return count


wos = at_line_start(r"PT \S{1,20}\s*$")
ovid = at_line_start(r"<\s*\d{1,7}\s*\.?\s*>\s*$")
refworks = at_line_start(r"RT(?:[ \t]\s*\S|[^\x00-\x7f])")
noteexpress = at_line_start(r"\{Reference Type\}")
cochrane = at_line_start(r"Record #\d{1,7} of \d{1,7}\s*$")
cnki = at_line_start(r"(?:SrcDatabase|DataType)-[^\s:：]{1,20}[:：]")


def bibtex(lines: Iterable[str]) -> Iterator[int]:
    """The line of each ``@type{`` or ``@type(key,`` that stands first on its line or behind a closing brace, but for what is no entry."""
    mark = re.compile(r"(?:^\ufeff*\s*|[})]\s*)@\s?([A-Za-z]{2,40})\s*(?:\{|\(\s*[^\s,(){}]{1,100}\s*,)")
    for number, line in enumerate(lines, 1):
        if "@" not in line:
            continue
        for kind in mark.findall(line):
            if kind.lower() not in ("comment", "preamble", "string", "xdata", "set", "control", "ieeetranbstctl"):
                yield number


def elements(names: tuple[str, ...]) -> Counter:
    """A counter of the start tags called one of ``names``, in pieces of a text that may be one single line."""
    mark = re.compile(r"<(?:" + "|".join(names) + r")(?=[\s/>])")

    def count(pieces: Iterable[str]) -> Iterator[int]:
        line, rest = 1, ""
        for piece in pieces:
            text = rest + piece
            last = text.rfind("<")
            rest = text[last:] if last >= 0 and ">" not in text[last:] else ""
            done = text[: len(text) - len(rest)]
            at = 0
            for found in mark.finditer(done):
                line += done.count("\n", at, found.start())
                at = found.start()
                yield line
            line += done.count("\n", at)

    return count


def json_items(lines: Iterable[str], depth: int, *, listed: bool = False) -> Iterator[int]:
    """The line of each ``{`` that opens ``depth`` brackets deep (``listed``: right inside a ``[``), texts left out of account,
    over several lines too."""
    strings = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
    nesting: list[str] = []
    inside = ""
    for number, line in enumerate(lines, 1):
        outside, inside, _ = strings.sub("", inside + line).partition('"')
        for sign in re.findall(r"[{}\[\]]", outside):
            if sign == "{" and len(nesting) == depth and (not listed or nesting[-1:] == ["["]):
                yield number
            if sign in "{[":
                nesting.append(sign)
            else:
                del nesting[-1:]
