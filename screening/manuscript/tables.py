"""A table for print, and a reference as one line of text. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screening.exports.exported import ExportRecord


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is that of its file; every row has as many cells as there are headings; ``note`` stands below it."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError(f"a row of {self.name} has not {len(self.headings)} cells")


def citation(record: ExportRecord) -> str:
    """Authors. Title. Journal Year;Volume(Issue):Pages. DOI; whatever is missing is left out."""
    title = record.title or record.title_translated
    if record.title and record.title_translated:
        title = f"{record.title} [{record.title_translated}]"
    numbered = record.volume + (f"({record.issue})" if record.issue else "")
    within = ":".join(part for part in (numbered, record.pages) if part)
    where = " ".join(
        part for part in (record.journal, ";".join(part for part in (record.year_written, within) if part)) if part
    )
    doi = f"https://doi.org/{record.doi}" if record.doi else ""
    parts = ["; ".join(record.authors), title, where, doi]
    return " ".join(part if part == doi else _ended(part) for part in parts if part)


def _ended(part: str) -> str:
    """The part with a full stop, unless it ends in a sign of its own."""
    return part if part.endswith((".", "?", "!", "。")) else f"{part}."
