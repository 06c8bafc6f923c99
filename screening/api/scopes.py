"""What a token is allowed to do, whatever its owner may do besides. Pure."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """A token reads always; the other two are given to it. No scope gives more than the owner's roles in a review do."""

    READ = "read"
    SCREEN = "screen"
    MANAGE = "manage"

    @property
    def words(self) -> str:
        """What it allows, as the page of tokens says it."""
        return _WORDS[self]


_WORDS = {
    Scope.READ: "Read whatever I can read, and export it",
    Scope.SCREEN: "Screen as me: vote, discuss, rule, extract, code",
    Scope.MANAGE: "Manage as me: protocol, team, searches, imports, duplicates, full texts, studies, forms, codebook",
}
