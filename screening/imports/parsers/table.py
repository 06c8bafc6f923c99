"""Tables of references: the heading row is found, its columns named, and each row below it becomes a record (IM5)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from screening.imports import sniff
from screening.imports.databases import DATABASES
from screening.imports.parsed import RAGGED, RAGGED_UNSURE, ParsedRecord, ParseProblem, Refusal, UnknownColumns
from screening.imports.parsers.citations import base_abstract, base_citation, citation, fill, ovid_citation
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.headings import (
    columns_of,
    heading_key,
    is_bibtex,
    is_heading_row,
    is_one_field_a_row,
    is_our_own,
    place_name,
    told_apart,
)
from screening.imports.parsers.latex import plain
from screening.imports.parsers.mixture import Foreign, begins_record
from screening.imports.parsers.names import names, split_bibtex_names, split_family_given, split_names
from screening.imports.parsers.ragged import realign
from screening.imports.parsers.rows import HEADING_WITHIN, Rows, is_empty
from screening.records.identifiers import (
    doi_in_note,
    doi_in_url,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in_text,
)

_SAMPLE_ROWS = 5
_ONE_FIELD_A_ROW = (
    "Each row of this table holds one field, not one record: export it again with one column for each field, or as RIS."
)
_EXCEL_DAY = re.compile(r"[2-5]\d{4}")  # a date as Excel counts: days since the last of 1899, here 1954 to 2064
_EXCEL_BEGAN = date(1899, 12, 30)
_IDS_IN_NAMES = re.compile(r"\s*\(\d{6,}\)")
_GUARDED = re.compile(r"^'('*[=+@\t\r-])")  # an export keeps a spreadsheet from running a cell (P29): our own does too
_EXCEL_NUMBER = re.compile(r"^(\d+)\.0$")
_WRAPPED = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")  # BibTeX's own pair around a whole value
_BY_PLACE = re.compile(heading_key(place_name(0)).replace("0", r"\d{1,5}"))
_NLM_NUMBER = re.compile(r"^NLM(\d{1,8})$")
_BVS_NUMBER = re.compile(r"^mdl-(\d{4,8})$")

_DATABASES = frozenset(name.casefold() for name in DATABASES)


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row: its number, the headings as written, and which columns hold which field."""

    row: int
    cells: tuple[str, ...]
    columns: Mapping[str, Sequence[int]]

    def uses(self) -> dict[str, str]:
        """What each heading was taken for, ``""`` for a column that is kept raw only."""
        used = {index: field for field, found in self.columns.items() for index in found}
        named = zip(self.cells, told_apart(self.cells), strict=True)
        return {name: used.get(index, "") for index, (cell, name) in enumerate(named) if cell.strip()}


