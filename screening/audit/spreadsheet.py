"""Cells that a spreadsheet cannot take for a formula (P29). Pure."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_safe(cell: str) -> str:
    """The text, with a leading ' where a spreadsheet would run it; our own import takes that off again."""
    return f"'{cell}" if cell.startswith(STARTS) else cell
