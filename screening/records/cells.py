"""Cells of files that a spreadsheet may open. Pure."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: object) -> str:
    """The cell as text that a spreadsheet cannot take for a formula (P29); ``None`` is empty."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
