"""A table of records as CSV: UTF-8 with its mark, so that a spreadsheet shows every script; no cell that it would run (P29)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from screening.audit.spreadsheet import spreadsheet_safe
from screening.exports.exported import ExportRecord, kept_apart, language_words, listed, type_words
from screening.imports.parsers.names import split_names

MARK = "\ufeff"
HEADINGS = (
    "Record in review", "Title", "Translated title", "Authors", "Year", "Early access date", "Journal", "Volume", "Issue", "Pages",
    "DOI", "PMID", "PMCID", "Abstract", "Keywords", "Language", "Publication type", "URL", "Accession number", "EID", "UT",
    "Record id", "Database",
)  # fmt: skip


def write(records: Iterable[ExportRecord], extra_headings: tuple[str, ...] = ()) -> Iterator[str]:
    """The text of the file, a piece a row; ``extra_headings`` are those of the records' extras, in their order."""
    writer = csv.writer(Echo())
    lines = (writer.writerow(cells) for cells in rows(records, extra_headings))
    yield MARK + next(lines)
    yield from lines


def rows(records: Iterable[ExportRecord], extra_headings: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """The headings, then the cells of each record, none of which a spreadsheet would run."""
    yield [*HEADINGS, *extra_headings]
    for record in records:
        extras = dict(record.extras)
        cells = [*_cells(record), *(extras.get(heading, "") for heading in extra_headings)]
        yield [spreadsheet_safe(cell) for cell in cells]


def _cells(record: ExportRecord) -> list[str]:
    ids = record.ids
    return [
        str(record.number), record.title, record.title_translated, authors_cell(record.authors), record.year_written,
        str(record.year_early or ""), record.journal, record.volume, record.issue, record.pages, record.doi, record.pmid,
        ids.get("pmcid", ""), record.abstract, keywords_cell(record.keywords), listed(language_words(record)),
        listed(type_words(record)), record.url, ids.get("accession", ""), ids.get("eid", ""), ids.get("ut", ""),
        ids.get("record_id", ""), ids.get("database", ""),
    ]  # fmt: skip


def authors_cell(authors: tuple[str, ...]) -> str:
    """All authors in one cell; a single name that would be taken for several ends with a semicolon."""
    cell = listed(authors)
    return cell if tuple(split_names(cell)) == authors else f"{cell};"


def keywords_cell(keywords: tuple[str, ...]) -> str:
    """All keywords in one cell; one that looks like the list of a script ends with a semicolon, which says that it is none."""
    cell = kept_apart(keywords)
    return f"{cell};" if cell.startswith("['") and cell.endswith("']") else cell


class Echo:
    """A file that hands back what is written: the csv module writes, the response streams."""

    def write(self, text: str) -> str:
        """Return ``text``."""
        return text
