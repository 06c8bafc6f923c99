"""What a reviewer's answers to the criteria suggest: pure, and only ever a suggestion (domain.md 2, interface.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MET, NOT_MET, UNCLEAR = "met", "not_met", "unclear"
ANSWERS = (MET, NOT_MET, UNCLEAR)


class Asked(Protocol):
    """A criterion as this rule needs it."""

    @property
    def key(self) -> str:
        """The key that the answers use."""

    @property
    def label(self) -> str:
        """The short name for the sentence."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``decision`` is include, maybe or exclude, empty where nothing was answered; ``failed`` is the first failed key."""

    decision: str = ""
    failed: str = ""
    sentence: str = ""


def suggest(answers: Mapping[str, str], criteria: Sequence[Asked]) -> Suggestion:
    """What ``answers`` (criterion key to met, not_met or unclear) suggest under ``criteria`` in protocol order.

    Any not met suggests exclude, for the first failed criterion in order; all met include; else maybe. A missing answer
    is never taken for met. Not met always means that the criterion fails, whatever its direction.
    """
    given = [(criterion, answers.get(criterion.key, "")) for criterion in criteria]
    failed = [criterion for criterion, answer in given if answer == NOT_MET]
    if failed:
        first = failed[0]
        return Suggestion("exclude", first.key, f"Your answers suggest Exclude: {first.label} is not met.")
    if not any(answer in ANSWERS for _, answer in given):
        return Suggestion()
    open_ones = [(criterion, answer) for criterion, answer in given if answer != MET]
    if not open_ones:
        return Suggestion("include", "", "Your answers suggest Include: every criterion is met.")
    criterion, answer = open_ones[0]
    state = "unclear" if answer == UNCLEAR else "not answered yet"
    return Suggestion("maybe", "", f"Your answers suggest Maybe: {criterion.label} is {state}.")
