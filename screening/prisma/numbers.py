"""How numbers are written: grouped by a thin space from five digits on, and joined into equations. Pure."""

from collections.abc import Sequence

#: Narrow no-break space, so that a number never breaks across lines.
THIN = "\u202f"


def grouped(n: int) -> str:
    """Return a whole number as it is shown: 9999, then 10 000 with a thin space."""
    return f"{n:,}".replace(",", THIN) if abs(n) >= 10_000 else str(n)


def summed(parts: Sequence[int]) -> str:
    """Return the parts joined by plus signs; no part at all is 0."""
    return " + ".join(grouped(part) for part in parts) or "0"


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its noun: 1 record, 2 records."""
    return f"{grouped(n)} {one if n == 1 else many}"


def listed(parts: Sequence[str]) -> str:
    """Return words joined as in a sentence: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
