"""The PDFs inside a zip, checked before a byte of them is unpacked (reliability.md 5)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings

from screening.audit.refusal import NotAllowedNow

MOST_FILES = 1000
MOST_UNPACKED = 2_000_000_000  # bytes; PDFs hardly pack
MOST_RATIO = 100
RATIO_MATTERS_FROM = 1024 * 1024
CHUNK = 1024 * 1024
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_DAMAGED = "The zip is damaged, so nothing was taken from it. Pack it again, or upload the PDFs themselves."


class Packed:
    """One open zip whose directory was checked: ``members`` are its files, in its order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members = [info for info in archive.infolist() if not info.is_dir() and not _is_of_a_system(info.filename)]
        _check(self.members)

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


def _is_of_a_system(name: str) -> bool:
    plain = PurePosixPath(name).name.casefold()
    return name.startswith("__MACOSX/") or plain.startswith("._") or plain in {".ds_store", "thumbs.db", "desktop.ini"}


def _check(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise NotAllowedNow("The zip is empty, so nothing was taken from it.")
    if len(members) > MOST_FILES:
        raise NotAllowedNow(f"The zip holds more than {MOST_FILES} files. Split it and upload each part.")
    if any(info.flag_bits & 0x1 for info in members):
        raise NotAllowedNow("The zip is locked with a password. Unpack it and upload the PDFs themselves.")
    too_tight = any(_is_too_tight(info) or info.compress_type not in _PACKINGS for info in members)
    if too_tight or sum(info.file_size for info in members) > MOST_UNPACKED:
        raise NotAllowedNow(
            "The zip unpacks to more than we take, or in a way we do not read. Upload the PDFs themselves."
        )
    if any(info.file_size > settings.PDF_MAX_BYTES for info in members):
        most = settings.PDF_MAX_BYTES // 1_000_000
        raise NotAllowedNow(f"The zip holds a file larger than {most} MB. Make it smaller and upload it by itself.")


def _is_too_tight(info: zipfile.ZipInfo) -> bool:
    return info.file_size > RATIO_MATTERS_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1)
