"""What the API says when it refuses: one sentence, with the rule that it follows where there is one."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class BadInput(Exception):
    """Something that was sent cannot be used; the message is the sentence."""


class Sent(Schema):
    """What a script sends. A key that is mistyped is refused: passed over, it would read as if it held."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """Why nothing was done."""

    detail: str = Field(description="One sentence for a person.")
    rule: str = Field("", description="The rule that forbids it, such as S2; empty where no rule has a name.")


REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Problem)


def sentence_of(errors: list[dict[str, Any]]) -> str:
    """The first of pydantic's errors as a sentence."""
    if not errors:
        return "What was sent cannot be read."
    first = errors[0]
    place = ".".join(str(part) for part in first.get("loc", ())[1:] if part not in ("asked", "sent"))
    message = str(first.get("msg", "cannot be read")).removeprefix("Value error, ")
    return f"{place}: {message[:1].lower()}{message[1:]}." if place else f"{message.rstrip('.')}."
