"""Bringing an archived review into this site: every row under a new number, and the same counts as before, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import AutoField, Max, Model
from django.utils.text import slugify

from reviewapp.accounts.models import User
from screening.archive.contents import NUMBERED, SUBJECTS, Row, columns, foreign_keys, kept_models
from screening.archive.verify_archive import (
    DAMAGED,
    REMOVED_AND_SCREENED,
    RESULTS,
    UNEXPECTED,
    check_agreement,
    check_files,
    check_log,
    rows,
)
from screening.archive.writing import VERSION
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.dedupe.stored import card_key
from screening.fulltexts import storage as reports
from screening.imports import storage as uploads
from screening.prisma.counts import flow_of
from screening.records.changes import mark_all_moved
from screening.records.models import Record, Standing
from screening.reviews.models import Review

BATCH = 500
SAID = 200  # letters of what was wrong: a row may be long
UNCOUNTED = {"version", "counted_at", "as_of"}
ALWAYS = RESULTS.keys() | REMOVED_AND_SCREENED.keys()  # told by every archive; others came later
PLACES: dict[str, Callable[[int, str], Path]] = {
    "imports": lambda review_id, sha256: uploads.path_of(review_id=review_id, sha256=sha256),
    "reports": reports.path_of,
}
IN_CHANGES = {"lead": "Record", "study": "Study"}
Numbers = dict[str, dict[int, int]]  # table -> number in the archive -> number here


def restore_archive(path: Path) -> Review:
    """The review of an archive, made here. People are found by e-mail address, or made without a password.

    Raises NotAllowedNow, having stored nothing, for what is no whole archive of ours, or where its numbers do not come out again.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_if_damaged(archive)
            with transaction.atomic():
                return _restore(archive)
    except (OSError, DatabaseError, ValidationError, *DAMAGED, *UNEXPECTED) as problem:
        why = f"{type(problem).__name__}: {str(problem)[:SAID]}"
        raise NotAllowedNow(
            f"This is no whole archive of a review ({why}). Nothing was stored; make the archive again."
        ) from problem


def _refuse_if_damaged(archive: zipfile.ZipFile) -> None:
    told = json.loads(archive.read("counts.json"))
    version = told.get("version")
    if version != VERSION:
        raise NotAllowedNow(
            f"This archive is of version {version}, this site reads {VERSION}. Bring the older of the two up to date."
        )
    for looked_at in (check_files, check_log, check_agreement):  # each reads what the one before found whole
        for sentence in looked_at(archive).failures:
            raise NotAllowedNow(
                f"The archive is damaged: {sentence} Nothing was stored; copy it again from where it was made."
            )


def _restore(archive: zipfile.ZipFile) -> Review:
    numbers: Numbers = {"User": _people(archive)}
    for model in kept_models():
        numbers[model.__name__] = _numbers(archive, model)
        _insert(model, _renumbered(archive, model, numbers))
    _give_titles(archive, numbers["Record"])
    (pk,) = numbers["Review"].values()
    mark_all_moved(Standing.objects.filter(review=pk))
    review = Review.objects.get(pk=pk)
    _refuse_if_other(archive, review)
    _files(archive, review)
    audit(verb="brought in an archive", review_id=None, actor=None, subject=("review", review.pk, review.title))
    return review


def _people(archive: zipfile.ZipFile) -> dict[int, int]:
    found = {}
    for row in rows(archive, "people"):
        user = User.objects.filter(email__iexact=row["email"]).first()
        found[row["id"]] = (user or User.objects.create_user(row["email"], None, name=row["name"])).pk
    return found


def _numbers(archive: zipfile.ZipFile, model: type[Model]) -> dict[int, int]:
    """New numbers for the rows of a table that numbers its own; a row that is another's twin takes its twin's."""
    key = model._meta.pk
    if not isinstance(key, AutoField):
        return {}
    old = [row["id"] for row in _rows(archive, model.__name__.lower())]
    first = _reserved(model, len(old))
    return {pk: first + place for place, pk in enumerate(old)}


