"""What was published as CSV: UTF-8 with its mark, no cell that a spreadsheet would run (P29). Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from screening.audit.spreadsheet import spreadsheet_safe

MARK = "\ufeff"
Row = Mapping[str, Any]  # label, unit, part, and dbr and other: {"key", "n"} or None


def numbers_csv(rows: Iterable[Row]) -> bytes:
    """The numbers of the flow, in its order."""
    lines = ([row["label"], row["unit"], *(_number(row[column]) for column in ("dbr", "other"))] for row in rows)
    return _csv(("Box", "Unit", "Databases and registers", "Other methods"), lines)


def references_csv(numbers: Iterable[int], citations: Mapping[str, str]) -> bytes:
    """The references behind one number; ``citations`` by the number of the record."""
    return _csv(("Record in review", "Reference"), ([str(number), citations[str(number)]] for number in numbers))


def _number(cell: Mapping[str, Any] | None) -> str:
    return str(cell["n"]) if cell else ""


def _csv(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([spreadsheet_safe(cell) for cell in line] for line in (headings, *lines))
    return (MARK + written.getvalue()).encode()
