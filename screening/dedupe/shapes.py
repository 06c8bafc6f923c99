"""What goes into matching and what comes out of it: records, links between them, groups and questions for a person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MatchRecord:
    """One record as matching sees it: text as imported, missing text ``""``, a missing year ``None``.

    ``id`` only names the record in links and groups; it never decides a match or an order (DD5). ``authors`` are
    "Family, Given" or whole names. ``types`` are canonical publication types. ``source`` names the database export the
    record came in, or is empty where that is not known (DD3). ``ids`` are further identifiers as (kind, value).
    """

    id: str
    title: str = ""
    title_translated: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    types: tuple[str, ...] = ()
    source: str = ""
    ids: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> tuple[object, ...]:
        """Everything the record says, without its id: the order of records that does not depend on the database (DD5)."""
        return (self.title, str(self.year or ""), self.doi, self.pmid, self.authors, self.journal, self.volume, self.issue,
                self.pages, self.title_translated, self.source, self.types, self.abstract, self.ids)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that may be one report: ``score`` in 0 to 1, why in words, and the rule that decided.

    ``automatic`` links may merge without a person; the others are questions. ``kind`` says what the two are to each
    other: "same", "erratum or reply", "conference abstract and article", "preprint and article", "thesis and article",
    "protocol and results", "updated version", "same series", "translation" or "late duplicate".
    """

    a: str
    b: str
    score: float
    reason: str
    rule: str
    automatic: bool
    kind: str = "same"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One question for a person: two or more records side by side, with the strongest link's score, reason and kind."""

    ids: tuple[str, ...]
    score: float
    reason: str
    kind: str = "same"


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of two or more records, the links that hold each together, and the questions that are left, best first."""

    groups: list[tuple[str, ...]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    queue: list[QueueEntry] = field(default_factory=list)
