"""Where the items of a JSON file lie: in one array, one after the other, or deep inside the answer of a search service."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:]', re.DOTALL)
_TITLES = frozenset({"title", "display_name"})
# A title alone makes no reference: settings and collections have one too.
_BESIDE = frozenset(
    {"author", "authors", "creators", "authorships", "authorString", "DOI", "doi", "abstract", "abstractNote", "issued", "year",
     "publication_year", "pubYear", "publicationdateyear", "container-title"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The items are the objects that open ``depth`` brackets deep: those of a list only, or all of them."""

    depth: int
    listed: bool = False


@dataclass(slots=True)
class _Open:
    sign: str
    names: set[str] = field(default_factory=set)


def place_of_items(head: str) -> Place:
    """The place of the shallowest object of the text's beginning that reads like a reference, else where an item begins."""
    found = _references(head)
    if found:
        return min(found, key=lambda place: place.depth)
    return Place(1 if head.lstrip("\ufeff \t\r\n").startswith("[") else 0)


def _references(head: str) -> list[Place]:
    """The place of each object that has a title and something else of a reference, as far as the text goes."""
    stack: list[_Open] = []
    found: list[Place] = []
    text = ""
    for sign in _TOKEN.findall(head):
        if sign in "{[":
            stack.append(_Open(sign))
        elif sign in "}]":
            if stack and _is_reference(stack[-1]):
                found.append(_place(stack))
            del stack[-1:]
        elif sign == ":" and stack:
            stack[-1].names.add(text)
        text = sign[1:-1]
    while stack:
        if _is_reference(stack[-1]):
            found.append(_place(stack))
        stack.pop()
    return found


def _is_reference(one: _Open) -> bool:
    return one.sign == "{" and bool(one.names & _TITLES) and bool(one.names & _BESIDE)


def _place(stack: list[_Open]) -> Place:
    return Place(len(stack) - 1, listed=len(stack) > 1 and stack[-2].sign == "[")
