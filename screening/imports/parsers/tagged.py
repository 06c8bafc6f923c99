"""The tagged-line engine: eight dialects of "tag, value, continuation lines", cut into one block a record (IM4).

A dialect says what a tag line looks like, which tag begins a record and which one ends it. All else is common: an
unclosed record is closed by the next start or by the end of the file, nothing between two records counts, a line
without a tag continues the field before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from screening.imports.parsed import CUT_OFF, NO_END, NO_START
from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry, entry_of


class Closed(Enum):
    """How a block came to its end."""

    BY_END_TAG = "end tag"
    BY_NEXT_START = "next start"
    BY_END_OF_FILE = "end of file"


@dataclass(slots=True)
class Block:
    """The fields of one record in file order, each with its lines; ``line`` is where the record was recognised."""

    line: int
    shape: str = ""
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    raw_lines: list[str] = field(default_factory=list)
    closed: Closed = Closed.BY_END_OF_FILE
    recognised_late: bool = False

    @property
    def raw(self) -> str:
        return "\n".join(self.raw_lines).rstrip()

    def holds(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.fields)

    def by_tag(self) -> Fields:
        table: dict[str, list[list[str]]] = {}
        for name, lines in self.fields:
            table.setdefault(name, []).append(lines)
        return Fields(table)


class Fields:
    """The fields of a block by tag. A value is its lines joined by spaces; ``lines`` takes each line as its own value."""

    def __init__(self, table: dict[str, list[list[str]]]) -> None:
        self._table = table

    def all(self, *tags: str) -> list[str]:
        """Every non-empty value of the tags, tag by tag."""
        return [value for tag in tags for lines in self._table.get(tag, ()) if (value := " ".join(lines).strip())]

    def first(self, *tags: str) -> str:
        """The first non-empty value of the first tag that has one, or ``""``."""
        for tag in tags:
            for lines in self._table.get(tag, ()):
                value = " ".join(lines).strip()
                if value:
                    return value
        return ""

    def lines(self, *tags: str) -> list[str]:
        """Every non-empty line of the tags as a value of its own (keywords that wrap are new keywords)."""
        every = (line.strip() for tag in tags for lines in self._table.get(tag, ()) for line in lines)
        return [line for line in every if line]


def always(found: re.Match[str], block: Block | None) -> bool:
    return True


def as_written(found: re.Match[str]) -> str:
    return found["tag"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect. ``tag`` names its groups ``tag`` and ``value``.

    ``begins(found, block, after_blank)`` says whether a tag line starts a record; ``accepts`` may still take a line
    for text; ``shape`` keeps what the start line teaches about the spacing of its record; ``late_starts`` are tags by
    which a record is recognised that lacks its start; ``name`` is the tag as the fields are called by it.
    """

    tag: re.Pattern[str]
    begins: Callable[[re.Match[str], Block | None, bool], bool]
    accepts: Callable[[re.Match[str], Block | None], bool] = always
    shape: Callable[[re.Match[str]], str] = lambda found: ""
    ends: Callable[[re.Match[str]], bool] = lambda found: False
    has_end_tag: bool = False
    late_starts: frozenset[str] = frozenset()
    name: Callable[[re.Match[str]], str] = as_written


def cut_into_blocks(lines: Iterable[str], dialect: Dialect) -> Iterator[Block]:
    """One block for each record of ``lines`` (line ends removed or not), in file order, never more than one in memory."""
    cutter = _Cutter(dialect)
    for number, text in enumerate(lines, 1):
        done = cutter.take(number, text.rstrip("\n").lstrip("\ufeff"))
        if done is not None:
            yield done
    if cutter.block is not None:
        yield cutter.block


def entries(lines: Iterable[str], dialect: Dialect, record_of: Callable[[Block], Draft]) -> Iterator[Entry]:
    """The entries of a tagged text: each block as ``record_of`` understands it, flagged by the way it ended."""
    for block in cut_into_blocks(lines, dialect):
        yield entry_of(block.line, block.raw, partial(_described, block, dialect, record_of))


def _described(block: Block, dialect: Dialect, record_of: Callable[[Block], Draft]) -> Draft:
    draft = record_of(block)
    draft.flags += _closing_flags(block, dialect)
    return draft


class _Cutter:
    """The state between two lines: the open block, or the stray tag lines since the last one was closed."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.block: Block | None = None
        self.stray = Block(0)
        self.after_blank = True

    def take(self, number: int, line: str) -> Block | None:
        """Take one line; return the block that it closes, if it closes one."""
        if not line or line.isspace():
            self._blank(line)
            return None
        found = self.dialect.tag.match(line)
        after_blank, self.after_blank = self.after_blank, False
        if found and self.dialect.begins(found, self.block, after_blank):
            return self._start(number, line, found)
        if found and not self.dialect.accepts(found, self.block):
            found = None
        if self.block is None:
            self._between_records(number, line, found)
            return None
        return self._within(line, found)

    def _blank(self, line: str) -> None:
        self.after_blank = True
        if self.block is None:
            self.stray = Block(0)
        else:
            self.block.raw_lines.append(line)

    def _start(self, number: int, line: str, found: re.Match[str]) -> Block | None:
        before = self.block
        if before is not None:
            before.closed = Closed.BY_NEXT_START
        self.block = Block(number, shape=self.dialect.shape(found))
        self._add(self.block, line, found)
        return before

    def _between_records(self, number: int, line: str, found: re.Match[str] | None) -> None:
        if found is None or not self.dialect.late_starts:
            return
        self._add(self.stray, line, found)
        if found["tag"] in self.dialect.late_starts:
            self.block, self.stray = self.stray, Block(0)
            self.block.line = number
            self.block.recognised_late = True

    def _within(self, line: str, found: re.Match[str] | None) -> Block | None:
        block = self.block
        if block is None or found is None:
            if block is not None:
                block.raw_lines.append(line)
                if block.fields:
                    block.fields[-1][1].append(line.strip())
            return None
        if self.dialect.ends(found):
            block.raw_lines.append(line)
            block.closed = Closed.BY_END_TAG
            self.block, self.stray = None, Block(0)
            return block
        self._add(block, line, found)
        return None

    def _add(self, block: Block, line: str, found: re.Match[str]) -> None:
        block.raw_lines.append(line)
        block.fields.append((self.dialect.name(found), [(found["value"] or "").strip()]))


def _closing_flags(block: Block, dialect: Dialect) -> list[str]:
    """What the way a block ended says about it, where the dialect has an end tag."""
    if block.recognised_late:
        return [NO_START]
    if not dialect.has_end_tag or block.closed is Closed.BY_END_TAG:
        return []
    return [NO_END if block.closed is Closed.BY_NEXT_START else CUT_OFF]
