"""What a reader of files hands over: parsed records and problems, both plain and frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """One hit as its file gives it, fields normalised, raw text beside them.

    ``line`` counts from 1 in the decoded text (in a table: the row, counted as a spreadsheet shows it). Missing text is
    ``""``, a missing year ``None``. ``authors`` are "Family, Given", or the whole name where a name cannot be split (Chinese names).
    ``languages`` are ISO 639-1 codes, ``types`` canonical values of imports.md 6.1; ``raw_languages`` and ``raw_types`` keep
    the words of the file. ``ids`` maps a kind of identifier ("accession", "eid", "ut", "pmcid", "record_id", ...) to its value.
    ``flags`` are sentences for the import report.
    """

    line: int
    title: str = ""
    title_translated: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    year_early: int | None = None
    raw_year: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    language_inferred: bool = False
    raw_languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    raw_types: tuple[str, ...] = ()
    url: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseProblem:
    """A marker that could not be made into a record: listed with its line, the reason as a sentence, and the raw text."""

    line: int
    reason: str
    raw: str


class Refusal(Exception):
    """A file that is not read at all: ``sentence`` says what it is and what to do, ``code`` names the cause.

    ``previews`` maps an encoding to the first lines decoded with it, where a person has to choose one.
    """

    def __init__(self, code: str, sentence: str, *, previews: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.previews = previews or {}


class UnknownColumns(Refusal):
    """A table whose heading row nobody knows: a person says which column holds what.

    ``columns`` are the headings as written, ``sample`` the first rows below them.
    """

    def __init__(self, sentence: str, *, columns: tuple[str, ...], sample: tuple[tuple[str, ...], ...]) -> None:
        super().__init__("unknown_columns", sentence)
        self.columns = columns
        self.sample = sample


@dataclass(frozen=True, slots=True)
class Reading:
    """One file (or one member of a zip) as it is being read.

    ``markers`` counts the record markers by code that shares nothing with the reader (IM1); ``entries`` streams what the
    reader makes of them, in file order. ``format`` is one of the names of imports.md 4, ``encoding`` as Python spells it.
    """

    name: str
    format: str
    encoding: str
    markers: int
    entries: Iterator[ParsedRecord | ParseProblem]
    warnings: tuple[str, ...] = ()
