"""Reads whose SQL is built once by a process: building it costs Django many times what it costs to run (ADR 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar

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
        key = (connection.vendor, *map(type, values), *shape.items())
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
    """A built statement; ``places`` maps the index of a parameter to the value that it takes, the others are fixed."""

    iterable: type[Any]
    compiler: SQLCompiler
    converters: dict[int, Any]
    sql: str
    params: tuple[Any, ...]
    places: dict[int, int]

    @property
    def holds_a_moment(self) -> bool:
        """True where a fixed parameter is a time; SQLite has times as text."""
        fixed = (param for index, param in enumerate(self.params) if index not in self.places)
        return any(isinstance(one, date) or (isinstance(one, str) and _MOMENT.match(one)) for one in fixed)

    def rows(self, values: Sequence[Any]) -> Iterator[Any]:
        if self.compiler.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("rows are locked in a transaction only")
        params = list(self.params)
        for index, place in self.places.items():
            params[index] = _as_stored(values[place])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: Iterable[Any] = cursor.fetchall()
        if self.converters:
            ready = copy(self.compiler)
            ready.connection = connection
            found = ready.apply_converters(found, self.converters)
        return iter(self.iterable(_Found(self.compiler, found)))


class _Found:
    """Rows that are here, as Django's row makers ask for them: of a queryset, of its query, and of its compiler."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    def __init__(self, compiler: SQLCompiler, rows: Iterable[Any]) -> None:
        self.query = self
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        self._rows = rows

    def get_compiler(self, *_args: Any, **_kwargs: Any) -> Any:
        return self

    def execute_sql(self, *_args: Any, **_kwargs: Any) -> Iterable[Any]:
        return self._rows

    def results_iter(self, *_args: Any, tuple_expected: bool = False, **_kwargs: Any) -> Iterable[Any]:
        return map(tuple, self._rows) if tuple_expected else self._rows


def _build(build: Callable[..., QuerySet[Any, Any]], values: Sequence[Any], shape: dict[str, Any]) -> _Statement:
    stand_ins = [_stand_in(value, place) for place, value in enumerate(values)]
    queryset: Any = build(*stand_ins, **shape)
    if queryset._prefetch_related_lookups:
        raise ValueError(f"{build.__qualname__} prefetches: that is a statement of its own")
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    known = [_as_stored(stand_in) for stand_in in stand_ins]
    places = {index: known.index(param) for index, param in enumerate(params) if param in known}
    if set(places.values()) != set(range(len(values))):
        raise ValueError(f"a value of {build.__qualname__} does not reach its statement")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    plain = tuple(param.value if isinstance(param, Enum) else param for param in params)  # psycopg knows it at once
    return _Statement(queryset._iterable_class, compiler, converters, sql, plain, places)


def _stand_in(value: object, place: int) -> Value:
    if isinstance(value, bool) or not isinstance(value, Value):
        raise TypeError(f"{value!r} is neither a whole number nor a string nor a moment")
    if isinstance(value, datetime):
        return _DAY + timedelta(days=place)
    return _FIRST + place if isinstance(value, int) else f"value {place} of {_FIRST}"


def _as_stored(value: Value) -> Value:
    """A moment as this database takes it: SQLite has it as text."""
    return connection.ops.adapt_datetimefield_value(value) or value if isinstance(value, datetime) else value
