"""What may wait for a member of a review. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a member: what to do, why, and where."""

    title: str
    url: str
    detail: str = ""
    verb: str = "Continue"