def _reserved(model: type[Model], n: int) -> int:
    """The first of ``n`` numbers that nobody else will be given."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + n])
        return first
    return int(model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0) + 1


def _renumbered(archive: zipfile.ZipFile, model: type[Model], numbers: Numbers) -> Iterator[Row]:
    name = model.__name__
    own, untitled = numbers[name], _repaired(archive) if name == "Record" else frozenset()
    keys = {key.attname: key.related_model.__name__ for key in foreign_keys(model)}
    for row in _rows(archive, name.lower()):
        row.pop("hash", None)  # the chain of the log is made anew by the next archive
        if row.get("id") in untitled:
            row["title"] = ""  # until the repair that gave it is there: the guards of I1 hold here too
        if "id" in row:
            row["id"] = own[row["id"]] if own else uuid.uuid4()  # tags and quotes have random keys; a copy has its own
        for column, table in keys.items():
            if row.get(column) is not None:
                row[column] = numbers[table][row[column]] if numbers.get(table) else row[column]
        for (table, column), numbered in NUMBERED.items():
            if table == name:
                row[column] = _mapped(row[column], numbers[numbered])
        yield _adjusted(name, row, numbers)


def _mapped(value: Any, numbers: Mapping[int, int]) -> Any:
    if isinstance(value, list):
        return [numbers[one] for one in value]
    return numbers.get(value) if value is not None else None


def _adjusted(name: str, row: Row, numbers: Numbers) -> Row:
    """What is more than a number: a free address, the key of a card, the subject of an act, the numbers within a change."""
    if name == "Review":
        row["slug"] = _free_slug(row["slug"])
    if name == "CandidateCard":
        row["key"] = card_key(row["members"])
    if name == "AuditEvent" and row["subject_id"] is not None:
        row["subject_id"] = numbers.get(SUBJECTS.get(row["subject_type"], ""), {}).get(row["subject_id"])
    if name == "Change" and row["fact"] in IN_CHANGES:
        row["value"] = _words_mapped(row["value"], numbers[IN_CHANGES[row["fact"]]])
    return row


def _words_mapped(value: str, numbers: Mapping[int, int]) -> str:
    """Numbers in a text that has them between words; that of a row which is gone stays another than all others."""
    words = value.split(" ")
    return " ".join(str(numbers.get(int(word), f"-{word}")) if word.isdecimal() else word for word in words)


def _free_slug(slug: str) -> str:
    place, free = 2, slugify(slug) or "review"
    stem = free[:70]
    while Review.objects.filter(slug=free).exists():
        free, place = f"{stem}-{place}", place + 1
    return free


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[Row]:
    """The rows of a table; none of one that came after the site which made the archive. The manifest tells of a lost file."""
    return rows(archive, name) if f"data/{name}.jsonl" in archive.namelist() else iter(())


def _insert(model: type[Model], found: Iterator[Row]) -> None:
    """Store rows. A column that came after the site which made the archive takes its default."""
    fields = {field.attname: field for field in columns(model)}
    needed = {name for name, field in fields.items() if not (field.has_default() or field.null)}
    batch: list[Model] = []
    for row in found:
        if not needed <= set(row) <= set(fields):
            raise ValueError(f"the columns of {model.__name__.lower()} are not those of this site")
        batch.append(model(**{name: fields[name].to_python(value) for name, value in row.items()}))
        if len(batch) == BATCH:
            model._default_manager.bulk_create(batch)
            batch = []
    model._default_manager.bulk_create(batch)


def _repaired(archive: zipfile.ZipFile) -> frozenset[int]:
    """Records whose title a person gave."""
    return frozenset(row["record_id"] for row in rows(archive, "repair"))


def _give_titles(archive: zipfile.ZipFile, numbers: Mapping[int, int]) -> None:
    repaired = _repaired(archive)
    for row in rows(archive, "record"):
        if row["id"] in repaired:
            Record.objects.filter(pk=numbers[row["id"]]).update(title=row["title"])


def _files(archive: zipfile.ZipFile, review: Review) -> None:
    """Every file to its place, where its content is what its name says."""
    for name in archive.namelist():
        top, _, rest = name.partition("/")
        folder, _, sha256 = rest.partition("/")
        if top != "files" or folder not in PLACES or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            continue
        place = PLACES[folder](review.pk, sha256)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(name) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)
        with place.open("rb") as written:
            if hashlib.file_digest(written, "sha256").hexdigest() != sha256:
                raise ValueError(f"{name} is not the file that its name says")


def _refuse_if_other(archive: zipfile.ZipFile, review: Review) -> None:
    told = json.loads(archive.read("counts.json"))
    here = json.loads(json.dumps(flow_of(review).counts()))
    different = sorted(key for key in (told.keys() | ALWAYS) - UNCOUNTED if told.get(key) != here.get(key))
    if different:
        raise NotAllowedNow(f"The review would not count as it did ({', '.join(different)}). Nothing was stored.")
