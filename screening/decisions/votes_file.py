"""Reading a file of votes made elsewhere: a spreadsheet, or what Rayyan, Covidence and EPPI-Reviewer write. Pure.

One row is one vote (commands.md); Rayyan's row of a reference, with all its votes in one note, becomes one row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from screening.decisions.verdict import Decision
from screening.imports.decode import find_decoding, lines_of
from screening.imports.parsed import Refusal
from screening.imports.parsers import rows as tables
from screening.imports.parsers.headings import columns_of, heading_key
from screening.imports.parsers.source import Source
from screening.records.identifiers import normalise_doi, normalise_pmid

HEAD = 100_000  # characters in which the delimiter is looked for
_SPELLINGS = {
    "reviewer": "reviewer | reviewer name | reviewer email | screener | coder | rater | user | user email | user name "
    "| contact name | email | e mail | name of reviewer | voted by | author of decision",
    "decision": "decision | vote | inclusion | inclusion decision | screening decision | include | included | verdict "
    "| judgement | judgment | answer | code | label | reviewer decision | status",
    "reason": "reason | exclusion reason | exclusion reasons | reason for exclusion | primary reason | exclude reason "
    "| reasons | exclusion criterion | criterion",
    "note": "note | notes | comment | comments | reviewer note | info | additional text | rationale",
    "decided_at": "decided at | decided | date | date of decision | timestamp | created at | voted at | time | updated at",
    "role": "role | reviewer role",
}  # fmt: skip
_VOTE_COLUMNS = {field: [name.strip() for name in names.split("|")] for field, names in _SPELLINGS.items()}
_WORDS = {
    Decision.INCLUDE: {"include", "included", "yes", "y", "in", "true", "1", "1.0", "accept", "accepted", "relevant"},
    Decision.MAYBE: {"maybe", "unsure", "unclear", "undecided", "uncertain", "?"},
    Decision.EXCLUDE: {
        "exclude",
        "excluded",
        "no",
        "n",
        "out",
        "false",
        "0",
        "0.0",
        "reject",
        "rejected",
        "irrelevant",
    },
}
# EPPI-Reviewer writes the code: "INCLUDE on title & abstract", "EXCLUDE on population".
_CODE = re.compile(r"(include|exclude|maybe)d?\s*(?:on|:|-|–|\()\s*(.+?)\)?", re.IGNORECASE)
_STAGE_WORDS = re.compile(
    r"(?:title\s*(?:&|and|/)\s*abstract|t\s*/\s*a|full[\s-]*text)(?:\s+(?:screening|review))?", re.IGNORECASE
)
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}")
_RAYYAN_VOTE = re.compile(r'"([^"]+)"\s*=>\s*"([^"]+)"')
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]+)")


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One vote as the file gives it: ``line`` counts as a spreadsheet does. ``problem`` says why it cannot be read.

    ``decision`` is None only with a problem. ``adjudicator`` where the role says so. ``ids`` are record ids and
    accession numbers as written.
    """

    line: int
    ids: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    title: str = ""
    year: int | None = None
    reviewer: str = ""
    decision: Decision | None = None
    reason: str = ""
    note: str = ""
    decided_at: datetime | None = None
    adjudicator: bool = False
    problem: str = ""

    @property
    def key(self) -> str:
        """What names the record, for a list of rows that did not fit."""
        return " ".join(self.ids) or self.doi or self.pmid or self.title


def read_votes(path: Path, *, encoding: str = "") -> list[VoteRow]:
    """Return the votes of a CSV, TSV, xlsx or xls file. Raises Refusal for a file that is no table of votes."""
    source = Source(path, path.name)
    lines = [(number, cells) for number, cells in _cells(source, encoding) if not tables.is_empty(cells)]
    if not lines:
        raise Refusal("empty", f"{path.name} is empty.")
    for place, (_, cells) in enumerate(lines[: tables.HEADING_WITHIN]):
        columns = _columns(cells)
        if _is_heading(columns):
            found = [vote for number, row in lines[place + 1 :] for vote in _read_row(number, row, columns)]
            if not found:
                raise Refusal("no_votes", f"{path.name} holds no votes below its heading row.")
            return _without_ambiguous_noughts(found, [row for _, row in lines[place + 1 :]], columns)
    raise Refusal(
        "unknown_columns",
        f"{path.name} has no heading row with a record (record_id, doi, pmid or title and year), a reviewer and a decision.",
    )


def _cells(source: Source, encoding: str) -> tables.Rows:
    if source.head(4).startswith(b"PK"):
        (name, _), *_ = tables.xlsx_sheets(source)
        return tables.xlsx_rows(source, name)
    if source.head(4) == b"\xd0\xcf\x11\xe0":
        return tables.xls_rows(source, tables.xls_sheets(source)[0])
    decoding = find_decoding(source, encoding or None)
    head = ""
    for line in lines_of(source, decoding):
        head += line
        if len(head) > HEAD:
            break
    return tables.text_rows(
        source, decoding, tables.shape_by_columns(head) or tables.shape_of(head) or tables.Shape(",")
    )


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
    wanted = {
        "ids": ("record_id", "accession", "eid", "ut"),
        "doi": ("doi",),
        "pmid": ("pmid",),
        "title": ("title",),
        "year": ("year",),
    }
    records = {
        field: [index for name in names for index in of_record.get(name, []) if index not in taken]
        for field, names in wanted.items()
    }
    return {field: found for field, found in (records | votes).items() if found}


