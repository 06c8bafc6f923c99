"""The files inside a zip, checked before a byte of them is unpacked (imports.md 8)."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath

from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source

_MOST_RATIO = 100
_MOST_MEMBERS = 1000
_RATIO_MATTERS_FROM = 1024 * 1024
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "icon\r"})
_PATCHED = 0x20  # flag bit 5: the difference to another file


def members(source: Source, max_bytes: int, max_unpacked: int) -> tuple[list[Source], list[str]]:
    """The files of the zip in its order, and the names of those that a system put there.

    Raises Refusal ``zip`` for what is oversize, packed too well, or locked.
    """
    with source.seekable() as stream, zipfile.ZipFile(stream) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
    infos = [info for info in files if not _is_system_file(info.filename)]
    if not infos:
        raise Refusal("empty", "The zip is empty: export the results again.")
    if len(infos) > _MOST_MEMBERS or len({info.filename for info in infos}) < len(infos):
        raise Refusal("zip", "The zip holds too many files, or several of one name: unpack it and import its files.")
    for info in infos:
        _check(info, max_bytes)
    if sum(info.file_size for info in infos) > max_unpacked:
        raise Refusal("too_large", "The zip unpacks to more than we take: unpack it and import its files one by one.")
    found = [Source(source.path, PurePosixPath(info.filename).name, member=info.filename) for info in infos]
    return found, [info.filename for info in files if _is_system_file(info.filename)]


def _is_system_file(name: str) -> bool:
    plain = PurePosixPath(name).name.casefold()
    return name.startswith("__MACOSX/") or plain.startswith("._") or plain in _SYSTEM_FILES


def _check(info: zipfile.ZipInfo, max_bytes: int) -> None:
    name = PurePosixPath(info.filename).name
    if info.flag_bits & 0x1:
        raise Refusal("zip", f"“{name}” in the zip is locked with a password: unpack it and import the file.")
    if info.compress_type not in _PACKINGS or info.flag_bits & _PATCHED:
        raise Refusal("zip", f"“{name}” in the zip is packed in a way we do not read: unpack it and import the file.")
    if info.file_size > max_bytes:
        raise Refusal("too_large", f"“{name}” in the zip is larger than we take: split it and import each part.")
    if info.file_size > _RATIO_MATTERS_FROM and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
        raise Refusal("zip", f"“{name}” in the zip is packed far too tightly to be references: it was not unpacked.")
