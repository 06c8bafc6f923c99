"""Labels for studies: first author's family name and the year. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from string import ascii_lowercase

LONGEST = 120  # characters, as stored
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")


def suggest_label(*, authors: Sequence[str], year: int | None, title: str = "", taken: Collection[str] = ()) -> str:
    """ "Okafor 2019"; a label that is taken gets b, c, ... behind the year (or a number after z).

    Without authors the first words of the title stand in; without a year "n.d.", as reference lists print it.
    """
    name = family(authors[0]) if authors else ""
    base = f"{name or _first_words(title) or 'Study'} {year if year is not None else 'n.d.'}"[: LONGEST - 6]
    used = {label.casefold() for label in taken}
    tails: list[str] = ["", *ascii_lowercase[1:], *(f" ({n})" for n in range(27, 28 + len(used)))]
    return next(base + tail for tail in tails if (base + tail).casefold() not in used)


def family(author: str) -> str:
    """Family name of "Family, Given", "Family G" or "Given Family"; a Chinese, Japanese or Korean name stays whole."""
    name = author.strip()
    head, comma, _ = name.partition(",")
    if comma and head.strip():
        return head.strip()
    if _HAN.search(name):
        return name
    parts = name.split()
    while len(parts) > 1 and _INITIALS.fullmatch(parts[-1]) and parts[-1].isupper():
        parts.pop()
    return " ".join(parts) if len(parts) < len(name.split()) else (parts[-1] if parts else "")


def _first_words(title: str) -> str:
    words = title.split()
    return " ".join(words[:4])[:60]
