"""The job `imports.load`: reads a stored file into the review in fenced chunks; visible only with the last one (IM9).

A restart reads the file again and skips as many entries as are in the database: the reader is deterministic and chunks
are written in the order of the file, so that each row is there once (P41).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from reviewapp.logs import logger
from screening.audit.actions import record
from screening.imports.models import Import, ImportState
from screening.imports.parsed import ParseProblem, Reading, Refusal, UnknownColumns, is_damage
from screening.imports.reading import read
from screening.imports.rows import (
    Entry,
    clear_some,
    flags_of,
    insert_standings,
    mapped_before,
    rows_of,
    stored_positions,
)
from screening.imports.stages import JOINING, READING, STORING
from screening.imports.storage import path_of
from screening.jobs.actions import Claim, LostClaim, enqueue
from screening.reviews.models import Review

# Entries in one transaction, and seconds between two: SQLite has one writer at a time, the pause is the voters' turn.
CHUNKS = {"sqlite": (500, 0.02), "postgresql": (2000, 0.0)}
_BEAT_EVERY = 5_000  # entries that are skipped on a restart
_STOPPED = (
    "Reading stopped on an error of the site. Nothing of this file was imported. Read it again; if it stops again, tell"
    " your administrator."
)
log = logger("screening.imports")


@dataclass
class Tally:
    """What became of the entries: from the whole file, also of those that an earlier attempt stored."""

    parsed: int = 0
    rejected: int = 0
    flagged: int = 0
    damaged: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return self.parsed + self.rejected

    def count(self, entry: Entry) -> None:
        if isinstance(entry, ParseProblem):
            self.rejected += 1
            return
        self.parsed += 1
        flags = flags_of(entry)
        self.flagged += bool(flags)
        self.damaged += any(is_damage(flag) for flag in flags)


def load(claim: Claim, *, followers: Iterable[str] = ()) -> None:
    """Do the import whose id is the job's subject; then ask for the jobs that follow, by name."""
    imported = Import.objects.select_related("uploaded_by").filter(pk=int(claim.job.subject)).first()
    if imported is None or imported.state not in (ImportState.QUEUED, ImportState.LOADING):
        _clear(claim, imported)
        return
    try:
        _load(claim, imported, followers)
    except UnknownColumns as unknown:
        _ask(claim, imported, {"kind": "columns", "sentence": unknown.sentence, **_table(unknown)})
    except Refusal as refusal:
        _meet(claim, imported, refusal)
    except (LostClaim, OperationalError):
        raise
    except FileNotFoundError:
        _refuse(claim, imported, "The uploaded file is no longer on the server. Upload it again.")
    except Exception:
        log.exception("import failed", imported=imported.pk)
        _refuse(claim, imported, _STOPPED)


def _load(claim: Claim, imported: Import, followers: Iterable[str]) -> None:
    claim.beat(phase=READING)
    path = path_of(review_id=imported.review_id, sha256=imported.sha256)
    with open(path, "rb"):  # gone files are told apart from files that cannot be read
        pass
    readings = _readings(imported, path)
    tally = _begin(claim, imported, readings)
    _store(claim, imported, _entries(readings, tally, imported.markers), tally)
    if tally.seen != imported.markers:
        raise Refusal("sum", _sum_open(imported, tally))
    if tally.damaged and not imported.question.get("accepted"):
        _ask(claim, imported, {"kind": "damage", "sentence": _damage(tally, imported), "damaged": tally.damaged})
        return
    _join_review(claim, imported, tally, followers)


def _readings(imported: Import, path: Path) -> list[Reading]:
    name, encoding = imported.file_name, imported.encoding_given or None
    try:
        return read(path, name=name, encoding=encoding, mapping=imported.mapping or None)
    except UnknownColumns as unknown:
        mapping = mapped_before(imported, unknown.columns)
        if not mapping:
            raise
        imported.mapping = mapping
        return read(path, name=name, encoding=encoding, mapping=mapping)


def _begin(claim: Claim, imported: Import, readings: list[Reading]) -> Tally:
    """Give the file its block of record numbers, once; a reader that counts differently than before starts afresh."""
    markers = sum(reading.markers for reading in readings)
    fresh = imported.first_number is None or imported.markers != markers
    if fresh:
        _empty(claim, imported)
    with claim.chunk(total_n=markers):
        if fresh:
            imported.first_number = _reserve(imported.review_id, markers)
        _set(
            imported,
            state=ImportState.LOADING,
            first_number=imported.first_number,
            markers=markers,
            format=_joined(reading.format for reading in readings)[:40],
            encoding=_joined(reading.encoding for reading in readings)[:40],
            mapping=imported.mapping,
            error="",
        )
    left_out = [text for reading in readings for text in reading.left_out]
    about = [_of_member(reading, text, readings) for reading in readings for text in _warnings(reading)]
    return Tally(warnings=left_out + about)


def _reserve(review_id: int, markers: int) -> int:
    Review.objects.filter(pk=review_id).update(last_number=F("last_number") + markers)
    return int(Review.objects.values_list("last_number", flat=True).get(pk=review_id)) - markers + 1


