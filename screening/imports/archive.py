"""The lists of references inside a zip, checked before a byte of them is unpacked (imports.md 8)."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath

from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source
from screening.imports.zipped import Danger, Dangerous, checked_files

_SEVERAL = "The zip holds too many files, or several of one name: unpack it and import its files."
_REFUSALS = {
    Danger.EMPTY: ("empty", "The zip is empty: export the results again."),
    Danger.TOO_MANY: ("zip", _SEVERAL),
    Danger.TOO_MUCH: ("too_large", "The zip unpacks to more than we take: unpack it and import its files one by one."),
    Danger.LOCKED: ("zip", "“{name}” in the zip is locked with a password: unpack it and import the file."),
    Danger.PACKING: ("zip", "“{name}” in the zip is packed in a way we do not read: unpack it and import the file."),
    Danger.TOO_LARGE: ("too_large", "“{name}” in the zip is larger than we take: split it and import each part."),
    Danger.TOO_TIGHT: ("zip", "“{name}” in the zip is packed far too tightly to be references: it was not unpacked."),
}


def members(source: Source, max_bytes: int, max_unpacked: int) -> tuple[list[Source], list[str]]:
    """The files of the zip in its order, and the names of those that a system put there.

    Raises Refusal ``zip`` for what is packed too well, locked, or cannot be told apart by name; ``too_large``, ``empty``.
    """
    with source.seekable() as stream, zipfile.ZipFile(stream) as archive:
        try:
            files, of_a_system = checked_files(archive, largest=max_bytes, unpacked=max_unpacked)
        except Dangerous as found:
            code, sentence = _REFUSALS[found.danger]
            raise Refusal(code, sentence.format(name=found.name)) from found
    if len({info.filename for info in files}) < len(files):
        raise Refusal("zip", _SEVERAL)
    found_files = [Source(source.path, PurePosixPath(info.filename).name, member=info.filename) for info in files]
    return found_files, [info.filename for info in of_a_system]
