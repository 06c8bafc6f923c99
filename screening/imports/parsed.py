"""What a reader of files hands over: parsed records and problems, both plain and frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

NO_TITLE = "No title in the file."
NO_ABSTRACT = "No abstract."
NO_END = "No end tag: the next record began before this one was closed."
CUT_OFF = "Cut off: the file ends in the middle of this record."
NO_START = "No start tag: the record was recognised by its title or authors."
RAGGED = "The row has more or fewer cells than the headings: its cells were put back in place by what they hold."
RAGGED_UNSURE = "The row has more or fewer cells than the headings: fields that could not be placed were left empty."
REPLACED = "Some characters of the file are damaged and show as \ufffd."
TWICE_DECODED = "The text looks like UTF-8 that was decoded twice (“Ã©” for “é”): export it again if you can."

_DAMAGE = frozenset({NO_END, CUT_OFF, NO_START, RAGGED, RAGGED_UNSURE, REPLACED, TWICE_DECODED})


def is_damage(flag: str) -> bool:
    """Whether a flag of a record tells of a damaged file, for which a person ticks a box before anything is stored."""
    return flag in _DAMAGE


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """One hit as its file gives it, fields normalised, raw text beside them.

    ``line`` counts from 1 in the decoded text (in a table: the row, counted as a spreadsheet shows it). Missing text is
    ``""``, a missing year ``None``. ``authors`` are "Family, Given", or the whole name where it cannot be split (Chinese
    names). ``languages`` are ISO 639-1 codes, ``types`` canonical values of `publication_types`; ``raw_languages`` and
    ``raw_types`` keep the words of the file. ``ids`` maps a kind of identifier ("accession", "eid", "ut", "pmcid",
    "record_id", ...) to its value. ``flags`` are sentences for the import report; `is_damage` tells the grave ones.
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
    """A marker that could not be made into a record: its line, the reason as a sentence, and the raw text."""

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

    @property
    def typed(self) -> str:
        """The sentence for whoever types commands, where no previews are shown."""
        return typed(self.sentence, self.previews)


def typed(sentence: str, previews: Iterable[str]) -> str:
    """The sentence of a refusal with the encodings to choose from, likeliest first, as the command line takes them."""
    names = ", ".join(previews)
    cause = sentence.partition(":")[0]
    return f"{cause}: export it again as UTF-8, or give one of {names} with --encoding." if names else sentence


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

    ``markers`` counts the record markers by code that shares nothing with the reader (IM1); ``entries`` streams what
    the reader makes of them, in file order, as many as markers. ``format`` is a name of `sniff.FORMATS`, ``encoding``
    as Python spells it. ``warnings`` are sentences about the file as a whole. ``columns`` says, for a table, what each
    heading was taken for (``""``: kept in the raw text only), so that a person may map it otherwise. ``left_out``, on the
    first reading of a zip, says in a sentence each which of its files hold no references.
    """

    name: str
    format: str
    encoding: str
    markers: int
    entries: Iterator[ParsedRecord | ParseProblem]
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