def _is_heading(columns: Mapping[str, Sequence[int]]) -> bool:
    named = any(field in columns for field in ("ids", "doi", "pmid", "title"))
    return named and (("reviewer" in columns and "decision" in columns) or "note" in columns)


def _read_row(number: int, cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Iterator[VoteRow]:
    given = {
        field: [cells[index].strip() for index in found if index < len(cells) and cells[index].strip()]
        for field, found in columns.items()
    }
    first = {field: values[0] for field, values in given.items() if values}
    record = VoteRow(
        line=number,
        ids=tuple(dict.fromkeys(given.get("ids", ()))),
        doi=normalise_doi(first.get("doi", "")),
        pmid=normalise_pmid(first.get("pmid", "")),
        title=first.get("title", ""),
        year=_year(first.get("year", "")),
    )
    packed = _RAYYAN.search(first.get("note", ""))
    if packed and "decision" not in first:
        yield from _rayyan(record, packed.group(1), first["note"])
    elif "decision" in columns:
        yield _vote(record, first)


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)(1[5-9]|20|21)\d\d(?!\d)", text)
    return int(found.group(0)) if found else None


def _rayyan(record: VoteRow, votes: str, note: str) -> Iterator[VoteRow]:
    """Rayyan keeps the reasons of a reference together, so a reason is one vote's only where there is one of both."""
    cast = _RAYYAN_VOTE.findall(votes)
    named = _RAYYAN_REASONS.search(note)
    reasons = [reason.strip() for reason in named.group(1).split(",") if reason.strip()] if named else []
    excluders = sum(decision_of(word)[0] is Decision.EXCLUDE for _, word in cast)
    for reviewer, word in cast:
        vote = _vote(record, {"reviewer": reviewer, "decision": word})
        if vote.decision is Decision.EXCLUDE and reasons:
            single = len(reasons) == 1 and excluders == 1
            vote = (
                replace(vote, reason=reasons[0])
                if single
                else replace(vote, note=f"Reasons named: {', '.join(reasons)}")
            )
        yield vote


def _vote(record: VoteRow, first: Mapping[str, str]) -> VoteRow:
    decision, reason = decision_of(first.get("decision", ""))
    moment, problem = _moment(first.get("decided_at", ""))
    role = first.get("role", "").casefold()
    if not first.get("decision"):
        problem = "The row has no decision."
    elif decision is None:
        problem = f"“{first['decision'][:40]}” is no decision: write include, maybe or exclude."
    elif role not in ("", "reviewer", "adjudicator"):
        problem = f"“{role[:40]}” is no role: write reviewer or adjudicator."
    return replace(
        record, reviewer=" ".join(first.get("reviewer", "").split()), decision=decision, reason=first.get("reason", "") or reason,
        note=first.get("note", ""), decided_at=moment, adjudicator=role == "adjudicator", problem=problem,
    )  # fmt: skip


def decision_of(text: str) -> tuple[Decision | None, str]:
    """What a cell says, and the reason that a code carries ("EXCLUDE on population"); (None, "") for anything else."""
    word = " ".join(text.casefold().split())
    for decision, words in _WORDS.items():
        if word in words:
            return decision, ""
    code = _CODE.fullmatch(text.strip())
    if code is None:
        return None, ""
    decision = Decision(code.group(1).casefold())
    about_the_stage = _STAGE_WORDS.fullmatch(code.group(2).strip())
    return decision, "" if about_the_stage or decision is not Decision.EXCLUDE else code.group(2).strip()


def _moment(text: str) -> tuple[datetime | None, str]:
    if not text:
        return None, ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None, f"“{text[:40]}” is no date: write it as 2024-05-31 or 2024-05-31T14:00."
    return (found if found.tzinfo else found.replace(tzinfo=UTC)), ""


def _without_ambiguous_noughts(
    votes: list[VoteRow], rows: Sequence[Sequence[str]], columns: Mapping[str, Sequence[int]]
) -> list[VoteRow]:
    """Where -1 is used, 0 may mean Maybe (Rayyan's log) or Exclude: neither is guessed."""
    index = columns["decision"][0] if "decision" in columns else None
    if index is None or not any(index < len(row) and row[index].strip() == "-1" for row in rows):
        return votes
    sentence = (
        "The file writes decisions as 1, 0 and -1, which tools read differently: write include, maybe or exclude."
    )
    return [replace(vote, decision=None, problem=sentence) for vote in votes]
