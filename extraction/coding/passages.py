"""Texts and passages: sentences to choose from, and how far two passages are the same. Pure. Offsets count code points of the NFC text."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: A sentence ends with its mark, a closing quote or bracket after it, and white space; Chinese marks need none. A line always ends one.
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])[」』”’）]*|\n+")
#: Words with a full stop that end no sentence, and initials.
_GOES_ON = re.compile(r"(?:\b(?:e\.g|i\.e|et al|vs|cf|Dr|Prof|Mr|Mrs|Ms|Fig|No|approx)|\b[A-Z])\.\s+$")


def normalised(text: str) -> str:
    """The text as it is stored: NFC, line feeds alone, no control characters, no blank at either end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept).strip()


def fingerprint(text: str) -> str:
    """SHA-256 of the stored text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One numbered sentence or line: code points ``start`` to ``end``, white space at its ends left out."""

    number: int
    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The text cut into sentences, none of which runs over the end of a line."""
    found: list[Sentence] = []
    start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        kept = piece.strip()
        if kept:
            begin = start + len(piece) - len(piece.lstrip())
            found.append(Sentence(len(found) + 1, begin, begin + len(kept), kept))
        start = end
    return found


def _ends(text: str) -> list[int]:
    return [
        found.end()
        for found in _END.finditer(text)
        if "\n" in found.group() or not _GOES_ON.search(text[max(0, found.start() - 12) : found.end()])
    ]


@dataclass(frozen=True, slots=True)
class Marked:
    """A code on a passage of a text. ``key`` is the number of the coding or settlement."""

    key: int
    source: int
    code: int
    start: int
    end: int


def jaccard(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Characters in both passages by characters in either: 1 where they are the same, 0 where they do not meet."""
    common = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    either = (one[1] - one[0]) + (other[1] - other[0]) - common
    return common / either if either else 0.0


def pair_passages(first: Iterable[Marked], second: Iterable[Marked], threshold: float) -> list[tuple[Marked, Marked]]:
    """Passages that two coders marked alike: one text, one code, Jaccard of ``threshold`` (0 to 1) or more, each once."""
    others: dict[tuple[int, int], list[Marked]] = defaultdict(list)
    for two in second:
        others[two.source, two.code].append(two)
    fits = [
        (jaccard((one.start, one.end), (two.start, two.end)), one, two)
        for one in first
        for two in others[one.source, one.code]
        if two.start < one.end and one.start < two.end
    ]
    pairs: list[tuple[Marked, Marked]] = []
    taken: set[tuple[str, int]] = set()
    for share, one, two in sorted(fits, key=lambda fit: (-fit[0], fit[1].start, fit[2].start, fit[1].key, fit[2].key)):
        if share < threshold or taken & {("first", one.key), ("second", two.key)}:
            continue
        taken |= {("first", one.key), ("second", two.key)}
        pairs.append((one, two))
    return pairs


@dataclass(frozen=True, slots=True)
class Difference:
    """What two coders marked unlike with one code in one stretch of a text; one of the two may have marked nothing."""

    source: int
    code: int
    first: tuple[Marked, ...]
    second: tuple[Marked, ...]

    @property
    def start(self) -> int:
        return min(one.start for one in (*self.first, *self.second))

    @property
    def end(self) -> int:
        return max(one.end for one in (*self.first, *self.second))


def differences(first: Sequence[Marked], second: Sequence[Marked], threshold: float) -> list[Difference]:
    """Every passage without its like, those of one code that overlap together, in the order of the text."""
    pairs = pair_passages(first, second, threshold)
    alike_first, alike_second = {one.key for one, _ in pairs}, {two.key for _, two in pairs}
    alone = [(one, True) for one in first if one.key not in alike_first]
    alone += [(two, False) for two in second if two.key not in alike_second]
    runs: list[list[tuple[Marked, bool]]] = []
    for mark, is_first in sorted(alone, key=lambda one: (one[0].source, one[0].code, one[0].start, one[0].end)):
        if runs and _goes_on(runs[-1], mark):
            runs[-1].append((mark, is_first))
        else:
            runs.append([(mark, is_first)])
    found = [
        Difference(
            run[0][0].source,
            run[0][0].code,
            tuple(mark for mark, is_first in run if is_first),
            tuple(mark for mark, is_first in run if not is_first),
        )
        for run in runs
    ]
    return sorted(found, key=lambda one: (one.source, one.start, one.end, one.code))


def _goes_on(run: list[tuple[Marked, bool]], mark: Marked) -> bool:
    same = run[0][0].source == mark.source and run[0][0].code == mark.code
    return same and mark.start < max(one.end for one, _ in run)


def passage_units(
    first: Sequence[Marked], second: Sequence[Marked], threshold: float
) -> list[tuple[frozenset[int], frozenset[int]]]:
    """For every passage that anybody marked, the codes of the first and of the second coder; ``threshold`` as in `pair_passages`."""
    ours, theirs = _spans(first), _spans(second)
    one_key = {Marked(key, span[0], 0, *span[1:]): codes for key, (span, codes) in enumerate(sorted(ours.items()))}
    two_key = {Marked(key, span[0], 0, *span[1:]): codes for key, (span, codes) in enumerate(sorted(theirs.items()))}
    pairs = pair_passages(one_key, two_key, threshold)
    units = [(one_key.pop(one), two_key.pop(two)) for one, two in pairs]
    units += [(codes, frozenset()) for codes in one_key.values()]
    return units + [(frozenset(), codes) for codes in two_key.values()]


def _spans(marks: Sequence[Marked]) -> dict[tuple[int, int, int], frozenset[int]]:
    """Each passage once, with all its codes."""
    found: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for mark in marks:
        found[mark.source, mark.start, mark.end].add(mark.code)
    return {span: frozenset(codes) for span, codes in found.items()}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text between two borders of passages, with the keys of the passages that cover it."""

    text: str
    start: int
    keys: tuple[int, ...]


def stretches(text: str, start: int, marks: Sequence[Marked]) -> list[Stretch]:
    """A sentence that begins at ``start``, cut wherever a passage begins or ends, so that overlapping passages stay readable."""
    end = start + len(text)
    near = [mark for mark in marks if mark.start < end and mark.end > start]
    borders = sorted({start, end, *(edge for mark in near for edge in (mark.start, mark.end) if start < edge < end)})
    return [
        Stretch(
            text[one - start : two - start],
            one,
            tuple(mark.key for mark in near if mark.start < two and mark.end > one),
        )
        for one, two in itertools.pairwise(borders)
    ]


def each(marks: Iterable[Marked], speaks: Callable[[int], int | None]) -> list[Marked]:
    """The same passages under the codes that speak for theirs; those whose code is retired are left out."""
    told = ((mark, speaks(mark.code)) for mark in marks)
    return [Marked(mark.key, mark.source, code, mark.start, mark.end) for mark, code in told if code is not None]
