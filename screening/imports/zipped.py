"""What a zip's directory says of its files, checked before a byte of them is unpacked (imports.md 8, reliability.md 5).

Whoever asks has sentences of its own for each danger: a list of references and a PDF are mended in different ways.
"""

from __future__ import annotations

import enum
import zipfile
from pathlib import PurePosixPath

MOST_FILES = 1000
MOST_RATIO = 100
RATIO_MATTERS_FROM = 1024 * 1024
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "icon\r"})
_LOCKED = 0x1
_PATCHED = 0x20  # the difference to another file


class Danger(enum.Enum):
    """Why a zip is not unpacked: as a whole, or for one of its files."""

    EMPTY = "it has no file"
    TOO_MANY = "it has too many files"
    TOO_MUCH = "all its files together are too large"
    LOCKED = "a file has a password"
    PACKING = "a file is packed in a way that is not read"
    TOO_LARGE = "a file is too large"
    TOO_TIGHT = "a file is packed too well to be what it says"


class Dangerous(Exception):
    """``name`` is that of the file, without its path; empty where the whole zip is meant."""

    def __init__(self, danger: Danger, name: str = "") -> None:
        super().__init__(danger.value)
        self.danger, self.name = danger, name


def checked_files(
    archive: zipfile.ZipFile, *, largest: int, unpacked: int
) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    """The files of the zip in its order, and those that a computer's system put there.

    ``largest`` and ``unpacked`` are the most bytes of one file and of all. Raises Dangerous.
    """
    every = [info for info in archive.infolist() if not info.is_dir()]
    files = [info for info in every if not _is_of_a_system(info.filename)]
    if not files:
        raise Dangerous(Danger.EMPTY)
    if len(files) > MOST_FILES:
        raise Dangerous(Danger.TOO_MANY)
    for info in files:
        danger = _danger(info, largest)
        if danger is not None:
            raise Dangerous(danger, PurePosixPath(info.filename).name)
    if sum(info.file_size for info in files) > unpacked:
        raise Dangerous(Danger.TOO_MUCH)
    return files, [info for info in every if _is_of_a_system(info.filename)]


def _is_of_a_system(name: str) -> bool:
    plain = PurePosixPath(name).name.casefold()
    return name.startswith("__MACOSX/") or plain.startswith("._") or plain in _SYSTEM_FILES


def _danger(info: zipfile.ZipInfo, largest: int) -> Danger | None:
    if info.flag_bits & _LOCKED:
        return Danger.LOCKED
    if info.compress_type not in _PACKINGS or info.flag_bits & _PATCHED:
        return Danger.PACKING
    if info.file_size > largest:
        return Danger.TOO_LARGE
    if info.file_size > RATIO_MATTERS_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        return Danger.TOO_TIGHT
    return None
