"""Where the bytes of a file come from: the file itself, or one member of a zip, opened as often as a reader needs."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True)
class Source:
    """``name`` is what people see; ``member`` is set for a member of a zip, whose name never becomes a path on disk."""

    path: Path
    name: str
    member: str | None = None

    def open(self) -> BinaryIO:
        """The bytes from the beginning; the caller closes them."""
        if self.member is None:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as archive:
            return cast(BinaryIO, archive.open(self.member))

    def seekable(self) -> BinaryIO:
        """The bytes for a reader that jumps about (xlsx, xls): a member of a zip is unpacked in memory, within its limit."""
        if self.member is None:
            return self.path.open("rb")
        with self.open() as packed:
            return BytesIO(packed.read())

    def head(self, size: int) -> bytes:
        """The first ``size`` bytes."""
        with self.open() as stream:
            return stream.read(size)
