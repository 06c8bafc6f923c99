"""What the letters say: how much waits, and where; no title, vote or name of anybody but the reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DIGEST = "What waits for you"
MENTION = "You are mentioned in a conflict"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person in one review: ``review`` is its title, ``lines`` are (how much, in words, and its address)."""

    review: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many conflicts wait for a person's word, mention the person, and wait for the person's ruling."""

    to_settle: int = 0
    mentions: int = 0
    to_rule: int = 0

    def lines(self, conflicts: str, rulings: str) -> tuple[tuple[str, str], ...]:
        """In words, each with its address; what is none is not told."""
        told = (
            (self.to_settle, "waits for your word", "wait for your word", f"{conflicts}?waits=me"),
            (self.mentions, "mentions you", "mention you", f"{conflicts}?waits=mentions"),
            (self.to_rule, "waits for your ruling", "wait for your ruling", rulings),
        )
        return tuple(
            (f"{n} conflict{'' if n == 1 else 's'} {one if n == 1 else many}", url) for n, one, many, url in told if n
        )


def digest(name: str, found: Sequence[Waiting], settings: str) -> str:
    """The letter of the day. ``settings`` is where the reader chooses what is sent."""
    parts = [f"Hello {name},"]
    for waiting in found:
        parts.append("\n".join([f"In {waiting.review}:", *(f"- {words}: {url}" for words, url in waiting.lines)]))
    parts.append(f"This letter comes once a day at most, and only if something waits. Change that: {settings}")
    return "\n\n".join(parts) + "\n"


def mention(name: str, review: str, conflicts: str, settings: str) -> str:
    """The letter that comes at once. It does not say who wrote, on which record, or what."""
    return (
        f"Hello {name},\n\nsomebody mentions you in a conflict of {review}: {conflicts}?waits=mentions\n\n"
        f"You asked to be told at once. Change that: {settings}\n"
    )
