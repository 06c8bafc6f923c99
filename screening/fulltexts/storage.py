"""Files of reports on disk, under their hash, outside the static folder (P28)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.media_types import HEAD, REPORTS, media_type, refusal


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on disk: its hash, its size in bytes, its media type by its first bytes."""

    sha256: str
    size: int
    media_type: str


def keep(*, review_id: int, chunks: Iterable[bytes], takes: frozenset[str] = REPORTS) -> Kept:
    """Store the bytes. Raises NotAllowedNow, having stored nothing, when they are empty, too many, or of no kind in ``takes``.

    Written aside, flushed to the disk, then renamed to the hash, so that a crash leaves no half file.
    """
    folder = path_of(review_id, "x").parent
    folder.mkdir(parents=True, exist_ok=True)
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as aside:
        try:
            for chunk in chunks:
                head, size = head + chunk[: HEAD - len(head)], size + len(chunk)
                _refuse_if_too_large(size)
                digest.update(chunk)
                aside.write(chunk)
            _refuse_if_unfit(head, takes)
        except BaseException:
            Path(aside.name).unlink()
            raise
        aside.flush()
        os.fsync(aside.fileno())
    os.replace(aside.name, path_of(review_id, digest.hexdigest()))
    return Kept(digest.hexdigest(), size, media_type(head))


def _refuse_if_too_large(size: int) -> None:
    if size > settings.PDF_MAX_BYTES:
        most = settings.PDF_MAX_BYTES // 1_000_000
        raise NotAllowedNow(f"It is larger than {most} MB, so it was not stored. Make it smaller and upload it again.")


def _refuse_if_unfit(head: bytes, takes: frozenset[str]) -> None:
    if not head:
        raise NotAllowedNow("It is empty, so it was not stored. Download the report again.")
    if problem := refusal(head, takes):
        raise NotAllowedNow(problem)


def forget(*, review_id: int, sha256: str) -> None:
    """Take a file off the disk that no row names: a zip once it is unpacked."""
    path_of(review_id, sha256).unlink(missing_ok=True)


def path_of(review_id: int, sha256: str) -> Path:
    """Where a file of the review lies."""
    return Path(settings.MEDIA_ROOT) / "reports" / str(review_id) / sha256
