"""A record as an export writes it, and what each format calls the kind of document that it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screening.imports.parsed import ParsedRecord
from screening.imports.publication_types import canonical_types

JOURNAL, GENERIC = "journal_article", "unknown"
# The kinds of document that reference managers tell apart, by the canonical type that decides; the first that is there.
_KINDS = (
    "thesis",
    "patent",
    "standard",
    "dataset",
    "chapter",
    "book",
    "conference_paper",
    "report",
    "news",
    "preprint",
)
SEPARATOR = "; "
# What formats write for whatever stands in a journal, and for whatever they do not know.
_SAYS_NOTHING = frozenset({"jour", "article-journal", "journalarticle", "gen", "generic", "misc", "document"})


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """One record to be written; fields and shapes as `imports.parsed.ParsedRecord`, all text on one line.

    ``number`` is the record's number in the review. ``extras`` are (heading, text) that only we know, for the columns of a
    table; ``remark`` is what of it goes into a note where a format has no columns.
    """

    number: int
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
    ids: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[tuple[str, str], ...] = ()
    remark: str = ""

    @property
    def year_written(self) -> str:
        """The year, or the words that stand where nobody could read one."""
        return self.raw_year if self.year is None else str(self.year)

    @property
    def kind(self) -> str:
        """The canonical type by which a reference manager files it: a journal article wherever it stands in a journal."""
        if JOURNAL in self.types:
            return JOURNAL
        found = next((kind for kind in _KINDS if kind in self.types), "")
        return found or (JOURNAL if self.journal else GENERIC)


def exported(record: ParsedRecord, number: int) -> ExportRecord:
    """A parsed record as it is written."""
    names = set(ExportRecord.__dataclass_fields__) & set(ParsedRecord.__dataclass_fields__)
    return ExportRecord(number=number, **{name: getattr(record, name) for name in names})


def type_words(record: ExportRecord, container: str = "") -> tuple[str, ...]:
    """The words of the file for its types, beside the ``container`` that a format writes anyway.

    Words that only name a container are left out. Our own words stand where those of the file, joined, would be read
    otherwise.
    """
    said = beside(record.raw_types, container)
    first = [container] if container else []
    if canonical_types([*first, SEPARATOR.join(said)]) == canonical_types([*first, *record.raw_types]):
        return said
    return tuple(kind.replace("_", " ") for kind in record.types)


def type_lines(record: ExportRecord, container: str) -> tuple[str, ...]:
    """The words for the types beside ``container``, for a format that has a field for each."""
    said = beside(record.raw_types, container)
    if canonical_types([container, *said]) == canonical_types([container, *record.raw_types]):
        return said
    return tuple(word for word in record.raw_types if word != container)


def beside(words: tuple[str, ...], container: str) -> tuple[str, ...]:
    """The words without ``container`` and, where there is one, without other formats' names for a journal or anything."""
    if not container:
        return words
    return tuple(word for word in words if word != container and word.casefold() not in _SAYS_NOTHING)


def language_words(record: ExportRecord) -> tuple[str, ...]:
    """The words of the file for its languages, else their codes; nothing for a language that was only guessed."""
    if record.raw_languages or record.language_inferred:
        return record.raw_languages
    return record.languages


def listed(words: tuple[str, ...]) -> str:
    """Several words in one field, separated by semicolons."""
    return SEPARATOR.join(words)


def kept_apart(words: tuple[str, ...]) -> str:
    """The same; a single word that holds commas ends with a semicolon, so that nobody takes it for several."""
    return f"{words[0]};" if len(words) == 1 and any(sign in words[0] for sign in ",，、") else listed(words)
