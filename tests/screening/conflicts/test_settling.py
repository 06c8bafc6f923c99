"""When positions settle an item: by discussion, and the reason of a full text exclude by order or by talk."""

from __future__ import annotations

import pytest

from screening.conflicts.settling import agreed
from screening.decisions.verdict import Ballot, Decision, ReasonClash, Stage

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
QUEUE, BY_ORDER = ReasonClash.QUEUE, ReasonClash.BY_ORDER
ORDER = ("population", "focus", "language")
LETTERS = {"I": Decision.INCLUDE, "M": Decision.MAYBE, "E": Decision.EXCLUDE}


def said(cast: str) -> list[Ballot]:
    """ "E:focus I" -> an exclude for focus and an include."""
    parts = [part.partition(":") for part in cast.split()]
    return [Ballot(LETTERS[letter], reason) for letter, _, reason in parts]


@pytest.mark.parametrize(
    ("stage", "clash", "voters", "cast", "outcome"),
    [
        (TA, QUEUE, 2, "", ""),
        (TA, QUEUE, 2, "I", ""),
        (TA, QUEUE, 2, "I I", "I"),
        (TA, QUEUE, 2, "E E", "E"),
        (TA, QUEUE, 2, "I E", ""),
        (TA, QUEUE, 2, "M M", ""),
        (TA, QUEUE, 3, "I I", ""),
        (TA, QUEUE, 3, "I I I", "I"),
        (TA, QUEUE, 3, "I I E", ""),
        (FT, QUEUE, 2, "I I", "I"),
        (FT, QUEUE, 2, "E:focus E:focus", "E:focus"),
        (FT, QUEUE, 2, "E:language E:focus", ""),
        (FT, QUEUE, 2, "E:language E", ""),
        (FT, QUEUE, 2, "I E:focus", ""),
        (FT, BY_ORDER, 2, "E:language E:focus", "E:focus"),
        (FT, BY_ORDER, 2, "E:focus E:language", "E:focus"),
        (FT, BY_ORDER, 2, "E:focus E:focus", "E:focus"),
        (FT, BY_ORDER, 2, "E:focus E", ""),
        (FT, BY_ORDER, 2, "I E:focus", ""),
        (FT, BY_ORDER, 3, "E:language E:focus", ""),
        (FT, BY_ORDER, 3, "E:language E:focus E:language", "E:focus"),
        (FT, BY_ORDER, 2, "E:dropped E:language", "E:language"),
    ],
)
def test_the_truth_table_of_positions(stage: Stage, clash: ReasonClash, voters: int, cast: str, outcome: str) -> None:
    found = agreed(said(cast), voters=voters, stage=stage, clash=clash, order=ORDER)
    assert found == next(iter(said(outcome)), None)
