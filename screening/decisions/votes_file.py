"""Reading a file of votes made elsewhere: a spreadsheet, or what Rayyan, Covidence and EPPI-Reviewer write. Pure.

One row is one vote (commands.md). Rayyan's row of a reference, with all its votes in one note, becomes one row each, whether the note
comes in a table or in a file of references; a sheet with a column for each reviewer likewise.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from screening.decisions import rayyan
from screening.decisions.verdict import Decision
from screening.decisions.vote_row import VoteRow, decision_of, moment_of
from screening.decisions.votes_wide import decision_of_list, vote_of_listed, voters_of, votes_of_row
from screening.imports import archive
from screening.imports.decode import find_decoding, open_text
from screening.imports.parsed import ParsedRecord, Refusal
from screening.imports.parsers import formats
from screening.imports.parsers import rows as tables
from screening.imports.parsers.headings import columns_of, heading_key
from screening.imports.parsers.source import Source
from screening.imports.reading import MAX_BYTES, MAX_UNPACKED
from screening.imports.sniff import TEXT_TABLE, XLS, XLSX, ZIP, sniff_bytes, sniff_text
from screening.records.identifiers import normalise_doi, normalise_pmid

HEAD = 100_000  # characters in which the delimiter is looked for
_SPELLINGS = {
    "reviewer": "reviewer | reviewers | reviewer name | reviewer email | screener | screeners | coder | rater | user | user email "
    "| user name | contact name | email | e mail | name of reviewer | voted by | author of decision",
    "decision": "decision | vote | inclusion | inclusion decision | screening decision | include | included | verdict "
    "| judgement | judgment | answer | code | label | reviewer decision | status | label included | asreview label",
    "reason": "reason | exclusion reason | exclusion reasons | reason for exclusion | primary reason | exclude reason "
    "| reasons | exclusion criterion | criterion",
    "note": "note | notes | comment | comments | reviewer note | info | additional text | rationale",
    "decided_at": "decided at | decided | date | date of decision | timestamp | created at | voted at | time | updated at",
    "role": "role | reviewer role",
    "number": "record | record number | record no",
}  # fmt: skip
_SEVERAL = re.compile(r"\s*[;|\n]\s*")  # between reviewers in one cell; a comma stands within names as well
_VOTE_COLUMNS = {field: [name.strip() for name in names.split("|")] for field, names in _SPELLINGS.items()}
_OF_RECORD = {
    "ids": ("record_id", "accession", "eid", "ut"),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "title": ("title",),
    "year": ("year",),
}
_COVIDENCE = "covidence"
_NO_VOTES = ("no_votes", "unknown_columns", "empty", "unknown", "binary", "no_records")

LONG, WIDE = "A sheet, one vote a row", "A sheet with a column for each reviewer"
RAYYAN_TABLE, RAYYAN_REFERENCES = "Rayyan's table", "Rayyan's references"
LIST = "Covidence's list of references"
NOBODY = "A sheet without reviewers"


@dataclass(frozen=True, slots=True)
class VotesFile:
    """A file as read: ``format`` in words, one row a vote, and what of a zip was ``left_out``, in a sentence each."""

    format: str
    rows: list[VoteRow] = field(default_factory=list)
    left_out: tuple[str, ...] = ()

    @property
    def names(self) -> dict[str, int]:
        """Each reviewer's name as the file has it ("" for none) and how many rows bear it."""
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.reviewer] = found.get(row.reviewer, 0) + 1
        return found

    @property
    def reasons(self) -> list[str]:
        """The reasons that exclusions name, each once, in the order of the file."""
        return list(dict.fromkeys(row.reason for row in self.rows if row.reason))

    @property
    def asks_decision(self) -> bool:
        """Whether the file leaves open what was decided about its rows."""
        return self.format == LIST


def read_votes(path: Path, *, encoding: str = "") -> list[VoteRow]:
    """Return the votes of a file. Raises Refusal for a file that holds none."""
    return read_file(path, name=path.name, encoding=encoding).rows


def read_file(path: Path, *, name: str, encoding: str = "", whole: Decision | None = None) -> VotesFile:
    """Return what a file of votes holds: CSV, TSV, xlsx, xls, references with Rayyan's notes, or a zip of these.

    ``whole`` is what was decided about every row of a list that does not say it. Raises Refusal, and nothing else, for a file that
    holds no votes.
    """
    source = Source(path, name)
    try:
        if sniff_bytes(source) == ZIP:
            return _read_zip(source, encoding, whole)
        return _read_one(source, encoding, whole, None)
    except Refusal:
        raise
    except Exception as error:
        sentence = f"{name} could not be read to its end ({type(error).__name__}): export it again, as CSV if you can."
        raise Refusal("unreadable", sentence) from error


