"""Uploaded files on disk: below the review's own folder, under their sha256, never under a name that somebody sent."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from screening.audit.refusal import NotAllowedNow

_BLOCK = 1 << 20


class Upload(Protocol):
    """What both an uploaded file and a file on disk can do."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies on disk: the name people know it by, its hash, its size in bytes."""

    name: str
    sha256: str
    size: int


def path_of(*, review_id: int, sha256: str) -> Path:
    """Where a stored file of a review lies."""
    return _folder(review_id) / sha256


def store(*, review_id: int, name: str, upload: Upload) -> StoredFile:
    """Write ``upload`` to disk while hashing it, fsync it, and only then give it its name (P23, reliability.md 2.6).

    Raises NotAllowedNow for an empty file and for one over IMPORT_MAX_BYTES; nothing of it stays on disk.
    """
    folder = _folder(review_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder / f".part-{secrets.token_hex(8)}"
    try:
        sha256, size = _write(aside, upload, name)
        aside.replace(folder / sha256)
    except BaseException:
        with suppress(FileNotFoundError):
            aside.unlink()
        raise
    _sync_folder(folder)
    return StoredFile(name=name, sha256=sha256, size=size)


def forget(*, review_id: int, sha256: str) -> None:
    """Take a stored file off the disk; fine if it is gone already."""
    with suppress(FileNotFoundError):
        path_of(review_id=review_id, sha256=sha256).unlink()


def _folder(review_id: int) -> Path:
    return Path(settings.MEDIA_ROOT) / str(review_id)


def _write(path: Path, upload: Upload, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in _blocks(upload):
            size += len(block)
            if size > settings.IMPORT_MAX_BYTES:
                raise NotAllowedNow(_too_large(name), rule="P23")
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise NotAllowedNow(f"{name} is empty. Export it again from the database; nothing was stored.", rule="P23")
    return digest.hexdigest(), size


def _blocks(upload: Upload) -> Iterator[bytes]:
    while block := upload.read(_BLOCK):
        yield block


def _too_large(name: str) -> str:
    limit = settings.IMPORT_MAX_BYTES // 1_000_000
    return f"{name} is larger than {limit} MB. Export it in parts and upload those; nothing was stored."


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
