"""Searches side by side: each with a column of its own, and the whole beside them. Pure.

A record is counted in the search that found it, so that record and report boxes of the columns add up to those of the whole; studies do
not, since two searches may find reports of one study (R8).
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.prisma.buckets import Column
from screening.prisma.flow import Flow
from screening.prisma.table import Cell, Row, table_of

BAR = "|"


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of one search, or of the whole where ``number`` is None: databases and registers, or other methods."""

    number: int | None
    flow: Flow
    column: Column

    @property
    def words(self) -> str:
        """What the column holds."""
        return "databases and registers" if self.column is Column.DBR else "other methods"

    def key(self, key: str) -> str:
        """The key of a number in this lane."""
        return key if self.number is None else within(self.number, key)


@dataclass(frozen=True, slots=True)
class Columns:
    """``each`` is (number of the search, its flow) in the order of the searches, ``whole`` the flow of all of them."""

    each: tuple[tuple[int, Flow], ...]
    whole: Flow

    def lanes(self) -> list[list[Lane]]:
        """The columns of each search, then those of the whole. A search that asked no database has none for them."""
        return [_lanes_of(number, flow) for number, flow in (*self.each, (None, self.whole))]


def _lanes_of(number: int | None, flow: Flow) -> list[Lane]:
    has_dbr = bool(flow.numbers["dbr_identified"]) or not flow.other
    dbr = [Lane(number, flow, Column.DBR)] if has_dbr else []
    return [*dbr, *([Lane(number, flow, Column.OTHER)] if flow.other else [])]


@dataclass(frozen=True, slots=True)
class ColumnsRow:
    """One line: a cell for each lane, those of the whole last; keys name their search."""

    row: Row
    cells: tuple[Cell | None, ...]


def within(number: int, key: str) -> str:
    """The key of a number of one search."""
    return f"{number}{BAR}{key}"


def taken_apart(key: str) -> tuple[int | None, str]:
    """The search of a key, None for the whole, and the key within it."""
    number, bar, rest = key.partition(BAR)
    return (int(number), rest) if bar and number.isdecimal() else (None, key)


def heads_of(columns: Columns) -> list[tuple[str, list[Lane]]]:
    """What stands above the lanes of each search, and above those of the whole."""
    return [(lanes[0].flow.scope or "All searches", lanes) for lanes in columns.lanes()]


def rows_of(columns: Columns) -> list[ColumnsRow]:
    """The rows of the whole flow's table, with the numbers of each search before those of the whole."""
    lanes = [lane for found in columns.lanes() for lane in found]
    return [ColumnsRow(row, tuple(_cell(row, lane) for lane in lanes)) for row in table_of(columns.whole)]


def _cell(row: Row, lane: Lane) -> Cell | None:
    found = row.dbr if lane.column is Column.DBR else row.other
    if row.unit == "studies":  # told of a whole search, so that they stand in its first column
        found = row.dbr if lane.column is Column.DBR or not lane.flow.numbers["dbr_identified"] else None
    return Cell(lane.key(found.key), lane.flow.number(found.key)) if found else None
