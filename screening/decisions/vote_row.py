"""One vote as a file gives it, and the words in which tools write decisions. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from screening.decisions.verdict import Decision

_WORDS = {
    Decision.INCLUDE: {"include", "included", "yes", "y", "in", "true", "1", "1.0", "accept", "accepted", "relevant"},
    Decision.MAYBE: {"maybe", "unsure", "unclear", "undecided", "uncertain", "?"},
    Decision.EXCLUDE: {
        "exclude", "excluded", "no", "n", "out", "false", "0", "0.0", "reject", "rejected", "irrelevant",
    },
}  # fmt: skip
# EPPI-Reviewer writes the code: "INCLUDE on title & abstract", "EXCLUDE on population".
_CODE = re.compile(r"(include|exclude|maybe)d?\s*(?:on|:|-|–|\()\s*(.+?)\)?", re.IGNORECASE)
_STAGE_WORDS = re.compile(
    r"(?:title\s*(?:&|and|/)\s*abstract|t\s*/\s*a|full[\s-]*text)(?:\s+(?:screening|review))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One vote as the file gives it: ``line`` counts as a spreadsheet does. ``problem`` says why it cannot be read.

    ``decision`` is None only with a problem. ``adjudicator`` where the role says so. ``ids`` are record ids and
    accession numbers as written, ``number`` is the record's own number in this review.
    """

    line: int
    ids: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    title: str = ""
    year: int | None = None
    number: int | None = None
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
        return " ".join(self.ids) or self.doi or self.pmid or self.title or (str(self.number) if self.number else "")


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


def moment_of(text: str) -> tuple[datetime | None, str]:
    """The date and time of a cell, in UTC where it names no zone, and the problem with it; (None, "") for an empty cell."""
    if not text:
        return None, ""
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None, f"“{text[:40]}” is no date: write it as 2024-05-31 or 2024-05-31T14:00."
    return (found if found.tzinfo else found.replace(tzinfo=UTC)), ""
