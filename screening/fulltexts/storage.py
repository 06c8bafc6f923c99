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
HEAD = 1024  # bytes in which readers look for the header (ISO 32000-1, annex of implementation notes): some files begin with blanks


def keep(*, review_id: int, upload: UploadedFile[bytes]) -> tuple[str, int]:
    """Store the upload; returns its sha256 and size in bytes. Raises NotAllowedNow when it is no PDF or too large.

    Written aside, flushed to the disk, then renamed to its hash, so that a crash leaves no half file.
    """
    if not upload.size:
        raise NotAllowedNow("It is empty, so it was not stored. Download the report again.")
    if upload.size > settings.PDF_MAX_BYTES:
        raise NotAllowedNow(
            f"It is larger than {settings.PDF_MAX_BYTES // 1_000_000} MB, so it was not stored. Make it smaller and upload it again."
        )
    folder = path_of(review_id, "x").parent
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as aside:
        for number, chunk in enumerate(upload.chunks()):
            if number == 0 and (problem := _no_pdf(chunk[:HEAD])):
                Path(aside.name).unlink()
                raise NotAllowedNow(problem)
            digest.update(chunk)
            aside.write(chunk)
        aside.flush()
        os.fsync(aside.fileno())
    size = Path(aside.name).stat().st_size
    os.replace(aside.name, path_of(review_id, digest.hexdigest()))
    return digest.hexdigest(), size


def _no_pdf(head: bytes) -> str:
    """Why these first bytes are no PDF, in a sentence; empty where they are one."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return "It is a web page, not a PDF, so it was not stored. Sign in at the publisher, download the PDF itself and upload that."
    if MAGIC not in head:
        return "It is not a PDF, so it was not stored. Save the report as PDF and upload that."
    return ""


def path_of(review_id: int, sha256: str) -> Path:
    """Where a file of the review lies."""
    return Path(settings.MEDIA_ROOT) / "reports" / str(review_id) / sha256