def _read_zip(source: Source, encoding: str, whole: Decision | None) -> VotesFile:
    """The members that hold votes, with Rayyan's log beside them; the others are named."""
    members, _ = archive.members(source, MAX_BYTES, MAX_UNPACKED)
    logs = {member.name: log for member in members if (log := _log_in(member, encoding)) is not None}
    log = next(iter(logs.values()), None)
    found: list[VotesFile] = []
    left_out: list[str] = []
    for member in (one for one in members if one.name not in logs):
        try:
            found.append(_read_one(member, encoding, whole, log))
        except Refusal as refusal:
            if refusal.code not in _NO_VOTES:
                raise
            left_out.append(refusal.sentence)
    if not found:
        raise Refusal("no_votes", f"No file in {source.name} holds votes. {' '.join(left_out[:3])}".strip())
    return VotesFile(found[0].format, [row for one in found for row in one.rows], tuple(left_out))


def _log_in(source: Source, encoding: str) -> rayyan.Log | None:
    """Rayyan's log of decisions, if the file is one."""
    try:
        lines = [cells for _, cells in _cells(source, encoding)]
    except Refusal:
        return None
    return rayyan.read_log(lines[0], lines[1:]) if lines and rayyan.is_log(lines[0]) else None


def _read_one(source: Source, encoding: str, whole: Decision | None, log: rayyan.Log | None) -> VotesFile:
    if not source.head(1):
        raise Refusal("empty", f"{source.name} is empty.")
    if sniff_bytes(source) not in (XLSX, XLS):
        decoding = find_decoding(source, encoding or None)
        with open_text(source, decoding, newline="") as text:
            head = text.read(HEAD)
        kind = _kind_of(head)
        if kind != TEXT_TABLE:
            return _references(source, formats.opened(kind, source, decoding, head).entries, log)
    return _table(source, encoding, whole, log)


def _kind_of(head: str) -> str:
    """The format of a text; whatever nobody knows is tried as a table."""
    try:
        return sniff_text(head)
    except Refusal:
        return TEXT_TABLE


def _references(source: Source, entries: Iterator[object], log: rayyan.Log | None) -> VotesFile:
    """References whose notes hold votes."""
    found: list[VoteRow] = []
    for entry in entries:
        if isinstance(entry, ParsedRecord):
            ids = tuple(dict.fromkeys(value for kind, value in entry.ids.items() if kind != "database"))
            record = VoteRow(entry.line, ids, entry.doi, entry.pmid, entry.title, entry.year)
            raw = html.unescape(entry.raw).replace("\\", "")
            article = re.search(r"rayyan-\d+", raw)
            record = (
                replace(record, ids=(*ids, article.group(0))) if article and article.group(0) not in ids else record
            )
            found += rayyan.votes_in_note(record, raw, log)
    if not found:
        raise Refusal(
            "no_votes", f"{source.name} holds references, but no votes: in Rayyan, tick the decisions when you export."
        )
    return VotesFile(RAYYAN_REFERENCES, found)


def _table(source: Source, encoding: str, whole: Decision | None, log: rayyan.Log | None) -> VotesFile:
    lines = [(number, cells) for number, cells in _cells(source, encoding) if not tables.is_empty(cells)]
    if not lines:
        raise Refusal("empty", f"{source.name} is empty.")
    for place, (_, cells) in enumerate(lines[: tables.HEADING_WITHIN]):
        found = _below(source, cells, lines[place + 1 :], whole, log)
        if found is not None:
            if not found.rows:
                raise Refusal("no_votes", f"{source.name} holds no votes below its heading row.")
            return found
    raise Refusal(
        "unknown_columns",
        f"{source.name} has no heading row with a record (record, record_id, doi, pmid or title and year), a reviewer and a decision.",
    )


Lines = Sequence[tuple[int, Sequence[str]]]


def _below(
    source: Source, heading: Sequence[str], lines: Lines, whole: Decision | None, log: rayyan.Log | None
) -> VotesFile | None:
    """The votes below a heading row; None where the row heads no table of votes."""
    columns = _columns(heading)
    if not any(field in columns for field in ("number", *_OF_RECORD) if field != "year"):
        return None
    if "reviewer" in columns and "decision" in columns:
        return VotesFile(LONG, _long(lines, columns))
    of_record = {index for field in _OF_RECORD for index in columns.get(field, ())}
    voters = voters_of(heading, [cells for _, cells in lines], of_record)
    if voters:
        rows = [
            vote
            for number, cells in lines
            for vote in votes_of_row(_record(number, _given(cells, columns)), cells, voters)
        ]
        return VotesFile(WIDE, rows)
    packed = [vote for number, cells in lines for vote in _packed(number, _given(cells, columns), log)]
    if packed:
        return VotesFile(RAYYAN_TABLE, packed)
    if any(heading_key(cell).startswith(_COVIDENCE) for cell in heading):
        decided = whole or decision_of_list(source.name)
        rows = [
            vote_of_listed(_record(number, given), _first(given, "note"), decided)
            for number, given in _each(lines, columns)
        ]
        return VotesFile(LIST, rows)
    if "decision" in columns:
        return VotesFile(NOBODY, _long(lines, columns))
    return VotesFile(RAYYAN_TABLE) if "note" in columns else None


