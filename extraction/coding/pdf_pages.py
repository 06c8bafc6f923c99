"""Pages of a PDF as a text to code: lines of a column joined to sentences, and where each page begins. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from extraction.coding.passages import normalised

SHORT = 0.6  # of the usual length: a heading, a row of a table, or the end of a paragraph
_SOFT = re.compile("[\u00ad\u0002\ufffe]\\s*")  # a word divided by the typesetter
_WIDE = re.compile("[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")  # written without blanks between words


def joined(page: str) -> str:
    """The text of a page with the lines of a paragraph joined; a short line ends where it ends, a hyphen stays."""
    lines = [" ".join(line.split()) for line in _SOFT.sub("", page).splitlines()]
    usual = median([len(line) for line in lines if line] or [0])
    whole = lines[0] if lines else ""
    for line, following in pairwise(lines):
        whole += _between(line, following, usual) + following
    return re.sub(r"\n{3,}", "\n\n", normalised(whole))


def _between(line: str, following: str, usual: float) -> str:
    if line.endswith("-") and following[:1].islower():
        return ""
    if not line or not following or len(line) < SHORT * usual:
        return "\n"
    return "" if _WIDE.match(line[-1]) and _WIDE.match(following) else " "


def put_together(pages: Sequence[str]) -> tuple[str, list[int]]:
    """One text of several pages as it is stored, and the code points at which the second and each further page begin."""
    texts = [joined(page) for page in pages]
    whole = "\n".join(texts)
    left_out = len(whole) - len(whole.lstrip())
    starts, at = [], 0
    for text in texts[:-1]:
        at += len(text) + 1
        starts.append(max(0, at - left_out))
    return normalised(whole), starts
