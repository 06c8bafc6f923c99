"""The PDFs inside a zip, checked before a byte of them is unpacked (reliability.md 5)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings

from screening.audit.refusal import NotAllowedNow
from screening.imports.zipped import MOST_FILES, Danger, Dangerous, checked_files

MOST_UNPACKED = 2_000_000_000  # bytes; PDFs hardly pack
CHUNK = 1024 * 1024
_DAMAGED = "The zip is damaged, so nothing was taken from it. Pack it again, or upload the PDFs themselves."
_TOO_MUCH = "The zip unpacks to more than we take, or in a way we do not read. Upload the PDFs themselves."
_SENTENCES = {
    Danger.EMPTY: "The zip is empty, so nothing was taken from it.",
    Danger.TOO_MANY: f"The zip holds more than {MOST_FILES} files. Split it and upload each part.",
    Danger.TOO_MUCH: _TOO_MUCH,
    Danger.LOCKED: "The zip is locked with a password. Unpack it and upload the PDFs themselves.",
    Danger.PACKING: _TOO_MUCH,
    Danger.TOO_LARGE: "The zip holds a file larger than {most} MB. Make it smaller and upload it by itself.",
    Danger.TOO_TIGHT: _TOO_MUCH,
}


class Packed:
    """One open zip whose directory was checked: ``members`` are its files, in its order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        try:
            self.members, _ = checked_files(archive, largest=settings.PDF_MAX_BYTES, unpacked=MOST_UNPACKED)
        except Dangerous as found:
            most = settings.PDF_MAX_BYTES // 1_000_000
            raise NotAllowedNow(_SENTENCES[found.danger].format(most=most)) from found

    def name(self, member: zipfile.ZipInfo) -> str:
        """The file's own name: a path in an archive is never a path on the disk."""
        return PurePosixPath(member.filename.replace("\\", "/")).name[-255:] or "report.pdf"

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of a file, not one more than its directory promised. Raises NotAllowedNow where it is damaged."""
        left = member.file_size
        try:
            with self._archive.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise NotAllowedNow("It unpacks to more than the zip says, so it was not stored.")
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as damage:
            raise NotAllowedNow("It is damaged inside the zip, so it was not stored. Upload it by itself.") from damage


@contextmanager
def packed(path: Path) -> Iterator[Packed]:
    """Open a stored zip. Raises NotAllowedNow when it is damaged, locked, or unpacks to more than is taken."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as damage:
        raise NotAllowedNow(_DAMAGED) from damage
    with archive:
        yield Packed(archive)
