"""Searches side by side: each with a column of its own, and the whole beside them. Pure.

A record is counted in the search that found it, so that record and report boxes of the columns add up to those of the whole; studies do
not, since two searches may find reports of one study (R8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening.prisma.flow import Flow
from screening.prisma.table import Cell, Row, table_of

BAR = "|"


@dataclass(frozen=True, slots=True)
class Columns:
    """``each`` is (number of the search, its flow) in the order of the searches, ``whole`` the flow of all of them."""

    each: tuple[tuple[int, Flow], ...]
    whole: Flow


@dataclass(frozen=True, slots=True)
class ColumnsRow:
    """One line: ``cells`` are databases and other methods of each search, then of the whole; keys name their search."""

    row: Row
    cells: tuple[Cell | None, ...]


def within(number: int, key: str) -> str:
    """The key of a number of one search."""
    return f"{number}{BAR}{key}"


def taken_apart(key: str) -> tuple[int | None, str]:
    """The search of a key, None for the whole, and the key within it."""
    number, bar, rest = key.partition(BAR)
    return (int(number), rest) if bar and number.isdecimal() else (None, key)


def heads_of(columns: Columns) -> list[str]:
    """What stands above each search's columns, and above those of the whole."""
    return [*(flow.scope for _, flow in columns.each), "All searches"]


def rows_of(columns: Columns) -> list[ColumnsRow]:
    """The rows of the whole flow's table, with the numbers of each search before those of the whole."""
    return [ColumnsRow(row, tuple(_cells(columns, row))) for row in table_of(columns.whole)]


def _cells(columns: Columns, row: Row) -> Sequence[Cell | None]:
    found: list[Cell | None] = []
    own = (row.dbr, row.other) if columns.whole.other else (row.dbr,)
    for number, flow in columns.each:
        found += [Cell(within(number, cell.key), flow.number(cell.key)) if cell else None for cell in own]
    return [*found, *own]
