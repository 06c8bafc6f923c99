"""Files on disk: whole under their hash or not at all."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from screening.audit.refusal import NotAllowedNow
from screening.imports.storage import forget, path_of, store

RIS = b"TY  - JOUR\nTI  - A title\nER  - \n"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_p23_a_file_lies_under_its_hash_whatever_its_name(folder: Path) -> None:
    file = store(review_id=7, name="../../etc/passwd", upload=BytesIO(RIS))
    assert file.sha256 == hashlib.sha256(RIS).hexdigest()
    assert file.size == len(RIS)
    assert path_of(review_id=7, sha256=file.sha256).read_bytes() == RIS
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()] == [f"7/{file.sha256}"]


def test_the_same_bytes_lie_there_once(folder: Path) -> None:
    store(review_id=7, name="a.ris", upload=BytesIO(RIS))
    store(review_id=7, name="b.ris", upload=BytesIO(RIS))
    assert len(list((folder / "7").iterdir())) == 1


def test_p23_a_file_over_the_limit_is_refused_and_leaves_nothing(folder: Path, settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 2_000_000
    with pytest.raises(NotAllowedNow, match="larger than 2 MB"):
        store(review_id=7, name="big.ris", upload=BytesIO(b"x" * 2_000_001))
    assert list((folder / "7").iterdir()) == []
    assert store(review_id=7, name="fits.ris", upload=BytesIO(b"x" * 2_000_000)).size == 2_000_000


def test_an_empty_file_is_refused_with_a_sentence(folder: Path) -> None:
    with pytest.raises(NotAllowedNow, match=r"hits\.ris is empty"):
        store(review_id=7, name="hits.ris", upload=BytesIO(b""))


def test_p43_a_disk_that_fails_leaves_no_part_behind(folder: Path) -> None:
    class Fails(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        store(review_id=7, name="hits.ris", upload=Fails())
    assert list((folder / "7").iterdir()) == []


def test_only_the_owner_may_read_stored_files(folder: Path) -> None:
    file = store(review_id=7, name="a.ris", upload=BytesIO(RIS))
    assert path_of(review_id=7, sha256=file.sha256).stat().st_mode & 0o077 == 0


def test_forgetting_a_file_twice_is_fine() -> None:
    file = store(review_id=7, name="a.ris", upload=BytesIO(RIS))
    forget(review_id=7, sha256=file.sha256)
    forget(review_id=7, sha256=file.sha256)
    assert not path_of(review_id=7, sha256=file.sha256).exists()
