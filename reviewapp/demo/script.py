"""The demo's script as values: who takes part, what was searched, and what each person did. Pure reading of `script.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the demo; ``roles`` and ``languages`` as the database stores them."""

    handle: str
    name: str
    email: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One export file with what PRISMA-S asks of it; ``records`` is what the database stated."""

    file: str
    database: str
    kind: str
    platform: str
    searched: date
    query: str
    limits: str
    records: int


@dataclass(frozen=True, slots=True)
class Search:
    """One phase of searching."""

    label: str
    kind: str
    published_from: date | None
    published_to: date | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """One vote, position or ruling: by whom (a handle) and what."""

    by: str
    decision: str
    answers: Mapping[str, str]
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Voted:
    """The votes on the record that ``key`` names."""

    key: str
    cast: tuple[Cast, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What became of a disagreement: ``outcome`` is open, discussion or ruling; comments are (handle, text)."""

    key: str
    outcome: str
    comments: tuple[tuple[str, str], ...]
    confirmed: tuple[Cast, ...]
    ruling: Cast | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to get a report."""

    on: date
    way: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A report on its way; ``status`` is retrieved, sought or not_retrieved. ``pages`` is the text of its sample file, if it has one."""

    key: str
    status: str
    cause: str
    attempts: tuple[Attempt, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A study and the keys of its reports."""

    label: str
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole play."""

    title: str
    question: str
    kind: str
    preset: str
    speaks_for: str
    speaks_against: str
    accounts: tuple[Account, ...]
    searches: tuple[Search, ...]
    votes: tuple[Voted, ...]
    conflicts: tuple[Conflict, ...]
    reports: tuple[Sought, ...]
    full_text_votes: tuple[Voted, ...]
    studies: tuple[Grouped, ...]

    def conflict_of(self, key: str) -> Conflict | None:
        """The conflict about the record of ``key``, if there is one."""
        return next((conflict for conflict in self.conflicts if conflict.key == key), None)


def read_script(path: Path = FOLDER / "script.toml") -> Script:
    """Return the script in ``path``. Raises KeyError for a missing entry, TOMLDecodeError for what is no TOML."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Script(
        **raw["review"],
        accounts=tuple(_account(row) for row in raw["accounts"]),
        searches=tuple(_search(row) for row in raw["searches"]),
        votes=tuple(_voted(row) for row in raw["votes"]),
        conflicts=tuple(_conflict(row) for row in raw["conflicts"]),
        reports=tuple(_sought(row) for row in raw["reports"]),
        full_text_votes=tuple(_voted(row) for row in raw["full_text_votes"]),
        studies=tuple(Grouped(row["label"], tuple(row["reports"])) for row in raw["studies"]),
    )


def same_letters(text: str) -> str:
    """The letters and digits of a DOI or title, without case: what two spellings of one key share."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _account(row: Mapping[str, Any]) -> Account:
    return Account(row["handle"], row["name"], row["email"], tuple(row["roles"]), tuple(row["languages"]))


def _search(row: Mapping[str, Any]) -> Search:
    files = tuple(File(**file) for file in row["files"])
    return Search(row["label"], row["kind"], row.get("published_from"), row.get("published_to"), files)


def _voted(row: Mapping[str, Any]) -> Voted:
    return Voted(row["key"], _casts(row["cast"]))


def _casts(rows: Iterable[Mapping[str, Any]]) -> tuple[Cast, ...]:
    return tuple(
        Cast(
            by=row.get("reviewer") or row["by"],
            decision=row["decision"],
            answers=row.get("answers", {}),
            reason=row.get("reason", ""),
            note=row.get("note") or row.get("rationale", ""),
        )
        for row in rows
    )


def _conflict(row: Mapping[str, Any]) -> Conflict:
    comments = tuple((comment["by"], comment["text"]) for comment in row["comments"])
    ruling = _casts([row["ruling"]])[0] if "ruling" in row else None
    return Conflict(row["key"], row["outcome"], comments, _casts(row.get("confirmed", ())), ruling)


def _sought(row: Mapping[str, Any]) -> Sought:
    attempts = tuple(Attempt(**attempt) for attempt in row["attempts"])
    return Sought(row["key"], row["status"], row.get("cause", ""), attempts, tuple(row.get("pages", ())))
