"""A search for duplicates in parts that know nothing of each other: what is asked of each, and its answer as bytes (ADR 8).

Records are read in parts, then pairs are compared in parts; between the two, and after them, stands one who has all answers. A
part is cut where its own content says, so that the parts of a search that was stopped are found again after a change elsewhere.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b, sha256
from itertools import compress, groupby
from typing import Any

import numpy as np

from .blocking import ARRAYS, TEXTS, Numbers, Reading, among, candidates, joined, read, rearranged
from .keys import Keys, keys
from .matching import RULE_VERSION, Compared, compared, in_order, settled, worth_comparing_of
from .shapes import Link, MatchRecord
from .sources import WithinSource

PART = 5_000  # records or pairs in a part on average: a few seconds of work
_LONGEST = 3

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked of one worker: to read the records, or to compare the ``pairs`` where there are any.

    ``records`` are ids, with pairs those of both sides; ``key`` names the part by what its records say.
    """

    key: str
    records: tuple[str, ...]
    pairs: tuple[Pair, ...] = ()

    @property
    def items(self) -> int:
        """Records read, or pairs compared."""
        return len(self.pairs) or len(self.records)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a search that is over left: the keys of the parts it read, and the links it found between their records."""

    parts: frozenset[str]
    links: Callable[[], Iterable[Link]]


def links_by_parts(
    records: Sequence[MatchRecord], do: Callable[[list[Part]], Iterable[bytes]], earlier: Earlier | None = None
) -> list[Link]:
    """The links of `find_links`; ``do`` has parts done, by whom and in which order it likes, and gives their answers in order.

    Pairs of records that were compared in an ``earlier`` search keep what was found, unless a record of it changed or went.
    """
    ordered = in_order(records)
    if not ordered:
        return []
    marks, places = _marks(ordered), _by_source(ordered)
    asked = _reading_parts(ordered, marks, places)
    reading = rearranged(joined([_reading(answer) for answer in do(asked)]), places)
    pairs = candidates(reading)
    known = np.isin(pairs, _known(reading, asked, places, earlier), assume_unique=True)
    links, again = _kept(ordered, pairs[known], earlier)
    again += worth_comparing_of(reading, pairs[~known])
    del reading, pairs, known
    answers = do(_comparing_parts(ordered, marks, sorted(again)))
    return links + settled((_compared(answer) for answer in answers), ordered)


def _known(reading: Reading, asked: Sequence[Part], places: Numbers, earlier: Earlier | None) -> Numbers:
    """The pairs that the earlier search looked at; none where some of its records are not as they were."""
    if earlier is None or not earlier.parts <= {part.key for part in asked}:
        return places[:0]
    before = np.zeros(len(reading), dtype=bool)
    before[places] = np.repeat([part.key in earlier.parts for part in asked], [part.items for part in asked])
    return among(reading, before)


def _kept(
    ordered: Sequence[MatchRecord], known: Numbers, earlier: Earlier | None
) -> tuple[list[Link], list[tuple[int, int]]]:
    """The earlier links among ``known`` pairs, and pairs to compare again: links in one source are settled by all of it (DD3)."""
    if earlier is None or not len(known):
        return [], []
    place = {record.id: n for n, record in enumerate(ordered)}
    stored = [link for link in earlier.links() if link.a in place and link.b in place]
    sides = [sorted((place[link.a], place[link.b])) for link in stored]
    hold = np.isin(np.array([a * len(ordered) + b for a, b in sides], dtype=np.int64), known)
    links: list[Link] = []
    again: list[tuple[int, int]] = []
    for (a, b), link in compress(zip(sides, stored, strict=True), hold.tolist()):
        one, other = ordered[a], ordered[b]
        if one.source and one.source == other.source:
            again.append((a, b))
        else:
            links.append(replace(link, a=one.id, b=other.id))
    return links, again


def mark(record: MatchRecord) -> int:
    """A number of 63 bits for a record, what it says and the rules it is matched by."""
    told = repr((RULE_VERSION, record.id, record.content)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "big") >> 1


def _marks(records: Sequence[MatchRecord]) -> Numbers:
    return np.fromiter(map(mark, records), dtype=np.int64, count=len(records))


def _cuts(marks: Numbers) -> list[slice]:
    """Consecutive slices that end where a mark says so; what is put in or left out moves the ends near it alone."""
    ends: list[int] = []
    last = 0
    for end in [*(np.flatnonzero(marks % PART == 0) + 1).tolist(), len(marks)]:
        while end - last > _LONGEST * PART:
            last += _LONGEST * PART
            ends.append(last)
        if end > last:
            last = end
            ends.append(end)
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _key(*marks: Numbers) -> str:
    return sha256(b"".join(one.tobytes() for one in marks)).hexdigest()


def _by_source(ordered: Sequence[MatchRecord]) -> Numbers:
    """The positions of the records in the order in which they are read: those of each source together."""
    return np.array(sorted(range(len(ordered)), key=lambda n: ordered[n].source), dtype=np.int64)


def _reading_parts(ordered: Sequence[MatchRecord], marks: Numbers, places: Numbers) -> list[Part]:
    """Parts of the records of one source each, so that another file leaves those before it as they are."""
    parts: list[Part] = []
    for _, together in groupby(places.tolist(), key=lambda n: ordered[n].source):
        here = np.array(list(together), dtype=np.int64)
        for cut in _cuts(marks[here]):
            parts.append(Part(_key(marks[here[cut]]), tuple(ordered[n].id for n in here[cut].tolist())))
    return parts


def _comparing_parts(ordered: Sequence[MatchRecord], marks: Numbers, pairs: Sequence[tuple[int, int]]) -> list[Part]:
    sides = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    first, second = marks[sides[:, 0]], marks[sides[:, 1]]
    parts = []
    for cut in _cuts(first ^ (second >> 1)):
        asked = tuple((ordered[a].id, ordered[b].id) for a, b in pairs[cut])
        here = tuple(dict.fromkeys(one for pair in asked for one in pair))
        parts.append(Part(_key(first[cut], second[cut]), here, asked))
    return parts


def is_what_was_asked(part: Part, records: Mapping[str, MatchRecord]) -> bool:
    """False where a record of the part is gone or says something else by now."""
    if not all(one in records for one in part.records):
        return False
    marks = {one: mark(records[one]) for one in part.records}
    sides = [[marks[one] for one in side] for side in zip(*part.pairs, strict=True)] or [list(marks.values())]
    return part.key == _key(*(np.array(side, dtype=np.int64) for side in sides))


def do_part(part: Part, records: Mapping[str, MatchRecord], known: dict[str, Keys] | None = None) -> bytes:
    """Do a part. ``known`` keeps what was read for the parts that the same worker compares."""
    known = {} if known is None else known
    for one in part.records:
        if one not in known:
            known[one] = keys(records[one])
    if part.pairs:
        return _packed_compared(compared((known[a], known[b]) for a, b in part.pairs))
    return _packed_reading(read([known[one] for one in part.records]))


def packed(part: Part, numbered: Iterable[str]) -> bytes:
    """A part as bytes, with the sources whose issues count their rows."""
    return _packed({**asdict(part), "numbered": sorted(numbered)})


def unpacked(asked: bytes) -> tuple[Part, frozenset[str]]:
    """What `packed` wrote."""
    told = json.loads(zlib.decompress(asked))
    pairs = tuple((a, b) for a, b in told["pairs"])
    return Part(told["key"], tuple(told["records"]), pairs), frozenset(told["numbered"])


def _packed(told: Any) -> bytes:
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), level=1)


def _packed_reading(reading: Reading) -> bytes:
    out = io.BytesIO()
    np.savez(out, **{name: getattr(reading, name) for name in ARRAYS})
    texts = _packed({name: getattr(reading, name) for name in TEXTS})
    return len(texts).to_bytes(4, "big") + texts + zlib.compress(out.getvalue(), level=1)


def _reading(answer: bytes) -> Reading:
    size = int.from_bytes(answer[:4], "big") + 4
    texts = json.loads(zlib.decompress(answer[4:size]))
    with np.load(io.BytesIO(zlib.decompress(answer[size:])), allow_pickle=False) as arrays:
        whole: dict[str, Any] = {name: arrays[name] for name in ARRAYS}
    whole |= {name: tuple(texts[name]) for name in TEXTS}
    return Reading(**whole)


def _packed_compared(found: Compared) -> bytes:
    return _packed([[asdict(link) for link in found.links], [asdict(one) for one in found.within]])


def _compared(answer: bytes) -> Compared:
    links, within = json.loads(zlib.decompress(answer))
    return Compared(
        [Link(**link) for link in links],
        [WithinSource(Link(**one.pop("link")), **one) for one in within],
    )
