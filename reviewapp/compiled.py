"""Reads whose SQL is built once by a process: building it costs Django many times what it costs to run (ADR 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
Row = TypeVar("Row")
Value = int | str | datetime

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = datetime(9000, 1, 1, tzinfo=UTC)
_FIRST = 2_147_000_000  # stand-ins for whole numbers: no id, count or limit of ours comes near, and every integer column takes them


class Compiled(Generic[P, Row]):
    """A read as a function of its values.

    Positional arguments are values that columns are compared with: int, str or an aware datetime. Keyword arguments are the shape of
    the statement: each combination is built once. A stand-in takes the place of each value while the statement is built, so ``build``
    must pass values on as they are. A statement that holds a moment of its own is built again for each call, since its next moment is
    another.
    Raises TypeError for a value of another kind, ValueError where a value does not reach the statement, or where rows of a second
    statement (prefetch) are asked for.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        self._build: Callable[..., QuerySet[Any, Row]] = build
        self._kept: dict[Hashable, _Statement] = {}
        self.__doc__ = build.__doc__

    def __call__(self, *values: P.args, **shape: P.kwargs) -> list[Row]:
        key = (connection.vendor, *(type(value) for value in values), *shape.items())
        statement = self._kept.get(key)
        if statement is None:
            statement = _build(self._build, values, shape)
            if not statement.holds_a_moment:
                self._kept[key] = statement
        return list(statement.rows(values))

    def first(self, *values: P.args, **shape: P.kwargs) -> Row | None:
        """The first row, None where there is none."""
        return next(iter(self(*values, **shape)), None)


def compiled(build: Callable[P, QuerySet[Any, Row]]) -> Compiled[P, Row]:
    """Make a function that gives a queryset one that gives its rows, as `Compiled`."""
    return Compiled(build)


@dataclass(frozen=True)
class _Statement:
    """A built statement; ``places[i]`` is the value that its parameter ``i`` takes, None where the parameter is fixed."""

    iterable: type[Any]
    compiler: SQLCompiler
    converters: dict[int, Any]
    sql: str
    params: tuple[Any, ...]
    places: tuple[int | None, ...]

    @property
    def holds_a_moment(self) -> bool:
        """True where a fixed parameter is a time; SQLite has times as text."""
        fixed = (param for param, place in zip(self.params, self.places, strict=True) if place is None)
        return any(isinstance(one, date) or (isinstance(one, str) and _MOMENT.match(one)) for one in fixed)

    def rows(self, values: Sequence[Any]) -> Iterator[Any]:
        if self.compiler.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("rows are locked in a transaction only")
        given = [_as_stored(value) for value in values]
        params = tuple(
            fixed if place is None else given[place] for fixed, place in zip(self.params, self.places, strict=True)
        )
        ready: Any = copy(self.compiler)
        ready.connection = connection
        ready.as_sql = lambda *_args, **_kwargs: (self.sql, params)
        ready.get_converters = lambda _columns: self.converters
        return iter(self.iterable(_Rows(_Query(ready))))


@dataclass(frozen=True)
class _Query:
    """What Django's row makers ask of a query."""

    compiler: Any

    def get_compiler(self, *_args: Any, **_kwargs: Any) -> Any:
        return self.compiler


@dataclass(frozen=True)
class _Rows:
    """What they ask of a queryset."""

    query: _Query
    db: str = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = field(default_factory=dict)


def _build(build: Callable[..., QuerySet[Any, Any]], values: Sequence[Any], shape: dict[str, Any]) -> _Statement:
    stand_ins = [_stand_in(value, place) for place, value in enumerate(values)]
    queryset: Any = build(*stand_ins, **shape)
    if queryset._prefetch_related_lookups:
        raise ValueError(f"{build.__qualname__} prefetches: that is a statement of its own")
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    known = [_as_stored(stand_in) for stand_in in stand_ins]
    places = tuple(known.index(param) if param in known else None for param in params)
    if set(places) - {None} != set(range(len(values))):
        raise ValueError(f"a value of {build.__qualname__} does not reach its statement")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Statement(queryset._iterable_class, compiler, converters, sql, tuple(params), places)


def _stand_in(value: object, place: int) -> Value:
    if isinstance(value, bool) or not isinstance(value, Value):
        raise TypeError(f"{value!r} is neither a whole number nor a string nor a moment")
    if isinstance(value, datetime):
        return _DAY + timedelta(days=place)
    return _FIRST + place if isinstance(value, int) else f"value {place} of {_FIRST}"


def _as_stored(value: Value) -> Value:
    """A moment as this database takes it: SQLite has it as text."""
    return connection.ops.adapt_datetimefield_value(value) or value if isinstance(value, datetime) else value
