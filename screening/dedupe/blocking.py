"""Which records to compare at all: pairs that share a key, so that 100,000 records need no 5,000,000,000 comparisons."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from .keys import Keys
from .titles import Title

LARGEST_BLOCK = 60
WINDOW = 7
EDGE = 24
RAREST = 4


def candidates(keys: Sequence[Keys]) -> list[int]:
    """Pairs of positions in ``keys`` worth comparing, each as lower * len(keys) + higher, ascending (recipe 3.2)."""
    frequency: Counter[str] = Counter()
    for record in keys:
        frequency.update({word for title in record.titles for word in _terms(title)})
    size = len(keys)
    found: set[int] = set()
    for members in _blocks(keys, frequency):
        found.update(min(pair) * size + max(pair) for pair in _pairs(members, keys))
    return sorted(found)


def _blocks(keys: Sequence[Keys], frequency: Counter[str]) -> Iterator[list[int]]:
    """Positions that share a key. Keys are kept as hashes in flat arrays: a dictionary of them would take half a gigabyte."""
    hashes, positions = array("q"), array("l")
    for position, record in enumerate(keys):
        for key in {hash(key) for key in _block_keys(record, frequency)}:
            hashes.append(key)
            positions.append(position)
    known = np.frombuffer(hashes, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    ends = np.flatnonzero(np.diff(known[order])) + 1
    where = np.frombuffer(positions, dtype=np.dtype("l"))[order]
    for start, end in pairwise([0, *ends.tolist(), len(where)]):
        if end - start > 1:
            yield where[start:end].tolist()


def _terms(title: Title) -> list[str]:
    if title.cjk:
        return [title.compact[n : n + 2] for n in range(len(title.compact) - 1)]
    return [word for word in title.words if len(word) > 2]


def _block_keys(record: Keys, frequency: Counter[str]) -> Iterator[object]:
    if record.doi_work:
        yield "doi", record.doi_work
    if record.pmid:
        yield "pmid", record.pmid
    for registration in record.registrations:
        yield "registration", registration
    for title in record.titles:
        yield "first", title.compact[:EDGE]
        yield "last", title.compact[-EDGE:]
        shared = {word for word in _terms(title) if frequency[word] > 1}
        rarest = sorted(shared, key=lambda word: (frequency[word], word))[:RAREST]
        yield from combinations(sorted(rarest), 2)
    yield from _place_keys(record)


def _place_keys(record: Keys) -> Iterator[object]:
    year, start = record.year, record.pages.start
    if record.authors.families and year:
        yield "author", record.authors.families[0], year
        yield "author", record.authors.families[0], year + 1
    if start and record.volume:
        yield "volume", record.volume, start
    if start and year:
        yield "year", year, start


def _pairs(members: list[int], keys: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    if len(members) <= LARGEST_BLOCK:
        yield from combinations(members, 2)
        return
    ordered = sorted(
        members, key=lambda n: (keys[n].titles[0].compact if keys[n].titles else "", keys[n].record.content)
    )
    for n, first in enumerate(ordered):
        for second in ordered[n + 1 : n + WINDOW]:
            yield first, second
