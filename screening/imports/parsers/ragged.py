"""Rows that have more or fewer cells than the table has headings, put back in place by cells that betray where they belong.

Some exports print a cell too many in nearly every row (a second funding text under one heading). Taken as they stand,
the language would be read as the PubMed id and the type as the language. A row is shifted back only as far as its
anchors prove it; a field that two equally good shifts would fill differently stays empty (IM5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from screening.imports.languages import language_codes
from screening.imports.publication_types import is_type_word

_YEAR = re.compile(r"^(?:1[5-9]|20)\d\d$")
_ISSN = re.compile(r"^[\dX-]{8,9}(?:[;,] ?[\dX-]{8,9})*$", re.IGNORECASE)
_MOST_SHIFT = 8
_LONG_TEXT = 150
_LETTERS_A_SEMICOLON = 80  # a long cell with more of them is a list of keywords or addresses

_ANCHORS: dict[str, Callable[[str], bool]] = {
    "eid": lambda text: text.startswith("2-s2.0-"),
    "doi": lambda text: "10." in text and "/" in text and " " not in text.strip(),
    "language": lambda text: bool(language_codes([text])),
    "type": is_type_word,
    "year": lambda text: _YEAR.match(text) is not None,
    "pmid": lambda text: text.isdigit() and len(text) <= 8,
    "url": lambda text: text.startswith(("http://", "https://")),
    "ut": lambda text: text.startswith(("WOS:", "ISI:")),
    "issn": lambda text: _ISSN.match(text) is not None,
    "abstract": lambda text: len(text) >= _LONG_TEXT and text.count(";") * _LETTERS_A_SEMICOLON < len(text),
}


def realign(cells: Sequence[str], width: int, columns: Mapping[str, Sequence[int]]) -> tuple[list[str], bool]:
    """``cells`` as ``width`` cells, doubtful ones empty, and whether every anchor that has a value fits.

    ``columns`` says which column holds which field. The best shifts are those under which most anchors hold.
    """
    surplus = len(cells) - width
    if abs(surplus) > _MOST_SHIFT:
        return [""] * width, False
    anchors = [(index, _ANCHORS[field]) for field, found in columns.items() if field in _ANCHORS for index in found]
    candidates = [_shifted(cells, surplus, place) for place in range(min(len(cells), width) + 1)]
    scores = [_score(candidate, anchors) for candidate in candidates]
    best = max(scores)
    places = [place for place, score in enumerate(scores) if score == best]
    # A shift that drops nothing but empty cells loses nothing, so it is believed before one that drops text.
    harmless = [place for place in places if not "".join(cells[place : place + max(surplus, 0)]).strip()]
    agreeing = [candidates[place] for place in harmless or places]
    certain = [values[0] if len(set(values)) == 1 else "" for values in zip(*agreeing, strict=True)]
    return certain, best[0] > 0 and best[1] == 0


def _shifted(cells: Sequence[str], surplus: int, place: int) -> list[str]:
    """The row without the ``surplus`` cells at ``place``, or with empty cells put in there."""
    if surplus > 0:
        return [*cells[:place], *cells[place + surplus :]]
    return [*cells[:place], *([""] * -surplus), *cells[place:]]


def _score(cells: Sequence[str], anchors: Sequence[tuple[int, Callable[[str], bool]]]) -> tuple[int, int]:
    """(anchors that hold, minus the cells that contradict theirs): more of the first, then fewer of the second."""
    filled = [(cells[index].strip(), holds) for index, holds in anchors]
    right = sum(1 for text, holds in filled if text and holds(text))
    wrong = sum(1 for text, holds in filled if text and not holds(text))
    return right, -wrong
