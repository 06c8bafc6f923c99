"""Many rows at a time, on Django's own connection and in its transaction: COPY on PostgreSQL, executemany on SQLite.

Values are made ready before the transaction begins, so that a voter waits for the database's work only, never for ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from psycopg.sql import SQL, Identifier


def values_of(rows: Iterable[Model]) -> list[tuple[Any, ...]]:
    """The column values of unsaved rows in the order of `insert`, without a key that the database gives."""
    rows = list(rows)
    columns = [(field.attname, isinstance(field, JSONField)) for field in _fields(type(rows[0]))] if rows else []
    return [
        tuple(_json(getattr(row, name)) if is_json else getattr(row, name) for name, is_json in columns) for row in rows
    ]


def _json(value: Any) -> str:
    return "[]" if value == [] else json.dumps(value)


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]


def take_ids(model: type[Model], n: int) -> list[int]:
    """``n`` new keys of ``model`` that nobody else gets. Call inside the transaction that inserts them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, n])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + n))


def insert(model: type[Model], rows: Sequence[tuple[Any, ...]], *, keys: Sequence[int] | None = None) -> None:
    """Insert what `values_of` made ready, under ``keys`` where they are given. No default of Django applies."""
    names = [str(field.column) for field in _fields(model)]
    if keys is not None:
        names.insert(0, "id")
        rows = [(key, *row) for key, row in zip(keys, rows, strict=True)]
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, names, rows)
    elif rows:
        _execute_many(model._meta.db_table, names, rows)


def _copy(table: str, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    columns = SQL(", ").join([Identifier(name) for name in names])
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} ({columns}) VALUES ({places})", rows)  # noqa: S608  names of our own models
