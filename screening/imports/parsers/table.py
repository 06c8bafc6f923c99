"""Tables of references: the heading row is found, its columns named, and each row below it becomes a record (IM5)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.imports.parsed import RAGGED, RAGGED_UNSURE, ParsedRecord, ParseProblem, UnknownColumns
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.headings import columns_of, heading_key, is_heading_row
from screening.imports.parsers.names import split_names
from screening.imports.parsers.ragged import realign
from screening.imports.parsers.rows import HEADING_WITHIN, Rows, is_empty
from screening.records.identifiers import doi_in_note, doi_in_url, normalise_doi, normalise_pmcid, pmid_in_text

_SAMPLE_ROWS = 5
_IDS_IN_NAMES = re.compile(r"\s*\(\d{6,}\)")
_EMBASE_SOURCE = re.compile(
    r"^(?P<journal>.+?) \((?P<year>\d{4})\)(?: (?P<volume>[^:\s(]+))?(?::(?P<issue>\S+))?(?: \((?P<pages>[^)]+)\))?"
)
_PUBMED_CITATION = re.compile(
    r"^(?P<journal>[^.]+)\. (?P<year>\d{4})[^;:.]{0,20};"
    r"(?P<volume>[^(:;.]{1,20})?(?:\((?P<issue>[^)]{1,20})\))?(?::(?P<pages>[^.;]{1,30}))?"
)
_GUARDED = re.compile(r"^'('*[=+@\t\r-])")  # an export keeps a spreadsheet from running a cell (P29): our own does too
_EXCEL_NUMBER = re.compile(r"^(\d+)\.0$")


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row: its number, the headings as written, and which columns hold which field."""

    row: int
    cells: tuple[str, ...]
    columns: Mapping[str, Sequence[int]]

    def uses(self) -> dict[str, str]:
        """What each heading was taken for, ``""`` for a column that is kept raw only."""
        used = {index: field for field, found in self.columns.items() for index in found}
        return {cell: used.get(index, "") for index, cell in enumerate(self.cells) if cell.strip()}


def find_heading(rows: Rows, mapping: Mapping[str, str] | None) -> Heading:
    """The heading row among the first 30; UnknownColumns where nobody knows them and ``mapping`` does not say."""
    first = [row for _, row in zip(range(HEADING_WITHIN), rows, strict=False)]
    told = {heading_key(heading) for heading, field in (mapping or {}).items() if field}
    start = next((number for number, cells in first if not is_empty(cells)), 0)
    for number, cells in first:
        keys = {heading_key(cell) for cell in cells}
        if (told and told <= keys) or (not told and is_heading_row(cells, first=number == start)):
            return Heading(number, tuple(cells), columns_of(cells, mapping))
    filled = [cells for _, cells in first if sum(1 for cell in cells if cell.strip()) >= 2] or [["", ""]]
    raise UnknownColumns(
        "No column of this table is headed as a title: say which column holds what.",
        columns=tuple(filled[0]),
        sample=tuple(tuple(cells) for cells in filled[1 : 1 + _SAMPLE_ROWS]),
    )


def read(
    rows: Rows, heading: Heading, *, delimiter: str = "", sparse: bool = False
) -> Iterator[ParsedRecord | ParseProblem]:
    """One entry for each row below the heading that is not empty. ``sparse`` rows (Excel) may end early without harm."""
    width = len(heading.cells)
    titles = [cell.strip() for cell in heading.cells]
    for number, cells in rows:
        if number <= heading.row or is_empty(cells, delimiter):
            continue
        if [cell.strip() for cell in cells[:width]] == titles:
            raw = ",".join(cells)
            yield ParseProblem(number, "The row repeats the headings: it is no record.", raw)
            continue
        fitted, flags = _fit(cells, heading, sparse=sparse)
        yield _record(number, fitted, cells, heading, flags).finish()


def _fit(cells: list[str], heading: Heading, *, sparse: bool) -> tuple[list[str], list[str]]:
    width = len(heading.cells)
    if len(cells) == width:
        return cells, []
    if not any(cell.strip() for cell in cells[width:]) and (sparse or len(cells) > width):
        return [*cells[:width], *[""] * (width - len(cells))], []
    fitted, certain = realign(cells, width, heading.columns)
    return fitted, [RAGGED if certain else RAGGED_UNSURE]


