"""What a stored record says of itself, as a criterion hint weighs it (imports.md 7). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from screening.imports.publication_types import stated_types
from screening.protocol.hints import Facts


class Described(Protocol):
    """A record as this module needs it; the model has these columns."""

    @property
    def languages(self) -> Sequence[str]:
        """ISO 639-1 codes."""

    @property
    def language_inferred(self) -> bool:
        """Whether they were guessed."""

    @property
    def raw_languages(self) -> Sequence[str]:
        """The words of the file."""

    @property
    def year(self) -> int | None:
        """The print year."""

    @property
    def year_early(self) -> int | None:
        """The online year."""

    @property
    def raw_year(self) -> str:
        """The words of the file."""

    @property
    def raw_types(self) -> Sequence[str]:
        """The words of the file, in its order."""


def facts_of(record: Described, file_format: str) -> Facts:
    """The facts of ``record``; ``file_format`` is the format of the file that it came from (`sniff.FORMATS`)."""
    return Facts(
        languages=tuple(record.languages),
        language_inferred=record.language_inferred,
        raw_languages=tuple(record.raw_languages),
        year=record.year,
        year_early=record.year_early,
        raw_year=record.raw_year,
        types=stated_types(record.raw_types, file_format),
        raw_types=tuple(record.raw_types),
    )
