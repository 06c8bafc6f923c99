"""Which records to compare at all: pairs that share a key, so that 100,000 records need no 5,000,000,000 comparisons.

A `Reading` holds what that takes in flat arrays, no object for a key or a word: a million records fit, and a slice that one
worker has read is sent to another as bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import compress
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .comparing import CUT
from .keys import Keys
from .locators import Pages
from .names import written
from .titles import Title
from .wording import same_language

LARGEST_BLOCK = 60
WINDOW = 7
EDGE = 24
RAREST = 4
FAMILY_BITS = 256

Numbers = NDArray[np.int64]
_ENGLISH = Title("", "", ("the",), False, frozenset())  # shares its language with what is English by its small words


@dataclass(frozen=True, slots=True)
class Reading:
    """What blocking and the quick look need of some records, in their order.

    ``keys`` are hashes of what records share, ``key_owners`` the records that have them; ``words`` are positions in the sorted
    ``vocabulary``, ``word_titles`` the titles that hold them, ``title_owners`` the records of those titles. The rest has an
    entry for each record: its first title's letters and sorted words, and hashes that are 0 for what it lacks. ``place`` tells
    kinds of first pages apart that contradict only their like, 0 where none can. ``families`` has a bit for each family name in
    ``FAMILY_BITS``, all of them where there is none; ``people`` are the lists of authors as `names.written`.
    """

    keys: Numbers
    key_owners: Numbers
    words: Numbers
    word_titles: Numbers
    title_owners: Numbers
    titles: Numbers
    cjk: Numbers
    cjk_names: Numbers
    english: Numbers
    short: Numbers
    beginning: Numbers
    year: Numbers
    thesis: Numbers
    place: Numbers
    start: Numbers
    end: Numbers
    volume: Numbers
    doi: Numbers
    doi_work: Numbers
    pmid: Numbers
    families: Numbers
    vocabulary: tuple[str, ...]
    compact: tuple[str, ...]
    ordered: tuple[str, ...]
    people: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.compact)


ARRAYS = tuple(field.name for field in fields(Reading) if field.type == "Numbers")
TEXTS = tuple(field.name for field in fields(Reading) if field.type != "Numbers")
_BY_RECORD = ARRAYS[ARRAYS.index("titles") :]
_TEXTS_BY_RECORD = TEXTS[TEXTS.index("compact") :]


def _hashes(keys: Sequence[str]) -> Numbers:
    """A number of 64 bits for each key, the same in every process."""
    digests = (blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest() for key in keys)
    return np.frombuffer(b"".join(digests), dtype=np.int64)


def _mark(text: str) -> int:
    """A number for a text, never 0. Another text may have it too: what is marked alike is looked at again."""
    return crc32(text.encode("utf-8", "surrogatepass")) or 1


def read(known: Sequence[Keys]) -> Reading:
    """Read the keys of some records."""
    keys: list[str] = []
    key_owners: list[int] = []
    word_titles: list[int] = []
    words: list[str] = []
    title_owners: list[int] = []
    for position, record in enumerate(known):
        shared = list(_block_keys(record))
        keys += shared
        key_owners += [position] * len(shared)
        for title in record.titles:
            terms = _terms(title)
            words += terms
            word_titles += [len(title_owners)] * len(terms)
            title_owners.append(position)
    vocabulary = tuple(sorted(set(words)))
    index = {word: n for n, word in enumerate(vocabulary)}
    return Reading(
        keys=_hashes(keys),
        key_owners=_array(key_owners),
        words=_array([index[word] for word in words]),
        word_titles=_array(word_titles),
        title_owners=_array(title_owners),
        vocabulary=vocabulary,
        compact=tuple(record.titles[0].compact if record.titles else "" for record in known),
        ordered=tuple(record.titles[0].ordered if record.titles else "" for record in known),
        people=tuple(written(record.authors) for record in known),
        **_columns(known),
    )


def _columns(known: Sequence[Keys]) -> dict[str, Numbers]:
    rows = [_row(record) for record in known]
    names = (
        "titles", "cjk", "cjk_names", "english", "short", "beginning", "year", "thesis", "place", "start", "end", "volume", "doi",
        "doi_work", "pmid",
    )  # fmt: skip
    table = _array(rows).reshape(len(rows), len(names))
    families = [_family_bits(record.authors.families) for record in known]
    columns = {name: np.ascontiguousarray(table[:, n]) for n, name in enumerate(names)}
    return {**columns, "families": _array(families).reshape(len(rows), FAMILY_BITS // 64)}


def _row(record: Keys) -> tuple[int, ...]:
    title = record.title
    cjk = bool(title and title.cjk)
    compact = title.compact if title else ""
    cut = -(-CUT // 2) if cjk else CUT
    return (
        len(record.titles), cjk, record.authors.cjk, bool(title and same_language(title, _ENGLISH)), len(compact) < cut,
        _mark(compact[:cut]) if len(compact) >= cut else 0, record.year or 0, record.thesis, _kind_of_place(record.pages),
        *map(_or_0, (record.pages.start, record.pages.end, record.volume, record.doi, record.doi_work, record.pmid)),
    )  # fmt: skip


def _kind_of_place(pages: Pages) -> int:
    """Two first pages that differ contradict each other where this is the same and not 0 (`locators.compare_start`)."""
    if not pages.start or pages.prefix == "?":
        return 0
    return 1 + (pages.prefix == "roman") + 2 * pages.is_article_number + 4 * pages.is_weak


def _or_0(value: object) -> int:
    return _mark(str(value)) if value else 0


def _family_bits(families: Sequence[str]) -> list[int]:
    bits = (1 << FAMILY_BITS) - 1 if not families else 0
    for family in families:
        bits |= 1 << (_mark(family) % FAMILY_BITS)
    raw = bits.to_bytes(FAMILY_BITS // 8, "little")
    return [int.from_bytes(raw[n : n + 8], "little", signed=True) for n in range(0, len(raw), 8)]


def _array(values: Sequence[Any]) -> Numbers:
    return np.array(values, dtype=np.int64)


def _terms(title: Title) -> set[str]:
    if title.cjk:
        return {title.compact[n : n + 2] for n in range(len(title.compact) - 1)}
    return {word for word in title.words if len(word) > 2}


def _block_keys(record: Keys) -> Iterator[str]:
    if record.doi_work:
        yield f"doi {record.doi_work}"
    if record.pmid:
        yield f"pmid {record.pmid}"
    for registration in record.registrations:
        yield f"registration {registration}"
    for title in record.titles:
        yield f"first {title.compact[:EDGE]}"
        yield f"last {title.compact[-EDGE:]}"
    yield from _place_keys(record)


def _place_keys(record: Keys) -> Iterator[str]:
    year, start = record.year, record.pages.start
    if record.authors.families and year:
        yield f"author {year} {record.authors.families[0]}"
        yield f"author {year + 1} {record.authors.families[0]}"
    if start and record.volume:
        yield f"volume {start} {record.volume}"
    if start and year:
        yield f"year {start} {year}"


def joined(readings: Sequence[Reading]) -> Reading:
    """The readings of consecutive slices as one."""
    vocabulary = tuple(sorted(set().union(*(one.vocabulary for one in readings))))
    index = {word: n for n, word in enumerate(vocabulary)}
    told: dict[str, list[Numbers]] = {name: [] for name in ARRAYS}
    records = titles = 0
    for one in readings:
        here = _array([index[word] for word in one.vocabulary])
        moved = {
            "key_owners": one.key_owners + records,
            "words": here[one.words] if len(one.words) else one.words,
            "word_titles": one.word_titles + titles,
            "title_owners": one.title_owners + records,
        }
        for name in ARRAYS:
            told[name].append(moved[name] if name in moved else getattr(one, name))
        records, titles = records + len(one), titles + len(one.title_owners)
    whole: dict[str, Any] = {name: np.concatenate(arrays) for name, arrays in told.items()}
    for name in _TEXTS_BY_RECORD:
        whole[name] = tuple(text for one in readings for text in getattr(one, name))
    return Reading(vocabulary=vocabulary, **whole)


def rearranged(reading: Reading, places: Numbers) -> Reading:
    """The same with each record moved to its place in ``places``, which holds every position once."""
    whole: dict[str, Any] = {name: getattr(reading, name) for name in (*ARRAYS, *TEXTS)}
    at = np.argsort(places)
    for name in _BY_RECORD:
        whole[name] = whole[name][at]
    for name in _TEXTS_BY_RECORD:
        whole[name] = tuple(map(whole[name].__getitem__, at.tolist()))
    for name in ("key_owners", "title_owners"):
        whole[name] = places[whole[name]]
    return Reading(**whole)


def among(reading: Reading, here: NDArray[np.bool_]) -> Numbers:
    """The `candidates` that the records where ``here`` is true have among themselves, numbered as in ``reading``."""
    places = np.cumsum(here) - 1
    keys, titles = here[reading.key_owners], here[reading.title_owners]
    words = titles[reading.word_titles]
    whole: dict[str, Any] = {name: getattr(reading, name)[here] for name in _BY_RECORD}
    for name in _TEXTS_BY_RECORD:
        whole[name] = tuple(compress(getattr(reading, name), here.tolist()))
    few = Reading(
        keys=reading.keys[keys],
        key_owners=places[reading.key_owners[keys]],
        words=reading.words[words],
        word_titles=(np.cumsum(titles) - 1)[reading.word_titles[words]],
        title_owners=places[reading.title_owners[titles]],
        vocabulary=reading.vocabulary,
        **whole,
    )
    if not len(few):
        return reading.keys[:0]
    one, other = np.divmod(candidates(few), len(few))
    back = np.flatnonzero(here)
    return np.asarray(back[one] * len(reading) + back[other])


def candidates(reading: Reading) -> Numbers:
    """Pairs of positions worth a look, each as lower * len(reading) + higher, ascending (recipe 3.2)."""
    by_key = _pairs(reading.keys, reading.key_owners, reading)
    return _distinct(np.concatenate([by_key, _pairs(*_rare_words(reading), reading)]))


def _rare_words(reading: Reading) -> tuple[Numbers, Numbers]:
    """Two of the rarest words that a title shares with another record, as one number, and the records that have both."""
    words, titles, size = reading.words, reading.word_titles, len(reading.vocabulary)
    if not len(words):
        return words, titles
    once = _distinct(reading.title_owners[titles] * size + words)  # a word counts once for a record with two titles
    frequency = np.bincount(once % size, minlength=size)
    shared = frequency[words] > 1
    words, titles = words[shared], titles[shared]
    order = np.lexsort((words, frequency[words], titles))  # the vocabulary is sorted: of words equally rare the first
    words, titles = words[order], titles[order]
    kept = _place_in_run(titles) < RAREST
    words, titles = words[kept], titles[kept]
    keys, owners = [], []
    for apart in range(1, RAREST):
        here = np.flatnonzero(titles[apart:] == titles[:-apart])
        one, other = words[here], words[here + apart]
        keys.append(np.minimum(one, other) * size + np.maximum(one, other))
        owners.append(reading.title_owners[titles[here]])
    return np.concatenate(keys), np.concatenate(owners)


def _distinct(values: Numbers) -> Numbers:
    """The values in ascending order, each once."""
    values = np.sort(values)
    fresh = np.append(True, values[1:] != values[:-1])[: len(values)]
    return np.asarray(values[fresh])


def _place_in_run(values: Numbers) -> Numbers:
    """For sorted values how many equal ones stand before each."""
    return np.arange(len(values)) - np.repeat(*_runs(values))


def _runs(values: Numbers) -> tuple[Numbers, Numbers]:
    """Where each run of equal values begins, and its length."""
    if not len(values):
        return values, values
    starts = np.append(0, np.flatnonzero(values[1:] != values[:-1]) + 1)
    return starts, np.diff(np.append(starts, len(values)))


def _pairs(keys: Numbers, owners: Numbers, reading: Reading) -> Numbers:
    """Pairs of records that share one of ``keys``; in a block over the largest only of neighbours by title."""
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    fresh = np.append(True, (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1]))[: len(keys)]
    keys, owners = keys[fresh], owners[fresh]
    _, sizes = _runs(keys)
    size = np.repeat(sizes, sizes)
    small, large = (size > 1) & (size <= LARGEST_BLOCK), size > LARGEST_BLOCK
    found = list(_near_pairs(keys[small], owners[small], LARGEST_BLOCK, len(reading)))
    if large.any():
        keys, owners = keys[large], owners[large]
        order = np.lexsort((_by_title(reading)[owners], keys))
        found += _near_pairs(keys[order], owners[order], WINDOW, len(reading))
    return _distinct(np.concatenate(found)) if found else keys[:0]


def _near_pairs(keys: Numbers, owners: Numbers, window: int, records: int) -> Iterator[Numbers]:
    here = np.arange(len(keys))
    for apart in range(1, window):
        here = here[here + apart < len(keys)]
        here = here[keys[here] == keys[here + apart]]
        if not len(here):
            return
        one, other = owners[here], owners[here + apart]
        yield np.minimum(one, other) * records + np.maximum(one, other)


def _by_title(reading: Reading) -> Numbers:
    """For each record its place in the order of titles; equal titles stay in the order of the records."""
    place = np.empty(len(reading), dtype=np.int64)
    place[sorted(range(len(reading)), key=reading.compact.__getitem__)] = np.arange(len(reading))
    return place
