"""CSL-JSON (Zotero, citeproc) and other JSON of references: the items are cut out one by one, wherever they lie."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from screening.imports.parsed import ParseProblem
from screening.imports.parsers.cleaning import storable
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry, entry_of
from screening.imports.parsers.json_fields import describe
from screening.imports.parsers.json_places import Place

_TELLING = ("title", "display_name", "author", "authors", "creators", "DOI", "doi", "abstract")
_SIGNS = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Item:
    line: int
    text: str
    closed: bool


def read(pieces: Iterable[str], place: Place) -> Iterator[Entry]:
    """The items of a JSON file, one entry each."""
    for item in _items(pieces, place):
        yield _entry(item)


def _entry(item: _Item) -> Entry:
    if not item.closed:
        return ParseProblem(item.line, "The file is cut off in this item.", storable(item.text))
    try:
        data = json.loads(item.text, strict=False)
    except (ValueError, RecursionError):
        return ParseProblem(item.line, "This item is not valid JSON.", storable(item.text))
    if not any(data.get(name) for name in _TELLING):
        return ParseProblem(
            item.line, "This item has no title, author or DOI: it is no reference.", storable(item.text)
        )
    return entry_of(item.line, item.text, partial(_draft, item, data))


def _items(pieces: Iterable[str], place: Place) -> Iterator[_Item]:
    """Each object that opens at ``place``, as soon as it is closed."""
    scanner = _Scanner(place)
    for piece in pieces:
        yield from scanner.take(piece)
    if scanner.start >= 0:
        yield scanner.item(len(scanner.text), closed=False)


class _Scanner:
    """Brackets counted outside of texts; ``text`` holds no more than the open item and the piece being looked at."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.text = ""
        self.start = -1
        self._line = 1
        self._counted = 0
        self._stack: list[str] = []
        self._at = 0
        self._quoted = False

    def take(self, piece: str) -> Iterator[_Item]:
        self.text += piece
        while (found := _SIGNS.search(self.text, self._at)) is not None:
            sign, self._at = found[0], found.end()
            if sign.startswith("\\"):
                continue
            if sign == '"':
                self._quoted = not self._quoted
            elif not self._quoted and sign in "{[":
                self._open(sign, found.start())
            elif not self._quoted and self._closes(sign):
                yield self.item(self._at, closed=True)
                self.start = -1
        self._forget()

    def item(self, end: int, *, closed: bool) -> _Item:
        self._line += self.text.count("\n", self._counted, self.start)
        self._counted = self.start
        return _Item(self._line, self.text[self.start : end], closed)

    def _open(self, sign: str, place: int) -> None:
        listed = not self.place.listed or self._stack[-1:] == ["["]
        if sign == "{" and len(self._stack) == self.place.depth and listed and self.start < 0:
            self.start = place
        self._stack.append(sign)

    def _closes(self, sign: str) -> bool:
        del self._stack[-1:]
        return sign == "}" and len(self._stack) == self.place.depth and self.start >= 0

    def _forget(self) -> None:
        """Keep the open item, and a backslash whose second half is in the next piece."""
        backslashes = len(self.text) - len(self.text.rstrip("\\"))
        self._at = len(self.text) - backslashes % 2
        keep = self.start if self.start >= 0 else self._at
        self._line += self.text.count("\n", self._counted, keep)
        self._counted = 0
        self.text, self._at = self.text[keep:], self._at - keep
        self.start = 0 if self.start >= 0 else -1


def _draft(item: _Item, data: dict[str, Any]) -> Draft:
    draft = Draft(item.line, item.text)
    describe(draft, data)
    return draft
