"""Rows written by statements that are built once by a process, where every vote passes (ADR 6). No signals are sent: nobody listens."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.models import AutoField, Field, Model
from django.db.transaction import mark_for_rollback_on_error

Row = TypeVar("Row", bound=Model)


def insert(row: Row) -> Row:
    """Store a new row, as ``row.save(force_insert=True)`` does; returns it with its key. The database gives the key."""
    sql, fields = _insert(type(row))
    with mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields, add=True))
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update(row: Model, *names: str) -> None:
    """Write the named fields of a row, as ``row.save(update_fields=names)`` does. Raises DatabaseError where it stands no more."""
    sql, fields = _update(type(row), names)
    with mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(sql, [*_values(row, fields, add=False), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row} stands no more")


@cache
def _insert(model: type[Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    table, columns, marks = _quoted(model._meta.db_table), _columns(fields), ", ".join("%s" for _ in fields)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {_columns([model._meta.pk])}", fields  # noqa: S608


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [model._meta.get_field(name) for name in names]
    table, marks = _quoted(model._meta.db_table), ", ".join(f"{_columns([field])} = %s" for field in fields)
    return f"UPDATE {table} SET {marks} WHERE {_columns([model._meta.pk])} = %s", fields  # noqa: S608


def _values(row: Model, fields: list[Field[Any, Any]], *, add: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add), connection) for field in fields]


def _columns(fields: list[Any]) -> str:
    return ", ".join(_quoted(field.column) for field in fields)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