def find_heading(rows: Rows, mapping: Mapping[str, str] | None) -> Heading:
    """The heading row among the first 30; UnknownColumns where nobody knows them and ``mapping`` does not say.

    A ``mapping`` of places (`place_name`) is of a table without headings: its first row is a record.
    """
    first = [row for _, row in zip(range(HEADING_WITHIN), rows, strict=False)]
    if not mapping and is_one_field_a_row([cells for _, cells in first]):
        raise Refusal("table", _ONE_FIELD_A_ROW)
    told = {heading_key(heading) for heading, field in (mapping or {}).items() if field}
    start = next((number for number, cells in first if not is_empty(cells)), 0)
    for number, cells in first:
        keys = {heading_key(name) for name in told_apart(cells)}
        if (told and told <= keys) or (not told and is_heading_row(cells, first=number == start)):
            return Heading(number, tuple(cells), columns_of(cells, mapping))
    filled = [cells for _, cells in first if sum(1 for cell in cells if cell.strip()) >= 2] or [["", ""]]
    if told and all(_BY_PLACE.fullmatch(key) for key in told):
        places = tuple(place_name(place) for place in range(1, len(filled[0]) + 1))
        return Heading(start - 1, places, columns_of(places, mapping))
    raise UnknownColumns(
        "It is not clear which column of this table holds the title: say which column holds what.",
        columns=tuple(told_apart(filled[0])),
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
        if len(titles) == 1 and delimiter:  # nothing can be apart where there is one column
            cells = [delimiter.join(cells)]
        if delimiter and len(cells) != width and (other := begins_record(delimiter.join(cells))):
            raise Foreign(number, other).refusal(sniff.TEXT_TABLE)
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

    def __init__(self, cells: Sequence[str], heading: Heading) -> None:
        self._cells = cells
        self._columns = heading.columns
        wrapped = any(_WRAPPED.fullmatch(title) for title in self.raw("title"))
        self.bibtex = is_bibtex(heading.cells) or (wrapped and not is_our_own(heading.cells))

    def first(self, *fields: str) -> str:
        return next(iter(self.all(*fields)), "")

    def all(self, *fields: str) -> list[str]:
        found = (plain(text).strip() if self.bibtex else text for text in self.raw(*fields))
        return [text for text in found if text]

    def raw(self, *fields: str) -> list[str]:
        """The cells with what BibTeX means by braces and backslashes still in them."""
        found = (self._cells[index].strip() for field in fields for index in self._columns.get(field, ()))
        return [_EXCEL_NUMBER.sub(r"\1", _GUARDED.sub(r"\1", text)) for text in found if text]


def _record(number: int, fitted: list[str], cells: list[str], heading: Heading, flags: list[str]) -> Draft:
    row = _Cells(fitted, heading)
    draft = Draft(number, _raw(heading.cells, cells), flags=flags)
    draft.title = row.first("title")
    draft.title_translated = row.first("title_translated")
    draft.authors = _authors(row)
    draft.years = [_year_of_day(text) for text in row.all("year", "date")]
    draft.years_early = row.all("date_early")
    draft.abstract = row.first("abstract") or " ".join(row.all("abstract_parts")) or row.first("abstract_original")
    draft.keywords = _keywords(row)
    draft.raw_languages = row.all("language")
    types = row.all("type") + [kind for kind in row.all("entry_type") if kind.casefold() != "article"]
    draft.raw_types = [kind for kind in types if len(kind) > 1] or types or row.all("type_weak")
    draft.journal = row.first("journal", "book", "journal_short")
    draft.volume, draft.issue, draft.pages = row.first("volume"), row.first("issue"), _pages(row)
    _identify(draft, row)
    _from_source(draft, row.first("source"))
    _from_citation(draft, row.first("citation"))
    _from_note(draft, row)
    return draft


def _year_of_day(text: str) -> str:
    """A date that a spreadsheet left as a number, as its year; any other text as it is."""
    return str((_EXCEL_BEGAN + timedelta(days=int(text))).year) if _EXCEL_DAY.fullmatch(text) else text


def _authors(row: _Cells) -> list[str]:
    if row.bibtex:
        return split_bibtex_names(next(iter(row.raw("authors", "editors")), ""))
    if parts := row.all("authors_parts"):
        return names(row.all("authors") + parts)
    if in_turn := row.first("authors_in_turn"):
        return split_family_given(in_turn)
    text = row.first("authors") or _IDS_IN_NAMES.sub("", row.first("authors_full")) or row.first("editors")
    return split_names(text) if text else []


def _keywords(row: _Cells) -> list[str]:
    cells = row.all("keywords")
    words = [word for cell in cells for word in _words_of(cell) if word]
    if not any(";" in cell for cell in cells) and all(word.count(",") > 1 for word in words):
        words = [part for word in words for part in re.split(r",\s*(?![^()]{0,200}\))", word)]
    return words + row.all("keywords_parts")


def _words_of(cell: str) -> list[str]:
    """The keywords of one cell, which may be a list as a script writes it: ``['a', 'b']``."""
    if cell.startswith("['") and cell.endswith("']"):
        return re.split(r"\s*[;；|\n]+\s*|', '", cell[2:-2])
    return re.split(r"\s*[;；|\n]+\s*", cell)


def _pages(row: _Cells) -> str:
    start, end = row.first("start_page"), row.first("end_page")
    spread = f"{start}-{end}" if start and end and start != end else start or end
    return row.first("pages") or spread or row.first("article_number")


def _identify(draft: Draft, row: _Cells) -> None:
    urls = sorted(row.all("url"), key=lambda text: "://" not in text)
    draft.url = urls[0] if urls else ""
    draft.doi = next((doi for text in row.all("doi", "numbers") if (doi := normalise_doi(text))), "")
    draft.doi = draft.doi or next((doi for text in urls if (doi := doi_in_url(text))), "")
    draft.doi = draft.doi or doi_in_note(row.first("citation", "source"))
    said = next((pmid for text in row.all("pmid") if (pmid := normalise_pmid(text))), "")
    draft.pmid = said or _other_pmid(row) or next((pmid for text in urls if (pmid := pmid_in_text(text))), "")
    eid = row.first("eid") or next((found.group(0) for url in urls if (found := re.search(r"2-s2\.0-\d+", url))), "")
    accession = row.first("accession", "eid", "ut")
    draft.ids = {
        "record_id": row.first("record_id"),
        "accession": accession,
        "eid": eid,
        "ut": row.first("ut") or (accession if accession.upper().startswith("WOS:") else ""),
        "pmcid": normalise_pmcid(row.first("pmcid")) or row.first("pmcid") or normalise_pmcid(row.first("pmid")),
        "database": row.first("database"),
    }


def _other_pmid(row: _Cells) -> str:
    """EBSCO's number of MEDLINE (``NLM`` and digits, or digits beside a cell that calls them so), or Ovid's."""
    typed = zip(row.all("number_kinds"), row.all("numbers"), strict=False)
    bare = (number for kind, number in typed if kind.casefold() == "pmid" and number.isdigit())
    marked = (found[1] for number in row.all("numbers") if (found := _NLM_NUMBER.match(number)))
    return next(marked, "") or next(bare, "") or _medline_number(row)


def _medline_number(row: _Cells) -> str:
    """The number of a MEDLINE record: BVS marks it, Ovid's is one in MEDLINE and in no other of its databases."""
    if marked := _BVS_NUMBER.match(row.first("record_id")):
        return marked[1]
    number = row.first("medline_number")
    return number if "medline" in row.first("database").casefold() and number.isdigit() else ""


def _from_source(draft: Draft, source: str) -> None:
    """Ovid's source, which may stand in the journal's own cell; one that does not fit is left there whole."""
    whole = ovid_citation(draft.journal)
    if whole:
        draft.journal = ""
    fill(draft, whole or ovid_citation(source))


def _from_citation(draft: Draft, text: str) -> None:
    """What a database put into one cell; where it does not fit it may still be the year or the database alone."""
    if fill(draft, citation(text)) or not text:
        return
    if not draft.journal and text.casefold() not in _DATABASES:
        draft.journal = text
    elif not any(character.isdigit() for character in text):
        draft.ids["database"] = draft.ids.get("database") or text
    else:
        draft.years.append(text)


def _from_note(draft: Draft, row: _Cells) -> None:
    """What BASE writes into the note of an entry, the only place where it gives abstract and source."""
    if row.bibtex:
        note = row.first("note")
        draft.abstract = draft.abstract or base_abstract(note)
        fill(draft, base_citation(note))


def _raw(headings: Sequence[str], cells: Sequence[str]) -> str:
    """The row as it came: one line for each cell under its heading; a ragged row as one line of CSV."""
    if len(cells) == len(headings):
        return "\n".join(f"{name}: {cell}" for name, cell in zip(headings, cells, strict=True) if cell.strip())
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
