"""Names called in a comment, and how they stand where names are masked (S4): pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SOMEBODY = "@a colleague"


def called(text: str, names: Mapping[int, str]) -> set[int]:
    """The members (id -> name) whom ``text`` calls as "@Bob Baker", or "@Bob" where no other of them begins so."""
    found = set()
    for token in _pattern(names.values()).findall(text):
        fitting = _who(token, names)
        if len(fitting) == 1:
            found.add(fitting[0])
    return found


def masked(text: str, names: Mapping[int, str], masks: Mapping[int, str]) -> str:
    """``text`` with every name that is called replaced by its mask, or by nobody's name; ``names`` are all who ever were members."""

    def replaced(match: re.Match[str]) -> str:
        fitting = _who(match[0], names)
        return f"@{masks[fitting[0]]}" if len(fitting) == 1 and fitting[0] in masks else SOMEBODY

    return _pattern(names.values()).sub(replaced, text)


def _who(token: str, names: Mapping[int, str]) -> list[int]:
    return [pk for pk, name in names.items() if _pattern([name]).fullmatch(token)]


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Every way to call one of the names, the longest first: the whole name or its first word."""
    tokens = {f"@{part}" for name in names for part in (name.strip(), *name.split()[:1]) if part}
    ordered = sorted(tokens, key=lambda token: (-len(token), token))
    return re.compile("|".join(re.escape(token) + _end(token) for token in ordered) or r"(?!)", re.IGNORECASE)


def _end(token: str) -> str:
    """A name ends where its word does; Chinese, Japanese and Korean run on without a blank."""
    return "" if token[-1] >= "\u3040" else r"(?!\w)"
