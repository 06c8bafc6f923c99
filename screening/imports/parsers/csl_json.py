"""CSL-JSON (Zotero, citeproc): an array of items, objects one after the other, or items under one key."""

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
from screening.imports.parsers.names import split_names
from screening.records.identifiers import doi_in_url, normalise_doi, normalise_pmcid, normalise_pmid

_TELLING = ("title", "author", "authors", "DOI", "doi", "abstract")
_SIGNS = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Item:
    line: int
    text: str
    closed: bool


def item_depth(head: str) -> int:
    """How deep the items lie: 1 in an array, 2 in an array under a key, 0 for objects that follow each other."""
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        return 1
    return 2 if re.match(r"\{\s*\"(?:items|references|records|data)\"\s*:\s*\[", start) else 0


def read(pieces: Iterable[str], depth: int) -> Iterator[Entry]:
    """The items of a CSL-JSON file, one entry each."""
    for item in _items(pieces, depth):
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


def _items(pieces: Iterable[str], depth: int) -> Iterator[_Item]:
    """Each object that opens at ``depth``, as soon as it is closed."""
    scanner = _Scanner(depth)
    for piece in pieces:
        yield from scanner.take(piece)
    if scanner.start >= 0:
        yield scanner.item(len(scanner.text), closed=False)


class _Scanner:
    """Brackets counted outside of texts; ``text`` holds no more than the open item and the piece being looked at."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.text = ""
        self.start = -1
        self._line = 1
        self._counted = 0
        self._level = 0
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
        if sign == "{" and self._level == self.depth and self.start < 0:
            self.start = place
        self._level += 1

    def _closes(self, sign: str) -> bool:
        self._level = max(0, self._level - 1)
        return sign == "}" and self._level == self.depth and self.start >= 0

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
    draft.title = _text(data, "title")
    draft.title_translated = _text(data, "original-title")
    draft.authors = _people(data.get("author", data.get("authors"))) or _people(data.get("editor"))
    draft.years = [
        _date(data.get(name)) for name in ("issued", "published-print", "published", "original-date", "year")
    ]
    draft.years_early = [_date(data.get("published-online")) or _date(data.get("available-date"))]
    draft.abstract = _text(data, "abstract")
    draft.journal = (
        _text(data, "container-title") or _text(data, "journal") or _text(data, "event-title") or _text(data, "event")
    )
    draft.volume, draft.issue = _text(data, "volume"), _text(data, "issue")
    draft.pages = _text(data, "page") or _text(data, "pages") or _text(data, "article-number")
    words = data.get("keyword", data.get("keywords", ""))
    separator = r"\s*;\s*" if ";" in str(words) else r"\s*,\s*"
    draft.keywords = [str(word) for word in words] if isinstance(words, list) else re.split(separator, str(words))
    draft.raw_languages = [_text(data, "language")]
    draft.raw_types = [_text(data, "type"), _text(data, "genre")]
    draft.url = _text(data, "URL")
    note = _text(data, "note")
    draft.doi = normalise_doi(_text(data, "DOI")) or doi_in_url(draft.url)
    draft.pmid = normalise_pmid(_text(data, "PMID")) or (normalise_pmid(note) if "PMID" in note else "")
    pmcid = normalise_pmcid(_text(data, "PMCID")) or normalise_pmcid(note)
    draft.ids = {
        "record_id": _text(data, "id"),
        "pmcid": pmcid,
        "database": _text(data, "source"),
        "accession": _text(data, "accession") or _text(_custom(data), "accession"),
        "ut": _text(_custom(data), "ut"),
        "eid": _text(_custom(data), "eid"),
    }
    return draft


def _custom(data: dict[str, Any]) -> dict[str, Any]:
    """What CSL 1.0.2 keeps for fields of one's own."""
    custom = data.get("custom")
    return custom if isinstance(custom, dict) else {}


def _text(data: dict[str, Any], name: str) -> str:
    """A value as text; Crossref wraps titles into lists."""
    value = data.get(name, data.get(name.casefold(), ""))
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value)


def _people(people: Any) -> list[str]:
    if not isinstance(people, list):
        return split_names(people) if isinstance(people, str) else []
    found: list[str] = []
    for person in people:
        if not isinstance(person, dict):
            found.append(str(person))
            continue
        family = " ".join(filter(None, (_text(person, "non-dropping-particle"), _text(person, "family"))))
        given = _text(person, "given")
        found.append(
            f"{family}, {given}"
            if family and given
            else family or given or _text(person, "literal") or _text(person, "name")
        )
    return found


def _date(value: Any) -> str:
    """CSL's ``{"date-parts": [[2020, 5]]}``, ``{"raw": ...}`` or a plain text."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(first, list) and first:
            return str(first[0])
        return str(value.get("raw") or value.get("literal") or "")
    return str(value) if isinstance(value, (str, int)) else ""