def _long(lines: Lines, columns: Mapping[str, Sequence[int]]) -> list[VoteRow]:
    found = [vote for number, given in _each(lines, columns) for vote in _votes(_record(number, given), given)]
    return _without_ambiguous_noughts(found, [cells for _, cells in lines], columns["decision"][0])


def _each(lines: Lines, columns: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, Mapping[str, list[str]]]]:
    return ((number, _given(cells, columns)) for number, cells in lines)


def _cells(source: Source, encoding: str) -> tables.Rows:
    kind = sniff_bytes(source)
    if kind == XLSX:
        (name, _), *_ = tables.xlsx_sheets(source)
        return tables.xlsx_rows(source, name)
    if kind == XLS:
        return tables.xls_rows(source, tables.xls_sheets(source)[0])
    decoding = find_decoding(source, encoding or None)
    with open_text(source, decoding, newline="") as text:
        head = text.read(HEAD)
    shape = tables.shape_by_columns(head) or tables.shape_of(head) or tables.Shape(",")
    return tables.text_rows(source, decoding, shape)


def _columns(cells: Sequence[str]) -> dict[str, list[int]]:
    """Field -> the columns that hold it. A heading that names part of a vote is not taken for part of a record."""
    keys = [heading_key(cell) for cell in cells]
    votes = {
        field: found[:1]
        for field, names in _VOTE_COLUMNS.items()
        if (found := [keys.index(name) for name in names if name in keys])
    }
    taken = {index for found in votes.values() for index in found}
    of_record = columns_of(cells)
    records = {
        field: [index for name in names for index in of_record.get(name, []) if index not in taken]
        for field, names in _OF_RECORD.items()
    }
    return {field: found for field, found in (records | votes).items() if found}


def _given(cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Mapping[str, list[str]]:
    return {
        field: [cells[index].strip() for index in found if index < len(cells) and cells[index].strip()]
        for field, found in columns.items()
    }


def _first(given: Mapping[str, list[str]], field: str) -> str:
    return next(iter(given.get(field, ())), "")


def _record(number: int, given: Mapping[str, list[str]]) -> VoteRow:
    return VoteRow(
        line=number,
        ids=tuple(dict.fromkeys(given.get("ids", ()))),
        doi=normalise_doi(_first(given, "doi")),
        pmid=normalise_pmid(_first(given, "pmid")),
        title=_first(given, "title"),
        year=_year(_first(given, "year")),
        number=_number(_first(given, "number")),
    )


def _number(text: str) -> int | None:
    """The number by which pages name a record, "Record 60" or 60; spreadsheets may write 60.0."""
    found = re.fullmatch(r"(?:record )?(\d{1,9})(?:\.0)?", text.casefold())
    return int(found.group(1)) if found else None


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)(1[5-9]|20|21)\d\d(?!\d)", text)
    return int(found.group(0)) if found else None


def _packed(number: int, given: Mapping[str, list[str]], log: rayyan.Log | None) -> Iterator[VoteRow]:
    note = _first(given, "note")
    return rayyan.votes_in_note(_record(number, given), note, log) if note else iter(())


def _votes(record: VoteRow, given: Mapping[str, list[str]]) -> Iterator[VoteRow]:
    """The vote of a row; one for each where its cell names several reviewers."""
    vote = _vote(record, given)
    names = [" ".join(name.split()) for name in _SEVERAL.split(_first(given, "reviewer"))]
    for name in dict.fromkeys(filter(None, names)) or ("",):
        yield replace(vote, reviewer=name)


def _vote(record: VoteRow, given: Mapping[str, list[str]]) -> VoteRow:
    said = _first(given, "decision")
    decision, reason = decision_of(said)
    moment, problem = moment_of(_first(given, "decided_at"))
    role = _first(given, "role").casefold()
    if not said:
        problem = "The row has no decision."
    elif decision is None:
        problem = f"“{said[:40]}” is no decision: write include, maybe or exclude."
    elif role not in ("", "reviewer", "adjudicator"):
        problem = f"“{role[:40]}” is no role: write reviewer or adjudicator."
    return replace(
        record, decision=decision, reason=_first(given, "reason") or reason, note=_first(given, "note"), decided_at=moment,
        adjudicator=role == "adjudicator", problem=problem,
    )  # fmt: skip


def _without_ambiguous_noughts(votes: list[VoteRow], rows: Sequence[Sequence[str]], column: int) -> list[VoteRow]:
    """Where -1 is used, 0 may mean Maybe (Rayyan's log) or Exclude: neither is guessed."""
    if not any(column < len(row) and row[column].strip() == "-1" for row in rows):
        return votes
    sentence = (
        "The file writes decisions as 1, 0 and -1, which tools read differently: write include, maybe or exclude."
    )
    return [replace(vote, decision=None, problem=sentence) for vote in votes]
