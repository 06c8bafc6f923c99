"""Cells that a spreadsheet cannot take for a formula (P29). Pure."""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")


def spreadsheet_safe(cell: str) -> str:
    """The cell, with a ' in front where a spreadsheet would run it. Reversible: a text that begins like such a cell gets one too."""
    return f"'{cell}" if _RUNS.match(cell) else cell
