"""Reading a vote from a submitted form."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import ANSWERS, Choice
from screening.decisions.own.spent import seconds_spent
from screening.decisions.verdict import Decision

MAX_NOTE = 5000  # characters
ASKED = "ask"  # the button, shown where no script runs, that asks what the answers suggest and stores nothing


ANSWER = "answer_"


def choice_from(post: Mapping[str, str]) -> Choice:
    """The choice in the fields ``decision``, ``answer_<key>``, ``reason``, ``override`` and ``note``; `seconds_spent` of its time.

    Keys that are no criterion are left out by `cast_vote`. Raises NotAllowedNow without a decision.
    """
    try:
        decision = Decision(post.get("decision", ""))
    except ValueError as unknown:
        raise NotAllowedNow("Choose Include, Maybe or Exclude. Nothing was stored.") from unknown
    return Choice(
        decision=decision,
        answers=answers_from(post),
        reason=post.get("reason", ""),
        override=post.get("override", "")[:MAX_NOTE],
        note=post.get("note", "")[:MAX_NOTE],
        seconds=seconds_spent(post, now=int(time.time())),
    )


@dataclass(frozen=True)
class Typed:
    """What stands in a vote's form and is not stored."""

    answers: Mapping[str, str]
    reason: str
    override: str
    note: str


def typed_from(post: Mapping[str, str]) -> Typed:
    """A vote's form as it was sent, without its decision."""
    override, note = (post.get(name, "")[:MAX_NOTE] for name in ("override", "note"))
    return Typed(answers_from(post), post.get("reason", ""), override, note)


def answers_from(post: Mapping[str, str]) -> dict[str, str]:
    """Criterion key -> met, not_met or unclear; what is unanswered is left out."""
    given = {name.removeprefix(ANSWER): post[name] for name in post if name.startswith(ANSWER)}
    return {key: answer for key, answer in given.items() if answer in ANSWERS}


def submission_key(post: Mapping[str, str]) -> uuid.UUID:
    """The form's own key (P31); a form without one counts as new."""
    try:
        return uuid.UUID(post.get("key", ""))
    except ValueError:
        return uuid.uuid4()
