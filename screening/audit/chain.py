"""The chain of the log: each act is hashed with the hash of the one before, so that none can be changed or left out (P45). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

START = "0" * 64
# What an act says. Row numbers are not of it: they are others on another site.
TOLD = (
    "at", "actor_name", "verb", "subject_type", "subject_label", "before", "after", "reason", "round", "sealed",
)  # fmt: skip


def link(previous: str, event: Mapping[str, Any]) -> str:
    """The hash of an act, given the hash of the one before; `TOLD` are the columns that it covers, as plain values."""
    told = json.dumps([event[name] for name in TOLD], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{told}".encode()).hexdigest()


def chained(events: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each act with its ``hash``, oldest first."""
    previous = START
    for event in events:
        previous = link(previous, event)
        yield {**event, "hash": previous}