def _set(imported: Import, **values: Any) -> None:
    """Write to an import that is still being read; a cancelled one is let go."""
    reading = [ImportState.QUEUED, ImportState.LOADING]
    if not Import.objects.filter(pk=imported.pk, state__in=reading).update(**values):
        raise LostClaim
    for name, value in values.items():
        setattr(imported, name, value)


def _entries(readings: list[Reading], tally: Tally, markers: int) -> Iterator[tuple[int, Entry]]:
    """Every entry with its position; one more than there are markers ends the reading, its number is not ours."""
    for reading in readings:
        for entry in reading.entries:
            if tally.seen == markers:
                tally.count(entry)
                return
            position = tally.seen
            tally.count(entry)
            yield position, entry


def _store(claim: Claim, imported: Import, entries: Iterator[tuple[int, Entry]], tally: Tally) -> None:
    size, pause = CHUNKS[connection.vendor]
    stored = stored_positions(imported)
    _skip(claim, entries, stored)
    with claim.chunk(done_n=stored, phase=STORING):
        _set(imported, storing_since=timezone.now(), storing_from=stored)
    while chunk := list(islice(entries, size)):
        rows = rows_of(imported, chunk)
        with claim.chunk(done_n=chunk[-1][0] + 1, phase=STORING):
            rows.write()
        time.sleep(pause)


def _skip(claim: Claim, entries: Iterator[tuple[int, Entry]], stored: int) -> None:
    for position, _ in islice(entries, stored):
        if position % _BEAT_EVERY == 0:
            claim.beat(done_n=stored)


def _join_review(claim: Claim, imported: Import, tally: Tally, followers: Iterable[str]) -> None:
    claim.beat(phase=JOINING)
    with claim.chunk(done_n=imported.markers, phase="stored"):
        counts = {
            "markers": imported.markers,
            "parsed": tally.parsed,
            "rejected": tally.rejected,
            "flagged": tally.flagged,
        }
        _set(imported, state=ImportState.STORED, stored_at=timezone.now(), warnings=tally.warnings, **counts)
        if insert_standings(imported) != tally.parsed:
            raise RuntimeError("the records stored are not those that were read")
        record(
            verb="imported a file",
            review_id=imported.review_id,
            actor=imported.uploaded_by,
            subject=("import", imported.pk, imported.file_name),
            after={**counts, "sha256": imported.sha256, "first_number": imported.first_number},
        )
        claim.finish(result=counts)
        for name in followers:
            enqueue(name=name, review_id=imported.review_id)


def _meet(claim: Claim, imported: Import, refusal: Refusal) -> None:
    if refusal.previews:
        question = {"kind": "encoding", "sentence": refusal.sentence, "previews": refusal.previews}
        _ask(claim, imported, question)
        return
    _refuse(claim, imported, refusal.sentence)


def _table(unknown: UnknownColumns) -> dict[str, Any]:
    return {"columns": list(unknown.columns), "sample": [list(row) for row in unknown.sample]}


def _ask(claim: Claim, imported: Import, question: dict[str, Any]) -> None:
    """End the job with a question; what a damaged file gave stays stored, unseen, until the answer."""
    if question["kind"] != "damage":
        _empty(claim, imported)
    with claim.chunk():
        _set(imported, state=ImportState.QUESTION, question=question)
        claim.finish(result={"question": question["kind"]})


def _refuse(claim: Claim, imported: Import, sentence: str) -> None:
    """First the state, then the rows: an attempt that is killed between goes on with taking rows away."""
    with claim.chunk():
        _set(imported, state=ImportState.REFUSED, error=sentence)
        record(
            verb="refused a file",
            review_id=imported.review_id,
            actor=None,
            subject=("import", imported.pk, imported.file_name),
            reason=sentence,
        )
    _clear(claim, imported)


def _clear(claim: Claim, imported: Import | None) -> None:
    """Take away what a refused or cancelled import stored, and end the job."""
    if imported is not None and imported.state in (ImportState.REFUSED, ImportState.CANCELLED):
        _empty(claim, imported)
    with claim.chunk():
        claim.finish(result={"refused": imported.error} if imported else {})


def _empty(claim: Claim, imported: Import) -> None:
    left = stored_positions(imported)
    while left > 0:
        with claim.chunk(phase="taking rows away"):
            left -= clear_some(imported, 500)


def _sum_open(imported: Import, tally: Tally) -> str:
    return (
        f"The file marks {imported.markers} records, but {tally.parsed} were read and {tally.rejected} rejected, which does"
        " not add up. Nothing was imported. Export the file again, or in another format."
    )


def _damage(tally: Tally, imported: Import) -> str:
    records = "1 record" if tally.damaged == 1 else f"{tally.damaged} records"
    return (
        f"The file is damaged: {records} of {imported.markers} may be incomplete. Import what was read, or remove it."
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _warnings(reading: Reading) -> tuple[str, ...]:
    unused = [heading for heading, name in reading.columns.items() if not name]
    if not unused:
        return reading.warnings
    listed = ", ".join(unused[:20]) + (" and more" if len(unused) > 20 else "")
    return (*reading.warnings, f"Columns that are kept in the raw text only: {listed}.")


def _of_member(reading: Reading, warning: str, readings: list[Reading]) -> str:
    return warning if len(readings) == 1 else f"{reading.name}: {warning}"
