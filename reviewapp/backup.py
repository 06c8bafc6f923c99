"""The whole site in one file: database, uploaded files, and the hash of each part (P47, P48)."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from reviewapp.accounts.models import User
from screening.audit import guards
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Review

VERSION = 1
MANIFEST = "manifest.json"
SQLITE = "database.sqlite3"
TABLES = "tables/"
FILES = "files/"
_PIECE = 1 << 20


def back_up(into: Path) -> str:
    """Write everything into one tar file, from one state of the database; returns its SHA-256. Work may go on meanwhile."""
    aside = into.with_name(f"{into.name}.part")
    try:
        with tarfile.open(aside, "w") as packed:
            _Parts(packed).write_all()
        aside.replace(into)
    finally:
        aside.unlink(missing_ok=True)
    return sha256_of(into)


def restore(path: Path) -> None:
    """Bring a backup into this site, which must be empty, and migrate it to the present release.

    Raises NotAllowedNow where the site is not empty, or for what is no whole backup of such a database.
    """
    if Review.objects.exists() or User.objects.exists():
        raise NotAllowedNow("This site is not empty. Restore into a new one: nothing here was changed.")
    try:
        with tarfile.open(path) as packed:
            manifest = _checked(packed)
            _load_sqlite(packed) if connection.vendor == "sqlite" else _load_postgresql(packed, manifest)
            _unpack_files(packed, manifest)
    except (OSError, KeyError, ValueError, tarfile.TarError, sqlite3.Error) as problem:
        raise NotAllowedNow(f"This is no whole backup ({problem}). Make it again, or copy it again.") from problem
    call_command("migrate", interactive=False, verbosity=0)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Parts:
    """The parts of a backup, each hashed; the manifest comes last and names them all."""

    def __init__(self, packed: tarfile.TarFile) -> None:
        self._packed = packed
        self._hashes: dict[str, str] = {}

    def write_all(self) -> None:
        applied = self._write_sqlite() if connection.vendor == "sqlite" else self._write_postgresql()
        media = Path(settings.MEDIA_ROOT)
        for path in sorted(media.rglob("*")) if media.is_dir() else []:
            if path.is_file() and not path.name.startswith("."):
                self._add(FILES + path.relative_to(media).as_posix(), path)
        manifest = {"version": VERSION, "database": connection.vendor, "migrations": applied, "sha256": self._hashes}
        content = json.dumps(manifest, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(content)
        self._packed.addfile(member, io.BytesIO(content))

    def _write_sqlite(self) -> list[list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / SQLITE
            connection.ensure_connection()
            with closing(sqlite3.connect(copy)) as target:
                connection.connection.backup(target)
                applied = target.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
            self._add(SQLITE, copy)
        return [list(one) for one in applied]

    def _write_postgresql(self) -> list[list[str]]:
        with transaction.atomic(), connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            applied = [[one.app, one.name] for one in MigrationRecorder(connection).migration_qs.order_by("pk")]
            for table in _tables():
                with tempfile.NamedTemporaryFile() as copy:
                    columns = ", ".join(f'"{name}"' for name in _columns(table))
                    with cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as rows:
                        for piece in rows:
                            copy.write(piece)
                    copy.flush()
                    self._add(f"{TABLES}{table}", Path(copy.name))
        return applied

    def _add(self, name: str, path: Path) -> None:
        self._hashes[name] = sha256_of(path)
        self._packed.add(path, name, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Readable by whoever restores, whoever wrote it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _tables() -> list[str]:
    """All but the cache, which is no part of any migration and fills again."""
    return sorted(set(connection.introspection.table_names()) - {settings.CACHES["default"]["LOCATION"]})


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _checked(packed: tarfile.TarFile) -> dict[str, Any]:
    """The manifest, once every part is what it says."""
    manifest: dict[str, Any] = json.loads(_member(packed, MANIFEST).read())
    if manifest["version"] != VERSION:
        raise NotAllowedNow(f"This backup is of version {manifest['version']}, this site reads {VERSION}.")
    if manifest["database"] != connection.vendor:
        raise NotAllowedNow(
            f"This backup was made on {manifest['database']}, this site runs on {connection.vendor}. "
            "Move reviews between the two with export_review and import_review."
        )
    for name, expected in manifest["sha256"].items():
        if hashlib.file_digest(_member(packed, name), "sha256").hexdigest() != expected:
            raise NotAllowedNow(f"The backup is damaged: {name} was changed. Nothing was stored; use another copy.")
    return manifest


def _member(packed: tarfile.TarFile, name: str) -> Any:
    """A part as a file to read."""
    found = packed.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _load_sqlite(packed: tarfile.TarFile) -> None:
    with tempfile.NamedTemporaryFile() as copy:
        source = _member(packed, SQLITE)
        while piece := source.read(_PIECE):
            copy.write(piece)
        copy.flush()
        connection.ensure_connection()
        with closing(sqlite3.connect(copy.name)) as kept:
            kept.backup(connection.connection)


def _load_postgresql(packed: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Back to the tables of that release, then its rows in one transaction: constraints are deferred, guards lifted meanwhile."""
    _step_back_to(manifest["migrations"])
    with guards.lifted(), transaction.atomic(), connection.cursor() as cursor:
        tables = _tables()
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables))
        for table in tables:
            columns = ", ".join(f'"{name}"' for name in _columns(table))
            source = _member(packed, f"{TABLES}{table}")
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as rows:
                while piece := source.read(_PIECE):
                    rows.write(piece)
        for statement in _sequences():
            cursor.execute(statement)


def _step_back_to(applied: list[list[str]]) -> None:
    """The tables of the release that had applied these migrations, step by step: it may lie amid what a squashed one does at once.

    Raises NotAllowedNow where this release does not know one of them.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader = MigrationLoader(connection, replace_migrations=False)
    for squashed, migration in loader.replacements.items():
        loader.graph.remove_replacement_node(squashed, migration.replaces)
    steps = [(app, name) for app, name in applied if (app, name) not in loader.replacements]
    if not loader.graph.nodes.keys() >= set(steps):
        raise NotAllowedNow("This backup was made by a newer release. Bring this site up to date, then restore it.")
    executor.migrate(list(dict(steps).items()))


def _sequences() -> list[str]:
    with connection.cursor() as cursor:
        found = [one for table in _tables() for one in connection.introspection.get_sequences(cursor, table)]
    quote = connection.ops.quote_name
    return [
        f"SELECT setval(pg_get_serial_sequence('{quote(one['table'])}', '{one['column']}'),"  # noqa: S608  names of our own tables
        f" COALESCE(MAX({quote(one['column'])}), 1), MAX({quote(one['column'])}) IS NOT NULL) FROM {quote(one['table'])}"
        for one in found
    ]


def _unpack_files(packed: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    media = Path(settings.MEDIA_ROOT).resolve()
    for name in manifest["sha256"]:
        if not name.startswith(FILES):
            continue
        place = (media / name.removeprefix(FILES)).resolve()
        if not place.is_relative_to(media):
            raise ValueError(f"{name} leads out of the folder of files")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _member(packed, name) as source, place.open("wb") as target:
            while piece := source.read(_PIECE):
                target.write(piece)
