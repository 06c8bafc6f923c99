"""Sheets with a column for each reviewer, and lists whose every row was decided alike, such as Covidence's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from screening.decisions.verdict import Decision
from screening.decisions.vote_row import VoteRow, decision_of

LOOKED_AT = 2000  # rows in which a column shows what it holds
MOSTLY = 0.9  # share of a column's cells that say a decision

_VOTE_OF = (
    re.compile(r"(?P<who>.+?)[\s:_-]+(?:decision|vote|inclusion|label|verdict|judgement|judgment)", re.IGNORECASE),
    re.compile(r"(?:decision|vote|inclusion|label|verdict)\s+(?:of|by|from)\s+(?P<who>.+)", re.IGNORECASE),
)
_REASON_OF = re.compile(r"(?P<who>.+?)[\s:_-]+(?:(?:exclusion\s+)?reasons?|code)", re.IGNORECASE)
_NOTE_OF = re.compile(r"(?P<who>.+?)[\s:_-]+(?:notes?|comments?)", re.IGNORECASE)
_NAME_OF = re.compile(r"(?P<who>.+?)(?:[\s:_-]+(?:name|coder|reviewer|rater|screener))?", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:r|reviewer|rater|coder|screener|person)[\s_-]*(?:\d{1,2}|[a-d])", re.IGNORECASE)
_PLAIN = re.compile(r"exclude|include|maybe|relevant", re.IGNORECASE)
# What a team or a program decided is no person's independent vote.
_NOBODY = re.compile(
    r"(?:final|consensus|resolved|resolution|conflicts?|agreed?|agreement|overall|team|adjudicat\w*|third|arbitrat\w*|included|include"
    r"|label included|final included|full text|screening|status|stage|asreview.*|prediction|ai)",
    re.IGNORECASE,
)
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;\n]+)", re.IGNORECASE)
_COVIDENCE_LIST = re.compile(r"_(irrelevant|excluded|select|included|extraction|screen)_csv", re.IGNORECASE)
_DECIDED = {
    "irrelevant": Decision.EXCLUDE, "excluded": Decision.EXCLUDE, "select": Decision.INCLUDE, "included": Decision.INCLUDE,
    "extraction": Decision.INCLUDE,
}  # fmt: skip

UNDECIDED = "The list does not say what was decided: say it for the whole list."


@dataclass(frozen=True, slots=True)
class Voter:
    """One reviewer's columns: the vote, and where there are any the name, the reason and the note. ``who`` is from the heading."""

    who: str
    vote: int
    name: int | None = None
    reason: int | None = None
    note: int | None = None


def voters_of(heading: Sequence[str], rows: Sequence[Sequence[str]], taken: set[int]) -> list[Voter]:
    """The reviewers who have a column of votes; columns in ``taken`` belong to the record."""
    named = {index: " ".join(cell.split()) for index, cell in enumerate(heading) if cell.strip() and index not in taken}
    votes: dict[int, str] = {}
    for index, cell in named.items():
        who = _voter_in(cell, _cells_of(rows, index))
        if who and who.casefold() not in {one.casefold() for one in votes.values()}:
            votes[index] = who
    others = {index: cell for index, cell in named.items() if index not in votes}
    found = []
    for index, who in votes.items():
        if not _NOBODY.fullmatch(who):
            parts = [_part(pattern, who, others) for pattern in (_NAME_OF, _REASON_OF, _NOTE_OF)]
            found.append(Voter(who, index, *parts))
    return found


def _cells_of(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in rows[:LOOKED_AT] if index < len(row) and row[index].strip()]


def _voter_in(cell: str, held: Sequence[str]) -> str:
    """The reviewer whom a heading above these cells names; "" where they are no votes, or somebody's only perhaps.

    A bare heading may be a person's name. Above plain words such as "exclude" it is taken for one; yes and no need a heading that
    looks like a name, 1 and 0 one such as "Reviewer 2": a sheet has many other columns of them.
    """
    if not held or sum(1 for text in held if decision_of(text)[0] is not None) < MOSTLY * len(held):
        return ""
    for pattern in _VOTE_OF:
        match = pattern.fullmatch(cell)
        if match:
            return match["who"].strip()
    if _REASON_OF.fullmatch(cell) or _NOTE_OF.fullmatch(cell):
        return ""
    in_words = any(_PLAIN.match(text) for text in held)
    by_letters = cell[:1].isupper() and "_" not in cell and not any(text[:1].isdigit() for text in held)
    return cell if in_words or by_letters or _NUMBERED.fullmatch(cell) else ""


def _part(pattern: re.Pattern[str], who: str, others: Mapping[int, str]) -> int | None:
    """The column of this reviewer that ``pattern`` describes."""
    for index, cell in others.items():
        match = pattern.fullmatch(cell)
        if match and match["who"].strip().casefold() == who.casefold():
            return index
    return None


def votes_of_row(record: VoteRow, cells: Sequence[str], voters: Sequence[Voter]) -> Iterator[VoteRow]:
    """One row a vote; a reviewer whose cell is empty has not voted."""
    for voter in voters:
        said = _cell(cells, voter.vote)
        if not said:
            continue
        decision, reason = decision_of(said)
        yield replace(
            record, reviewer=_cell(cells, voter.name) or voter.who, decision=decision, reason=_reason(cells, voter) or reason,
            note=_cell(cells, voter.note),
            problem="" if decision else f"“{said[:40]}” is no decision: write include, maybe or exclude.",
        )  # fmt: skip


def _reason(cells: Sequence[str], voter: Voter) -> str:
    """The reason in its own column, where a code such as "EXCLUDE on population" may stand."""
    text = _cell(cells, voter.reason)
    decision, coded = decision_of(text)
    return coded if decision else text


def _cell(cells: Sequence[str], index: int | None) -> str:
    return " ".join(cells[index].split()) if index is not None and index < len(cells) else ""


def decision_of_list(name: str) -> Decision | None:
    """What Covidence's name of a file says of all its rows; None where it says nothing, or nothing was decided yet."""
    match = _COVIDENCE_LIST.search(name)
    return _DECIDED.get(match.group(1).casefold()) if match else None


def vote_of_listed(record: VoteRow, note: str, decision: Decision | None) -> VoteRow:
    """A row of a list without reviewers: its decision is the list's, its reason the one in its note."""
    if decision is None:
        return replace(record, problem=UNDECIDED)
    reason = _COVIDENCE_REASON.search(note) if decision is Decision.EXCLUDE else None
    return replace(record, decision=decision, reason=reason.group(1).strip() if reason else "")
