"""Records side by side: per field equal, differing or missing, with the changed characters marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import combinations, groupby

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from screening.dedupe import journals, locators, names
from screening.dedupe.normalise import compact, fold

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+|\s+|.", re.DOTALL)
LONGEST = 4000  # tokens; two longer texts are marked as a whole
ALIKE_ENOUGH = 50  # per cent: below that a changed run of words is marked as a whole, not letter by letter
_COUNT = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a card compares of one record; missing text is ``""``, a missing year ``None``."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""


class Same(IntEnum):
    """How far two given values are one; the greater, the less."""

    EQUAL = 0
    ALIKE = 1
    DIFFERS = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters, changed against the other records or not."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One field of all records: ``state`` is equal, differs or lacks, ``word`` says it; a cell is empty where it is missing."""

    name: str
    label: str
    state: str
    word: str
    cells: tuple[tuple[Piece, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The plain text of each cell."""
        return tuple("".join(piece.text for piece in cell) for cell in self.cells)

    @property
    def is_one_text(self) -> bool:
        """True where every record says the same, to the letter."""
        return len(set(self.texts)) == 1


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    label: str
    shown: Callable[[Fields], str]
    compared: Callable[[Fields, Fields], Same]
    alike: str = "Equal but for case and marks"


def _letters(a: str, b: str) -> Same:
    if a.split() == b.split():
        return Same.EQUAL
    return Same.ALIKE if compact(fold(a)) == compact(fold(b)) else Same.DIFFERS


def _authors(a: Fields, b: Fields) -> Same:
    if a.authors == b.authors:
        return Same.EQUAL
    one, other = names.authors(a.authors), names.authors(b.authors)
    return Same.ALIKE if one.families == other.families and one.families else Same.DIFFERS


def _journal(a: Fields, b: Fields) -> Same:
    same = _letters(a.journal, b.journal)
    if same is not Same.DIFFERS:
        return same
    alike = journals.similarity(journals.journal(a.journal), journals.journal(b.journal))
    return Same.ALIKE if alike is not None and alike >= 0.99 else Same.DIFFERS


def _place(a: Fields, b: Fields) -> Same:
    """Volume, issue and pages where both give them; what only one gives is missing, not different."""
    parts = (
        (a.volume, b.volume, locators.volume(a.volume) == locators.volume(b.volume) != ""),
        (a.issue, b.issue, bool(locators.issue(a.issue)) and locators.issue(a.issue) == locators.issue(b.issue)),
        (a.pages, b.pages, bool(locators.pages(a.pages).start) and locators.pages(a.pages) == locators.pages(b.pages)),
    )
    found = [
        Same.EQUAL if one == other else Same.ALIKE if read_alike else Same.DIFFERS
        for one, other, read_alike in parts
        if one and other
    ]
    return max(found, default=Same.EQUAL)


def _place_text(fields: Fields) -> str:
    head = fields.volume + (f"({fields.issue})" if fields.issue else "")
    return f"{head}: {fields.pages}" if head and fields.pages else head or fields.pages


def _year(fields: Fields) -> str:
    return "" if fields.year is None else str(fields.year)


_FIELDS = (
    _Field("title", "Title", lambda one: one.title, lambda a, b: _letters(a.title, b.title)),
    _Field("authors", "Authors", lambda one: "; ".join(one.authors), _authors, "Same family names"),
    _Field("year", "Year", _year, lambda a, b: _letters(_year(a), _year(b))),
    _Field("journal", "Journal", lambda one: one.journal, _journal, "Equal, written otherwise"),
    _Field("place", "Volume (issue): pages", _place_text, _place, "Equal, written otherwise"),
    _Field("doi", "DOI", lambda one: one.doi, lambda a, b: _letters(a.doi, b.doi)),
    _Field("pmid", "PMID", lambda one: one.pmid, lambda a, b: _letters(a.pmid, b.pmid)),
    _Field("abstract", "Abstract", lambda one: one.abstract, lambda a, b: _letters(a.abstract, b.abstract)),
)


def compare(records: Sequence[Fields]) -> list[Row]:
    """One row per field for two or more records."""
    return [_row(field, records) for field in _FIELDS]


def _row(field: _Field, records: Sequence[Fields]) -> Row:
    texts = [field.shown(record) for record in records]
    given = [record for record in records if field.shown(record)]
    worst = max((field.compared(a, b) for a, b in combinations(given, 2)), default=Same.EQUAL)
    missing = _lacking(records) if field.name == "place" else texts.count("")
    state, word = _state(field, worst, missing, len(records))
    return Row(field.name, field.label, state, word, tuple(marked(texts)))


def _lacking(records: Sequence[Fields]) -> int:
    """How many records give no volume, issue or pages although another does, or nothing at all."""
    parts = [(record.volume, record.issue, record.pages) for record in records]
    wanted = [any(values) for values in zip(*parts, strict=True)]
    if not any(wanted):
        return len(records)
    return sum(any(want and not one for want, one in zip(wanted, part, strict=True)) for part in parts)


def _state(field: _Field, worst: Same, missing: int, n: int) -> tuple[str, str]:
    lacks = f"missing in {'all' if missing == n else _COUNT[missing] if missing < len(_COUNT) else missing}"
    if worst is Same.DIFFERS:
        return "differs", f"Differs, {lacks}" if missing else "Differs"
    if missing:
        return "lacks", lacks.capitalize()
    return "equal", field.alike if worst is Same.ALIKE else "Equal"


def no_field_differs(rows: Sequence[Row]) -> bool:
    """True for a card that may be accepted with others at once: nothing differs, and a title is borne out by another field."""
    by_name = {row.name: row for row in rows}
    borne_out = [by_name[name].state == "equal" for name in ("authors", "doi", "pmid", "place")]
    return all(row.state != "differs" for row in rows) and by_name["title"].state == "equal" and any(borne_out)


def marked(texts: Sequence[str]) -> list[tuple[Piece, ...]]:
    """Each text in pieces: what differs from the first given text is changed, and in that one what differs from any other."""
    first = next((n for n, text in enumerate(texts) if text), 0)
    masks = [[False] * len(text) for text in texts]
    for n, text in enumerate(texts):
        if n != first and text and text != texts[first]:
            left, masks[n] = changes(texts[first], text)
            masks[first] = [one or other for one, other in zip(masks[first], left, strict=True)]
    return [_pieces(text, mask) for text, mask in zip(texts, masks, strict=True)]


def _pieces(text: str, mask: Sequence[bool]) -> tuple[Piece, ...]:
    runs = groupby(zip(text, mask, strict=True), key=lambda pair: pair[1])
    return tuple(Piece("".join(letter for letter, _ in run), changed) for changed, run in runs)


def changes(a: str, b: str) -> tuple[list[bool], list[bool]]:
    """For each character of ``a`` and of ``b`` whether it is changed; what is not changed reads the same in both."""
    left, right = _TOKEN.findall(a), _TOKEN.findall(b)
    mask_a, mask_b = [False] * len(a), [False] * len(b)
    if max(len(left), len(right)) > LONGEST:
        return [True] * len(a), [True] * len(b)
    starts_a, starts_b = _starts(left), _starts(right)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            _mark(a, b, (starts_a[i1], starts_a[i2], starts_b[j1], starts_b[j2]), mask_a, mask_b)
    return mask_a, mask_b


def _starts(tokens: Sequence[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def _mark(a: str, b: str, run: tuple[int, int, int, int], mask_a: list[bool], mask_b: list[bool]) -> None:
    """Mark a changed run letter by letter where the two are alike, else as a whole."""
    a1, a2, b1, b2 = run
    spans = [(0, a2 - a1, 0, b2 - b1)]
    if fuzz.ratio(a[a1:a2], b[b1:b2]) >= ALIKE_ENOUGH:
        steps = Levenshtein.opcodes(a[a1:a2], b[b1:b2])
        spans = [(s.src_start, s.src_end, s.dest_start, s.dest_end) for s in steps if s.tag != "equal"]
    for i1, i2, j1, j2 in spans:
        mask_a[a1 + i1 : a1 + i2] = [True] * (i2 - i1)
        mask_b[b1 + j1 : b1 + j2] = [True] * (j2 - j1)
