"""XML cut into its records before it is parsed, so that one broken record costs one record and no document can grow.

Each record is parsed alone by defusedxml: a document type, and with it any entity, is refused there as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from screening.imports.parsed import ParseProblem
from screening.imports.parsers.cleaning import storable
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry, entry_of

_LONGEST_TAG = 4096
REPAIRED = "The XML of this record was not well formed: it was read after a repair of its signs."
_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[1245-9]|2\d|3[01]));", re.I
)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(?:(\w{1,30});)?")


@dataclass(frozen=True, slots=True)
class Cut:
    """One record as text; ``closed`` is false where its end tag never came."""

    line: int
    text: str
    closed: bool


def entries(pieces: Iterable[str], names: tuple[str, ...], describe: Callable[[Draft, Any], None]) -> Iterator[Entry]:
    """An entry for each element called one of ``names``; ``describe`` fills a draft from the parsed element."""
    for cut in cut_records(pieces, names):
        yield _entry(cut, describe)


def _entry(cut: Cut, describe: Callable[[Draft, Any], None]) -> Entry:
    if not cut.closed:
        reason = "The XML is not well formed: this record has no end, or the file is cut off in it."
        return ParseProblem(cut.line, reason, storable(cut.text[:100_000]))
    text = _ILLEGAL.sub("", cut.text)
    repaired = len(text) < len(cut.text)
    try:
        element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        repaired = True
        try:
            element = fromstring(_ENTITY.sub(_known_entity, text), forbid_dtd=True)
        except (ParseError, DefusedXmlException) as error:
            return ParseProblem(cut.line, f"The XML of this record is not well formed ({error}).", storable(cut.text))
    return entry_of(cut.line, cut.text, partial(_described, cut, element, describe, repaired=repaired))


def _described(cut: Cut, element: Any, describe: Callable[[Draft, Any], None], *, repaired: bool) -> Draft:
    draft = Draft(cut.line, cut.text, flags=[REPAIRED] if repaired else [])
    describe(draft, element)
    return draft


def _known_entity(found: re.Match[str]) -> str:
    """HTML's names (``&eacute;``) as their character, a lone ampersand as itself."""
    character = html.unescape(found[0])
    return html.escape(character)


def cut_records(pieces: Iterable[str], names: tuple[str, ...]) -> Iterator[Cut]:
    """The records of ``pieces`` in order, each as soon as it is complete; what stands between them is not looked at."""
    cutter = _Cutter(names)
    for piece in pieces:
        yield from cutter.take(piece)
    if cutter.start >= 0:
        yield cutter.cut(len(cutter.text), closed=False)


class _Cutter:
    """``text`` holds no more than the open record and the piece being looked at; ``line`` is that of ``start``."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._tag = re.compile(r"<(/?)(?:" + "|".join(names) + r")(?=[\s>/])")
        self.text = ""
        self.start = -1
        self._line = 1
        self._counted = 0
        self._at = 0

    def take(self, piece: str) -> Iterator[Cut]:
        self.text += piece
        while (found := self._tag.search(self.text, self._at)) is not None:
            tag_end = self.text.find(">", found.end())
            if tag_end < 0:
                break
            self._at = tag_end + 1
            if self.start >= 0:
                yield self.cut(self._at if found[1] else found.start(), closed=bool(found[1]))
            self.start = -1 if found[1] else found.start()
        self._forget()

    def cut(self, end: int, *, closed: bool) -> Cut:
        self._line += self.text.count("\n", self._counted, self.start)
        self._counted = self.start
        return Cut(self._line, self.text[self.start : end], closed)

    def _forget(self) -> None:
        """Keep the open record, or a tail in which a tag may have begun."""
        tail = self.text.rfind("<", max(self._at, len(self.text) - _LONGEST_TAG))
        self._at = tail if tail >= 0 else len(self.text)
        keep = self.start if self.start >= 0 else self._at
        self._line += self.text.count("\n", self._counted, keep)
        self._counted = 0
        self.text, self._at = self.text[keep:], self._at - keep
        self.start = 0 if self.start >= 0 else -1


def text_of(element: Any, *paths: str) -> str:
    """The text of the first element found that has any, markup inside it left out (``<i>``, ``<style>``)."""
    for path in paths:
        for found in element.iterfind(path):
            text = " ".join("".join(found.itertext()).split())
            if text:
                return text
    return ""


def texts_of(element: Any, *paths: str) -> list[str]:
    """The text of every element found that has any."""
    every = (" ".join("".join(found.itertext()).split()) for path in paths for found in element.iterfind(path))
    return [text for text in every if text]
