"""Groups from links, strongest first, never by bare transitivity; what is left becomes questions for a person (DD4, DD5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .comparing import cannot_be_one
from .keys import Keys, keys
from .shapes import Grouping, Link, MatchRecord, QueueEntry

LATE = "late duplicate"
LARGEST_CARD = 8


class _Groups:
    """Records by the group that holds them; each group is a list of ids in the order of joining."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.of: dict[str, list[str]] = {one: [one] for one in ids}

    def join(self, a: str, b: str) -> None:
        into, out_of = self.of[a], self.of[b]
        into += out_of
        for member in out_of:
            self.of[member] = into

    def together(self, a: str, b: str) -> bool:
        return self.of[a] is self.of[b]


def group(
    record_ids: Sequence[str],
    links: Iterable[Link],
    *,
    records_by_id: Mapping[str, MatchRecord],
    apart: Collection[frozenset[str]] = frozenset(),
    together: Collection[frozenset[str]] = frozenset(),
    held: Collection[str] = frozenset(),
) -> Grouping:
    """Group ``record_ids`` by ``links`` and by what people said.

    ``apart`` are pairs a person called different or related, ``together`` pairs a person called the same; what was
    called different holds against everything else (DD12). ``held`` are records that hold votes: a link that would join
    two groups which both hold votes becomes a question (DD13). The result depends on the content of records and links,
    never on their order (DD5, DD9).
    """
    return _Grouper(record_ids, records_by_id, apart, together, held).run(links)


class _Grouper:
    def __init__(
        self,
        record_ids: Sequence[str],
        records_by_id: Mapping[str, MatchRecord],
        apart: Collection[frozenset[str]],
        together: Collection[frozenset[str]],
        held: Collection[str],
    ) -> None:
        self.records = records_by_id
        self.groups = _Groups(record_ids)
        self.apart = frozenset(apart)
        self.parted = {one for pair in self.apart for one in pair}
        self.said_same = frozenset(together)
        self.held = frozenset(held)
        self.keys: dict[str, Keys] = {}
        self.rank: dict[str, int] = {}

    def run(self, links: Iterable[Link]) -> Grouping:
        known = [link for link in links if link.a in self.groups.of and link.b in self.groups.of]
        self._rank(
            {one for link in known for one in (link.a, link.b)} | {one for pair in self.said_same for one in pair}
        )
        accepted = self._join_people()
        refused: list[Link] = []
        for link in self._ordered(link for link in known if link.automatic):
            if self.groups.together(link.a, link.b):
                accepted.append(link)
                continue
            outcome = self._join(link)
            (accepted if outcome is None else refused).append(outcome or link)
        questions = [link for link in known if not link.automatic] + refused
        return Grouping(self._groups(), accepted, self._queue(questions))

    def _rank(self, ids: set[str]) -> None:
        ordered = sorted((one for one in ids if one in self.records), key=lambda one: (self.records[one].content, one))
        self.rank = {one: n for n, one in enumerate(ordered)}

    def _ordered(self, links: Iterable[Link]) -> list[Link]:
        return sorted(links, key=lambda link: (-link.score, *sorted((self.rank[link.a], self.rank[link.b])), link.rule))

    def _join_people(self) -> list[Link]:
        pairs = sorted(
            tuple(sorted(pair, key=lambda one: self.rank[one])) for pair in self.said_same if pair <= self.rank.keys()
        )
        accepted = []
        for a, b in sorted(pairs, key=lambda pair: (self.rank[pair[0]], self.rank[pair[1]])):
            if a not in self.groups.of or b not in self.groups.of or self._kept_apart(a, b):
                continue
            if not self.groups.together(a, b):
                self.groups.join(a, b)
            accepted.append(Link(a, b, 1.0, "A person said these are the same record.", "person", automatic=False))
        return accepted

    def _join(self, link: Link) -> Link | None:
        """Join the two groups of ``link``, or give the question that takes its place."""
        if self._kept_apart(link.a, link.b) or self._contradict(link):
            return replace(link, automatic=False)
        if self._holds_votes(link.a) and self._holds_votes(link.b):
            return replace(link, automatic=False, kind=LATE)
        self.groups.join(link.a, link.b)
        return None

    def _kept_apart(self, a: str, b: str) -> bool:
        left = [one for one in self.groups.of[a] if one in self.parted]
        right = [one for one in self.groups.of[b] if one in self.parted]
        return any(frozenset((one, other)) in self.apart for one in left for other in right)

    def _holds_votes(self, one: str) -> bool:
        return not self.held.isdisjoint(self.groups.of[one])

    def _contradict(self, link: Link) -> bool:
        left, right = self.groups.of[link.a], self.groups.of[link.b]
        if len(left) == len(right) == 1:
            return False
        return any(
            cannot_be_one(self._keys(one), self._keys(other))
            for one in self._unlike(left)
            for other in self._unlike(right)
            if {one, other} != {link.a, link.b}
        )

    def _unlike(self, members: list[str]) -> Iterable[str]:
        """One member for each content: a hundred equal rows need no ten thousand comparisons."""
        return members if len(members) < 3 else {self.records[one].content: one for one in members}.values()

    def _keys(self, one: str) -> Keys:
        if one not in self.keys:
            self.keys[one] = keys(self.records[one])
        return self.keys[one]

    def _groups(self) -> list[tuple[str, ...]]:
        seen: dict[int, list[str]] = {id(members): members for members in self.groups.of.values() if len(members) > 1}
        groups = [tuple(sorted(members, key=lambda one: self.rank[one])) for members in seen.values()]
        return sorted(groups, key=lambda members: self.rank[members[0]])

    def _queue(self, questions: list[Link]) -> list[QueueEntry]:
        """One card for records that are all in question with each other, best first."""
        cards: list[tuple[list[str], Link]] = []
        cards_of: defaultdict[int, list[int]] = defaultdict(list)
        asked: dict[frozenset[int], Link] = {}
        for link in self._ordered(questions):
            if self.groups.together(link.a, link.b) or self._kept_apart(link.a, link.b):
                continue
            asked.setdefault(frozenset((id(self.groups.of[link.a]), id(self.groups.of[link.b]))), link)
        for link in asked.values():
            self._place(link, cards, cards_of, asked)
        return [
            QueueEntry(tuple(sorted(ids, key=lambda one: self.rank[one])), link.score, link.reason, link.kind)
            for ids, link in cards
        ]

    def _place(
        self,
        link: Link,
        cards: list[tuple[list[str], Link]],
        cards_of: defaultdict[int, list[int]],
        asked: dict[frozenset[int], Link],
    ) -> None:
        """Put ``link`` on the first card that it fits, else on a new one; ``cards_of`` are the cards of each group."""
        here = {id(self.groups.of[link.a]), id(self.groups.of[link.b])}
        for number in sorted({number for one in here for number in cards_of[one]}):
            ids, first = cards[number]
            there = {id(self.groups.of[one]) for one in ids}
            if here <= there:
                return
            new = here - there
            if first.kind != link.kind or len(ids) >= LARGEST_CARD:
                continue
            (added,) = new
            if all(frozenset((added, one)) in asked for one in there):
                ids.append(link.a if id(self.groups.of[link.a]) == added else link.b)
                cards_of[added].append(number)
                return
        for one in here:
            cards_of[one].append(len(cards))
        cards.append(([link.a, link.b], link))
