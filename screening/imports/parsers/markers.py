"""How many records a file holds, counted on its text by code that shares nothing with the readers (IM1).

The counters are deliberately plain: they look for the marks of a record and nothing else. Where reader and counter
differ, one of them is wrong, and `reading` says so instead of storing a wrong sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

Counter = Callable[[Iterable[str]], Iterator[int]]

_RIS_START = re.compile(r"^[\ufeff \t]*TY[ \t]{1,3}-\s*[\w /&-]{0,40}\s*$")
_RIS_END = re.compile(r"^[\ufeff \t]*ER[ \t]{1,3}-\s*$")
_RIS_LATE = re.compile(r"^\ufeff?(?:TI|T1|AU|A1)(?:  |[ ]?[ ]?\t[ ]?[ ]?)-")
_RIS_ANY = re.compile(r"^[\ufeff \t]*(?:TY|ER|TI|T1|AU|A1)")


def ris(lines: Iterable[str]) -> Iterator[int]:
    """The line of each ``TY``, and of the first title or author after an ``ER`` that no ``TY`` precedes."""
    inside = False
    for number, line in enumerate(lines, 1):
        if not _RIS_ANY.match(line):
            continue
        if _RIS_START.match(line):
            inside = True
            yield number
        elif _RIS_END.match(line):
            inside = False
        elif not inside and _RIS_LATE.match(line):
            inside = True
            yield number


def medline(lines: Iterable[str]) -> Iterator[int]:
    """The line of each ``PMID-``, and of each ``OWN -`` right after a blank line (ERIC)."""
    blank = True
    for number, line in enumerate(lines, 1):
        text = line.strip("\ufeff\n")
        if re.match(r"PMID {0,2}-", text) or (blank and re.match(r"OWN {0,2}-", text)):
            yield number
        blank = not text.strip()


def at_line_start(pattern: str) -> Counter:
    """A counter of the lines that begin with ``pattern``."""
    mark = re.compile(r"\ufeff?(?:" + pattern + ")")

    def count(lines: Iterable[str]) -> Iterator[int]:
        return (number for number, line in enumerate(lines, 1) if mark.match(line))

    return count
