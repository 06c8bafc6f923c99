"""The codes of a codebook in their order, with what was merged spoken for by the other. Pure.

Merging changes no coding and no other code: who speaks for a code and what stands above it are told when the codebook is read, so that
undoing a merge restores everything (I46).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

#: States in which a code has a row of its own and its codings count.
SPEAKING = ("active", "split")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code. ``parent_id`` is the code above it, ``depth`` how far down it stands."""

    id: int
    guid: str
    name: str
    definition: str = ""
    include_when: str = ""
    exclude_when: str = ""
    example: str = ""
    level: str = ""
    direction: str = ""
    colour: str = ""
    parent_id: int | None = None
    position: int = 0
    status: str = "active"
    merged_into_id: int | None = None
    depth: int = 0


def speaker(code_id: int, known: Mapping[int, CodeRow]) -> int | None:
    """The code that speaks for ``code_id`` now: itself, or the one it was merged into; None where that one is retired."""
    seen: set[int] = set()
    while (code := known.get(code_id)) is not None and code.status == "merged" and code_id not in seen:
        seen.add(code_id)
        code_id = code.merged_into_id or 0
    return code_id if code is not None and code.status in SPEAKING else None


def above(code: CodeRow, known: Mapping[int, CodeRow]) -> int | None:
    """The nearest code above that has a row; a code merged away is stood for by its speaker, a retired one by what is above it."""
    seen = {code.id}
    place = code.parent_id
    while place is not None and place in known:
        found = speaker(place, known)
        if found is not None and found not in seen:
            return found
        if place in seen:
            return None
        seen.add(place)
        place = known[place].parent_id
    return None


def in_order(codes: Iterable[CodeRow]) -> list[CodeRow]:
    """Every code that has a row, each before those below it, with its parent as told now and its depth."""
    known = {code.id: code for code in codes}
    rows = {key: replace(code, parent_id=above(code, known)) for key, code in known.items() if code.status in SPEAKING}
    below: dict[int | None, list[CodeRow]] = defaultdict(list)
    for row in sorted(rows.values(), key=lambda one: (one.position, one.id)):
        below[None if _turns_in_a_circle(row, rows) else row.parent_id].append(row)
    ordered: list[CodeRow] = []
    waiting = [replace(row, parent_id=None) for row in reversed(below[None])]
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting += [replace(one, depth=row.depth + 1) for one in reversed(below[row.id])]
    return ordered


def _turns_in_a_circle(row: CodeRow, rows: Mapping[int, CodeRow]) -> bool:
    """True where the way up comes back to ``row``: merging a code into one below it can close a circle."""
    seen: set[int] = set()
    place = row.parent_id
    while place is not None and place not in seen:
        if place == row.id:
            return True
        seen.add(place)
        place = rows[place].parent_id
    return False
