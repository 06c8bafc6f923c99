"""Writing a review into one zip: its rows, its files, what they add up to, and a program that adds them up again (RO-Crate 1.2)."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from screening.archive.contents import Row, kept_models, people, plain_rows
from screening.archive.sealed import PRIVATE, refuse_if_sealed
from screening.audit import chain
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.decisions.pairs import agreement_of
from screening.decisions.verdict import Stage
from screening.fulltexts import storage as reports
from screening.imports import storage as uploads
from screening.imports.models import Import
from screening.jobs.models import Job
from screening.prisma.counts import flow_of
from screening.prisma.snapshot import read_snapshot
from screening.reviews.models import Review

VERSION = 1
JOB = "archive.make"
MANIFEST = "manifest-sha256.txt"
SEAL = 64  # hexadecimal digits, as `verify_archive.py` reads them
PROGRAM = Path(__file__).with_name("verify_archive.py")
UNFINISHED = ("queued", "loading", "question")
_FIXED = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20
_README = """# {title}

An archive of a systematic review: every record, vote, ruling and act, the imported files and the full texts.
{sealed}

- `data/*.jsonl`: one table each, one row a line. `data/auditevent.jsonl` is the log; each act carries a hash that covers all before it.
- `files/`: imported files and full texts, under their SHA-256.
- `counts.json`: the PRISMA 2020 flow. `agreement.json`: agreement of the independent votes, pair by pair.
- `verify_archive.py`: `python3 verify_archive.py ARCHIVE.zip` checks every file, the chain of the log, the flow and the agreement,
  with Python's standard library alone, and says what it looked at.

`manage.py import_review ARCHIVE.zip` brings it into another site.
"""

_SEALED = "It holds votes that are still sealed, so whoever opens it is blinded no more."
_OPEN = "No vote in it was sealed when it was made. What members keep for themselves alone is left out."


def write_archive(*, review: Review, into: Path, for_members: bool = False) -> str:
    """Write the whole review, sealed votes with it; returns the SHA-256 of the file. At one moment a review gives the same bytes.

    Raises NotAllowedNow while work is under way on the review, since it could not go on elsewhere; ``for_members`` also while anything
    is sealed (I52), and such an archive leaves out what is its author's for good.
    """
    refuse_if_unfinished(review)
    moment = timezone.now()
    aside = into.with_name(f"{into.name}.part")
    try:
        with read_snapshot(), zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as packed:
            if for_members:
                refuse_if_sealed(review)
            _fill(_Members(packed), review, moment, PRIVATE if for_members else frozenset())
            packed.comment = b"0" * SEAL
        _seal(aside)
        aside.replace(into)
    finally:
        aside.unlink(missing_ok=True)
    with into.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(path: Path) -> None:
    """Put the hash of all before them into the last bytes of the zip: a changed byte that no file holds is found as well."""
    with path.open("r+b") as file:
        left = file.seek(0, 2) - SEAL
        file.seek(0)
        digest = hashlib.sha256()
        while left:
            piece = file.read(min(left, _PIECE))
            digest.update(piece)
            left -= len(piece)
        file.seek(-SEAL, 2)
        file.write(digest.hexdigest().encode())


def refuse_if_unfinished(review: Review) -> None:
    """Raises NotAllowedNow while work is under way that could not go on elsewhere."""
    if Job.objects.filter(review_id=review.pk, state__in=["queued", "running"]).exclude(name=JOB).exists():
        raise NotAllowedNow("Work is under way on this review. Wait until it is done, then make the archive.")
    if Import.objects.filter(review=review, state__in=UNFINISHED).exists():
        raise NotAllowedNow("An import waits for an answer. Answer or cancel it, then make the archive.")
    if Item.objects.filter(review=review, reveal_at__gt=timezone.now()).exists():
        raise NotAllowedNow("A vote was cast just now and can still be taken back. Make the archive in a minute.")


class _Members:
    """The members of a zip, each hashed as it is written."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.hashes: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one member."""
        member = zipfile.ZipInfo(name, _FIXED)
        member.compress_type = zipfile.ZIP_DEFLATED
        digest = hashlib.sha256()
        with self._packed.open(member, "w", force_zip64=True) as target:
            for piece in pieces:
                digest.update(piece)
                target.write(piece)
        self.hashes[name] = digest.hexdigest()

    def add_json(self, name: str, value: Any) -> None:
        """Write a value as JSON."""
        self.add(name, [(json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()])

    def add_lines(self, name: str, rows: Iterable[Row]) -> None:
        """Write rows as JSON, one a line."""
        self.add(name, ((json.dumps(row, ensure_ascii=False) + "\n").encode() for row in rows))


def _fill(members: _Members, review: Review, moment: datetime, left_out: frozenset[str]) -> None:
    members.add_lines("data/people.jsonl", people(review))
    for model in kept_models():
        rows = iter(()) if model.__name__ in left_out else plain_rows(model, review)
        name = model.__name__.lower()
        members.add_lines(f"data/{name}.jsonl", chain.chained(rows) if name == "auditevent" else rows)
    for name, path in _files(review):
        with path.open("rb") as file:
            members.add(name, iter(_reader(file), b""))
    members.add_json("counts.json", counts(review, moment))
    members.add_json("agreement.json", agreement(review, moment))
    sealed = _OPEN if left_out else _SEALED
    members.add("README.md", [_README.format(title=review.title, sealed=sealed).encode()])
    members.add(PROGRAM.name, [PROGRAM.read_bytes()])
    members.add_json("ro-crate-metadata.json", _crate(review, moment, sorted(members.hashes)))
    members.add(MANIFEST, [f"{digest}  {name}\n".encode() for name, digest in sorted(members.hashes.items())])


def _reader(file: IO[bytes]) -> Callable[[], bytes]:
    return lambda: file.read(_PIECE)


def _files(review: Review) -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of every stored file, by hash."""
    for folder, place in (
        ("imports", uploads.path_of(review_id=review.pk, sha256="x")),
        ("reports", reports.path_of(review.pk, "x")),
    ):
        found = sorted(place.parent.glob("[0-9a-f]*")) if place.parent.is_dir() else []
        yield from ((f"files/{folder}/{path.name}", path) for path in found if len(path.name) == 64 and path.is_file())


def counts(review: Review, moment: datetime) -> dict[str, Any]:
    """The flow as it is published, and when it was counted: what is revealed later is still pending."""
    told = flow_of(review).counts()
    return {
        "version": VERSION,
        "counted_at": moment.isoformat(),
        **{key: n for key, n in told.items() if key != "as_of"},
    }


def agreement(review: Review, moment: datetime) -> list[dict[str, Any]]:
    """The agreement of each pair of reviewers at each stage."""
    return [pair.figures() for stage in Stage for pair in agreement_of(review, stage, now=moment)]


def _crate(review: Review, moment: datetime, names: list[str]) -> dict[str, Any]:
    root = {
        "@id": "./", "@type": "Dataset", "name": review.title, "description": review.question or review.title,
        "datePublished": moment.date().isoformat(), "license": "Bibliographic records and full texts keep the rights of their publishers.",
        "identifier": review.registration_id, "hasPart": [{"@id": name} for name in names],
    }  # fmt: skip
    about = {
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
    }  # fmt: skip
    return {
        "@context": "https://w3id.org/ro/crate/1.2/context",
        "@graph": [about, root, *({"@id": name, "@type": "File"} for name in names)],
    }