class _Cells:
    """The cells of one row by field."""

    def __init__(self, cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> None:
        self._cells = cells
        self._columns = columns

    def first(self, *fields: str) -> str:
        return next(iter(self.all(*fields)), "")

    def all(self, *fields: str) -> list[str]:
        found = (self._cells[index].strip() for field in fields for index in self._columns.get(field, ()))
        return [_EXCEL_NUMBER.sub(r"\1", _GUARDED.sub(r"\1", text)) for text in found if text]


def _record(number: int, fitted: list[str], cells: list[str], heading: Heading, flags: list[str]) -> Draft:
    row = _Cells(fitted, heading.columns)
    draft = Draft(number, _raw(heading.cells, cells), flags=flags)
    draft.title = row.first("title")
    draft.title_translated = row.first("title_translated")
    draft.authors = _authors(row)
    draft.years = row.all("year", "date")
    draft.years_early = row.all("date_early")
    draft.abstract = row.first("abstract", "abstract_original")
    draft.keywords = _keywords(row)
    draft.raw_languages = row.all("language")
    types = row.all("type")
    draft.raw_types = [kind for kind in types if len(kind) > 1] or types or row.all("type_weak")
    draft.journal = row.first("journal", "book", "journal_short")
    draft.volume, draft.issue, draft.pages = row.first("volume"), row.first("issue"), _pages(row)
    _identify(draft, row)
    _from_citation(draft, row.first("citation"))
    return draft


def _authors(row: _Cells) -> list[str]:
    text = row.first("authors") or _IDS_IN_NAMES.sub("", row.first("authors_full")) or row.first("editors")
    return split_names(text) if text else []


def _keywords(row: _Cells) -> list[str]:
    cells = row.all("keywords")
    words = [word for cell in cells for word in re.split(r"\s*[;；|\n]+\s*|', '|^\['|'\]$", cell) if word]
    if not any(";" in cell for cell in cells) and all(word.count(",") > 1 for word in words):
        words = [part for word in words for part in re.split(r",\s*(?![^()]{0,200}\))", word)]
    return words


def _pages(row: _Cells) -> str:
    start, end = row.first("start_page"), row.first("end_page")
    spread = f"{start}-{end}" if start and end and start != end else start or end
    return row.first("pages") or spread or row.first("article_number")


def _identify(draft: Draft, row: _Cells) -> None:
    urls = row.all("url")
    draft.url = urls[0] if urls else ""
    draft.doi = next((doi for text in row.all("doi") if (doi := normalise_doi(text))), "")
    draft.doi = draft.doi or next((doi for text in urls if (doi := doi_in_url(text))), "")
    draft.doi = draft.doi or doi_in_note(row.first("citation"))
    draft.pmid = row.first("pmid") or next((pmid for text in urls if (pmid := pmid_in_text(text))), "")
    eid = row.first("eid") or next((found.group(0) for url in urls if (found := re.search(r"2-s2\.0-\d+", url))), "")
    accession = row.first("accession", "eid", "ut")
    draft.ids = {
        "record_id": row.first("record_id"),
        "accession": accession,
        "eid": eid,
        "ut": row.first("ut") or (accession if accession.upper().startswith("WOS:") else ""),
        "pmcid": normalise_pmcid(row.first("pmcid")) or row.first("pmcid"),
        "database": row.first("database"),
    }


def _from_citation(draft: Draft, citation: str) -> None:
    """What Embase (``Journal (2014) 3:3 (152-160)``) and PubMed (``J. 2022 Mar;53(2):334-347.``) put into one cell."""
    found = _EMBASE_SOURCE.match(citation) or _PUBMED_CITATION.match(citation)
    if found is None:
        if citation and not any(character.isdigit() for character in citation):
            draft.ids["database"] = draft.ids.get("database") or citation
        elif citation:
            draft.years.append(citation)
        return
    draft.journal = draft.journal or found["journal"]
    draft.years.append(found["year"])
    draft.volume = draft.volume or found["volume"] or ""
    draft.issue = draft.issue or found["issue"] or ""
    draft.pages = draft.pages or found["pages"] or ""


def _raw(headings: Sequence[str], cells: Sequence[str]) -> str:
    """The row as it came: one line for each cell under its heading; a ragged row as one line of CSV."""
    if len(cells) == len(headings):
        return "\n".join(f"{name}: {cell}" for name, cell in zip(headings, cells, strict=True) if cell.strip())
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
