"""BibTeX: entries are cut at ``@type{`` or ``@type(``, fields by counting braces, with a second chance where the braces do not balance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from screening.imports.parsed import CUT_OFF
from screening.imports.parsers.citations import base_abstract, base_citation, fill
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry, entry_of
from screening.imports.parsers.inheritance import Parents, inherit, named
from screening.imports.parsers.latex import plain
from screening.imports.parsers.names import split_bibtex_names
from screening.imports.publication_types import is_type_word
from screening.records.identifiers import doi_in_note, doi_in_url, normalise_doi, normalise_pmcid

_ENTRY = re.compile(r"@\s?(?P<type>[A-Za-z]{2,40})\s*(?:\{|\((?=\s*[^\s,(){}]{1,100}\s*[,=]))")
_ENTRY_LINE = re.compile(r"^\ufeff*\s*" + _ENTRY.pattern)
_KEY = re.compile(r"\s*(?P<key>[^,={}\"\n]{0,300})\s*,")
_KEY_WITHOUT_COMMA = re.compile(r"\s*(?P<key>[^\s,={}\"]{1,300})(?=\s+[A-Za-z][\w:.+-]*\s*=\s*[{\"])")
_FIELD = re.compile(r"[\s,}]*(?P<name>[A-Za-z][\w:.+-]*)\s*=\s*")
_NEXT_FIELD = re.compile(r"\n[\s,]*[A-Za-z][\w:.+-]*\s*=\s*[{\"\d]|\n\s*\}\s*$")
_FIELD_LINE = re.compile(r"^[ \t,]*[A-Za-z][\w:.+-]*\s*=\s*[{\"]", re.MULTILINE)
_BRACES = re.compile(r"\\.|[{}\"]", re.DOTALL)
# EBSCO leaves quotation marks inside of a value as they are: one ends it only where the next field or the end follows.
_AFTER_QUOTES = re.compile(r"\s*(?:[})#]|$|,\s*(?:$|[})]|[A-Za-z][\w:.+-]*\s*=)|[A-Za-z][\w:.+-]*\s*=\s*[{\"\d])")
_BARE = re.compile(r"[^\s,{})\"#]+")
# What BibTeX, biblatex (xdata, set) and styles (control entries) write as an entry, though it is no reference.
_NO_RECORDS = frozenset({"comment", "preamble", "string", "xdata", "set", "control", "ieeetranbstctl"})
_SHOWS_BRACES = "sciencedirect.com/"  # ScienceDirect wrote "\\{EEG\\} rhythms" for years
UNBALANCED = "The braces of this entry do not balance: its fields were cut where the next one begins."


@dataclass(slots=True)
class _Chunk:
    """The text from one ``@type{`` to the next."""

    line: int
    type: str
    lines: list[str] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return "".join(self.lines)


def read(lines: Iterable[str], parents: Callable[[], Parents] = dict) -> Iterator[Entry]:
    """The entries of a BibTeX file but comments, preambles and strings; macros of ``@string`` are filled in.

    ``parents`` gives the fields of entries that others name in ``crossref`` (`parents_in`). A parent is a record too.
    """
    known = parents()
    for chunk, macros, is_last in _with_macros(lines):
        if chunk.type.casefold() not in _NO_RECORDS:
            yield entry_of(chunk.line, chunk.raw.rstrip(), partial(_draft, chunk, dict(macros), known, last=is_last))


def parents_in(text: Callable[[], Iterable[str]]) -> Parents:
    """The fields of the entries of a file that its others take fields from, by folded key; ``text`` opens it anew."""
    keys = named(text())
    if not keys:
        return {}
    found: dict[str, dict[str, list[str]]] = {}
    for chunk, macros, _ in _with_macros(text()):
        opening = _ENTRY.search(chunk.raw)
        key = _KEY.match(chunk.raw, opening.end()) if opening else None
        if key and key["key"].strip().casefold() in keys:
            found.setdefault(key["key"].strip().casefold(), _fields(chunk.raw, macros).values)
    return found


def _with_macros(lines: Iterable[str]) -> Iterator[tuple[_Chunk, dict[str, str], bool]]:
    """Each piece with the macros defined before it, and whether it is the last one."""
    macros: dict[str, str] = {}
    chunks = _chunks(lines)
    chunk = next(chunks, None)
    while chunk is not None:
        following = next(chunks, None)
        if chunk.type.casefold() == "string":
            defined = _fields(chunk.raw, macros, key=False).values
            macros.update({name: values[0] for name, values in defined.items()})
        yield chunk, macros, following is None
        chunk = following


def _chunks(lines: Iterable[str]) -> Iterator[_Chunk]:
    """An entry begins at the start of a line, or right after the brace that closed the one before."""
    chunk: _Chunk | None = None
    for number, line in enumerate(lines, 1):
        for piece in _pieces(line):
            found = _ENTRY_LINE.match(piece)
            if found:
                if chunk is not None:
                    yield chunk
                chunk = _Chunk(number, found["type"])
            if chunk is not None:
                chunk.lines.append(piece)
    if chunk is not None:
        yield chunk


def _pieces(line: str) -> list[str]:
    if "@" not in line:
        return [line]
    places = [found.start() + 1 for found in re.finditer(r"[})](?=\s*" + _ENTRY.pattern + ")", line)]
    return [line[start:end] for start, end in zip([0, *places], [*places, len(line)], strict=True)]


@dataclass(slots=True)
class _Scanned:
    """The fields of one entry by lower-case name, its key, whether it was closed and whether its braces balanced."""

    values: dict[str, list[str]] = field(default_factory=dict)
    key: str = ""
    closed: bool = False
    balanced: bool = True
    cautious: bool = False
    end: int = 0


def _fields(text: str, macros: dict[str, str], *, key: bool = True) -> _Scanned:
    """Walk an entry field by field; where its braces do not balance, once more, each value ending before the next field."""
    scanned = _walk(text, macros, _Scanned(), key=key)
    return scanned if scanned.closed else _walk(text, macros, _Scanned(cautious=True), key=key)


def _walk(text: str, macros: dict[str, str], scanned: _Scanned, *, key: bool) -> _Scanned:
    opening = _ENTRY.search(text)
    at = opening.end() if opening else 0
    found = (_KEY.match(text, at) or _KEY_WITHOUT_COMMA.match(text, at)) if key else None
    if found:
        scanned.key, at = found["key"].strip(), found.end()
    while match := _FIELD.match(text, at) or _after_rubble(text, at, scanned):
        value, at = _value(text, match.end(), macros, scanned)
        scanned.values.setdefault(match["name"].casefold(), []).append(value)
    closing = re.compile(r"[\s,]*[})]").match(text, at)
    scanned.closed = closing is not None or scanned.closed
    scanned.end = closing.end() if closing else at
    return scanned


def _after_rubble(text: str, at: int, scanned: _Scanned) -> re.Match[str] | None:
    """The next field that begins on a line of its own, where a brace too many closed the one before too early."""
    found = _FIELD_LINE.search(text, at)
    if found:
        scanned.balanced = False
        return _FIELD.match(text, found.start())
    return None


def _value(text: str, at: int, macros: dict[str, str], scanned: _Scanned) -> tuple[str, int]:
    """One value, its parts joined where ``#`` joins them, and the place behind it."""
    parts: list[str] = []
    while at < len(text):
        if text[at] in '{"':
            part, at = _delimited(text, at, scanned)
        else:
            bare = _BARE.match(text, at)
            if bare is None:
                break
            part, at = macros.get(bare[0].casefold(), bare[0]), bare.end()
        parts.append(part)
        joined = re.compile(r"\s*#\s*").match(text, at)
        if joined is None:
            break
        at = joined.end()
    return "".join(parts), at


def _delimited(text: str, at: int, scanned: _Scanned) -> tuple[str, int]:
    quote = text[at] == '"'
    depth = 0
    inner: re.Match[str] | None = None
    cut = _NEXT_FIELD.search(text, at + 1) if scanned.cautious else None
    for found in _BRACES.finditer(text, at + 1, cut.start() if cut else len(text)):
        sign = found[0]
        if sign == "{":
            depth += 1
        elif sign == '"' and quote and not depth and not _AFTER_QUOTES.match(text, found.end()):
            inner = inner or found
        elif (sign == '"' and quote and not depth) or (sign == "}" and not quote and not depth):
            return text[at + 1 : found.start()], found.end()
        elif sign == "}":
            depth -= 1
    if inner is not None:
        return text[at + 1 : inner.start()], inner.end()
    scanned.balanced = False
    end = cut.start() if cut else len(text)
    return text[at + 1 : end].rstrip(' ,}"\n'), end


class _Values:
    """The fields of an entry without LaTeX. ``shown_braces`` were escaped though they were meant to group."""

    def __init__(self, values: dict[str, list[str]], *, shown_braces: bool = False) -> None:
        self._values = values
        if shown_braces:
            self._values = {
                name: [text.replace("\\{", "{").replace("\\}", "}") for text in texts] for name, texts in values.items()
            }

    def first(self, *names: str) -> str:
        return next(iter(self.all(*names)), "")

    def all(self, *names: str) -> list[str]:
        return [text for name in names for raw in self._values.get(name, ()) if (text := " ".join(plain(raw).split()))]

    def raw(self, name: str) -> str:
        return next((text for text in self._values.get(name, ()) if text.strip()), "")


def _draft(chunk: _Chunk, macros: dict[str, str], parents: Parents, *, last: bool) -> Draft:
    raw = chunk.raw
    scanned = _fields(raw, macros)
    inherit(chunk.type.casefold(), scanned.values, parents)
    values = _Values(scanned.values, shown_braces=_SHOWS_BRACES in raw)
    draft = Draft(chunk.line, (raw[: scanned.end] if scanned.closed else raw).strip())
    if not scanned.balanced:
        draft.flags.append(CUT_OFF if last and not scanned.closed else UNBALANCED)
    elif not scanned.closed:
        draft.flags.append(CUT_OFF if last else UNBALANCED)
    _describe(draft, chunk.type, values)
    _identify(draft, values, scanned.key)
    return draft


def _describe(draft: Draft, kind: str, values: _Values) -> None:
    draft.title = _title(values)
    draft.title_translated = values.first("translatedtitle", "title-translated", "origtitle")
    draft.authors = split_bibtex_names(values.raw("author")) or split_bibtex_names(values.raw("editor"))
    draft.years = values.all("year", "date", "earlyaccessdate", "early-access-date", "issue_date")
    draft.years_early = values.all("earlyaccessdate", "early-access-date")
    draft.abstract = values.first("abstract")
    note = values.first("note")
    draft.journal = values.first("journal", "journaltitle", "booktitle", "series", "school", "institution")
    draft.volume, draft.issue = values.first("volume"), values.first("number", "issue")
    draft.pages = values.first("pages") or values.first("article-number", "art_number", "articleno", "eid")
    draft.abstract = draft.abstract or base_abstract(note)
    fill(draft, base_citation(note))
    words = values.all("keywords", "author_keywords", "keywords-plus", "keyword")
    draft.keywords = [
        word.strip() for text in words for word in re.split(r"[;；]" if ";" in text else r"[,;；、]", text)
    ]
    draft.raw_languages = values.all("language", "langid")
    said = [text for text in values.all("note", "howpublished") if is_type_word(text)]
    draft.raw_types = [kind, *values.all("document_type", "type", "entrysubtype"), *said]


def _title(values: _Values) -> str:
    """The title with its subtitle, which biblatex keeps apart."""
    title, subtitle = values.first("title"), values.first("subtitle")
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title}{'' if title[-1] in '.:?!' else ':'} {subtitle}"


def _identify(draft: Draft, values: _Values, key: str) -> None:
    urls = values.all("url", "bdsk-url-1", "link")
    draft.url = urls[0] if urls else ""
    draft.doi = next((doi for text in values.all("doi") if (doi := normalise_doi(text))), "")
    draft.doi = draft.doi or next((doi for text in urls if (doi := doi_in_url(text))), "")
    draft.doi = draft.doi or next((doi for text in values.all("note", "annote") if (doi := doi_in_note(text))), "")
    draft.pmid = values.first("pmid", "pubmed_id")
    unique = values.first("unique-id", "accession-number", "eid") or values.first("accessionnumber")
    draft.ids = {
        "accession": unique,
        "ut": unique if unique.upper().startswith(("WOS:", "ISI:")) else "",
        "record_id": key,
        "pmcid": normalise_pmcid(values.first("pmcid", "pmc")),
        "database": values.first("source", "database"),
    }
