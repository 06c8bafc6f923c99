"""The PDFs of a zip: checked before a byte is unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pytest_django import Settings

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.zips import packed


def make_zip(*files: tuple[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def read(path: Path, content: bytes) -> dict[str, bytes]:
    path.write_bytes(content)
    with packed(path) as archive:
        return {archive.name(member): b"".join(archive.chunks(member)) for member in archive.members}


def test_names_in_a_zip_are_never_paths_and_system_files_are_passed_over(tmp_path: Path) -> None:
    content = make_zip(("../../a.pdf", b"1"), ("x\\b.pdf", b"2"), ("__MACOSX/._a.pdf", b"3"), ("in/.DS_Store", b"4"))
    assert read(tmp_path / "z", content) == {"a.pdf": b"1", "b.pdf": b"2"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (make_zip(("a.pdf", b"1"))[:-9], "damaged"),
        (make_zip(), "empty"),
        (make_zip(("a.pdf", bytes(3_000_000))), "unpacks to more"),
        (make_zip(*((f"{n}.pdf", b"") for n in range(1001))), "more than 1000 files"),
        (make_zip(("a.pdf", bytes(range(256)) * 4)), "larger than"),
        (make_zip(("a.pdf", b"1")).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"), "password"),
    ],
)  # fmt: skip
def test_a_zip_that_is_no_honest_one_gives_one_sentence(
    content: bytes, sentence: str, tmp_path: Path, settings: Settings
) -> None:
    settings.PDF_MAX_BYTES = 1000 if sentence == "larger than" else settings.PDF_MAX_BYTES
    with pytest.raises(NotAllowedNow, match=sentence):
        read(tmp_path / "z", content)


def test_a_damaged_file_inside_gives_one_sentence(tmp_path: Path) -> None:
    content = bytearray(make_zip(("a.pdf", b"some text that is packed " * 20)))
    content[45] ^= 0xFF
    with pytest.raises(NotAllowedNow, match="damaged inside the zip"):
        read(tmp_path / "z", bytes(content))
