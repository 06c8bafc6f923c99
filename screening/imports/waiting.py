"""Files that were uploaded but not yet described, kept in the session between the two steps of an upload."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from screening.imports.storage import StoredFile
from screening.searches.models import SearchRun


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file on disk that waits for its description; ``format`` as recognised."""

    file: StoredFile
    format: str

    @property
    def prefix(self) -> str:
        """The prefix of its form fields."""
        return f"f{self.file.sha256[:16]}"


def waiting(request: HttpRequest, run: SearchRun) -> list[Waiting]:
    """Files of this person that wait in this search, in the order of their upload."""
    rows = request.session.get(_key(run), [])
    return [Waiting(StoredFile(row["name"], row["sha256"], row["size"]), row["format"]) for row in rows]


def add(request: HttpRequest, run: SearchRun, file: StoredFile, format_name: str) -> None:
    """Let a file wait; the same bytes wait once."""
    others = [row for row in request.session.get(_key(run), []) if row["sha256"] != file.sha256]
    new = {"name": file.name, "sha256": file.sha256, "size": file.size, "format": format_name}
    request.session[_key(run)] = [*others, new]


def remove(request: HttpRequest, run: SearchRun, sha256: str) -> None:
    """Let it wait no longer."""
    left = [row for row in request.session.get(_key(run), []) if row["sha256"] != sha256]
    request.session[_key(run)] = left


def empty(request: HttpRequest, run: SearchRun) -> None:
    """Nothing waits any more."""
    request.session.pop(_key(run), None)


def _key(run: SearchRun) -> str:
    return f"uploads-{run.pk}"
