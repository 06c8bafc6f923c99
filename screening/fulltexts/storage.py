"""PDF files on disk, under their hash, outside the static folder (P28)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from screening.audit.refusal import NotAllowedNow

MAGIC = b"%PDF-"


def keep(*, review_id: int, upload: UploadedFile[bytes]) -> tuple[str, int]:
    """Store the upload; returns its sha256 and size in bytes. Raises NotAllowedNow when it is no PDF or too large.

    Written aside, flushed to the disk, then renamed to its hash, so that a crash leaves no half file.
    """
    if (upload.size or 0) > settings.PDF_MAX_BYTES:
        raise NotAllowedNow(
            f"The file is larger than {settings.PDF_MAX_BYTES // 1_000_000} MB. Nothing was stored; make it smaller."
        )
    folder = path_of(review_id, "x").parent
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as aside:
        for number, chunk in enumerate(upload.chunks()):
            if number == 0 and not chunk.startswith(MAGIC):
                Path(aside.name).unlink()
                raise NotAllowedNow(
                    "That file is not a PDF. Nothing was stored; save the report as PDF and upload it again."
                )
            digest.update(chunk)
            aside.write(chunk)
        aside.flush()
        os.fsync(aside.fileno())
    size = Path(aside.name).stat().st_size
    if not size:
        Path(aside.name).unlink()
        raise NotAllowedNow("That file is empty. Nothing was stored.")
    os.replace(aside.name, path_of(review_id, digest.hexdigest()))
    return digest.hexdigest(), size


def path_of(review_id: int, sha256: str) -> Path:
    """Where a file of the review lies."""
    return Path(settings.MEDIA_ROOT) / "reports" / str(review_id) / sha256
