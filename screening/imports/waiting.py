"""Files that were uploaded but not yet described, kept in the session between the two steps of an upload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from screening.imports.storage import StoredFile
from screening.searches.models import SearchRun

_TOLD = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file on disk that waits for its description; ``format`` as recognised, ``left_out`` of a zip as in `Received`."""

    file: StoredFile
    format: str
    left_out: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The prefix of its form fields."""
        return f"f{self.file.sha256[:16]}"


def waiting(request: HttpRequest, run: SearchRun) -> list[Waiting]:
    """Files of this person that wait in this search, in the order of their upload."""
    rows = request.session.get(_key(run), [])
    return [
        Waiting(StoredFile(row["name"], row["sha256"], row["size"]), row["format"], tuple(row.get("left_out", ())))
        for row in rows
    ]


def add(request: HttpRequest, run: SearchRun, file: StoredFile, format_name: str, left_out: Sequence[str] = ()) -> None:
    """Let a file wait; the same bytes wait once. Of a zip with very many files beside its references, some are told."""
    told = list(left_out[:_TOLD])
    if len(left_out) > _TOLD:
        told.append(f"{len(left_out) - _TOLD} more were left out: the report of the import names them all.")
    others = [row for row in request.session.get(_key(run), []) if row["sha256"] != file.sha256]
    new = {"name": file.name, "sha256": file.sha256, "size": file.size, "format": format_name}
    new |= {"left_out": told} if told else {}
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
