"""Labelled sets of records, and what a grouping makes of them: lost, left, sensitivity and queue, counted n - 1 a group (convention B)."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from screening.dedupe.matching import Grouping, MatchRecord, find_links, group

ISSUE_IS_JUNK = ("sra_respiratory",)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one run: ``surplus``, ``lost`` and ``left`` in records, ``left_after`` once a person answered the queue."""

    records: int
    surplus: int
    lost: int
    left: int
    left_after: int
    cards: int
    true_cards: int

    @property
    def sensitivity(self) -> float:
        """Share of surplus records that merged by rule."""
        return 1 - self.left / self.surplus if self.surplus else 1.0

    @property
    def sensitivity_after(self) -> float:
        """The same once every card was answered by the labels."""
        return 1 - self.left_after / self.surplus if self.surplus else 1.0


def read_set(path: Path, *, drop_issue: bool = False) -> tuple[list[MatchRecord], dict[str, str]]:
    """Records of a labelled CSV (gzip or plain) and the group label of each id."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    return [record(row, drop_issue=drop_issue) for row in rows], {row["id"]: row["group"] for row in rows}


def record(row: Mapping[str, str], *, drop_issue: bool = False) -> MatchRecord:
    """One row of a labelled set."""
    year = row.get("year", "")
    return MatchRecord(
        id=row["id"],
        title=row["title"],
        authors=(row["authors"],) if row["authors"] else (),
        year=int(year) if year.isdigit() else None,
        journal=row["journal"],
        volume=row["volume"],
        issue="" if drop_issue else row["issue"],
        pages=row["pages"],
        doi=row["doi"],
        pmid=row.get("pmid", ""),
        abstract=row.get("abstract", ""),
    )


def relabelled(labels: Mapping[str, str], name: str, contested: Path) -> dict[str, str]:
    """Labels with the contested groups of ``name`` parted as our reading says: their pairs count neither way."""
    labels = dict(labels)
    with contested.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["dataset"] != name or row["ids"] == "*":
                continue
            for part, ids in enumerate(row["ids"].split("|")):
                for one in ids.split(";"):
                    labels[one] = f"{labels[one]}/{part}"
    return labels


def score(labels: Mapping[str, str], grouping: Grouping) -> Score:
    """Score a grouping against labels (id -> work)."""
    cluster = clusters(labels, grouping)
    works_of: defaultdict[str, set[str]] = defaultdict(set)
    for one, work in labels.items():
        works_of[cluster[one]].add(work)
    true_cards = 0
    after = Union(cluster)
    for card in grouping.queue:
        true_pairs = [(a, b) for a, b in combinations(card.ids, 2) if labels[a] == labels[b]]
        true_cards += bool(true_pairs)
        for a, b in true_pairs:
            after.join(cluster[a], cluster[b])
    works = spread(labels, cluster)
    return Score(
        records=len(labels),
        surplus=len(labels) - len(works),
        lost=sum(len(found) - 1 for found in works_of.values()),
        left=_left(works),
        left_after=_left(spread(labels, {one: after.root(cluster[one]) for one in labels})),
        cards=len(grouping.queue),
        true_cards=true_cards,
    )


def clusters(labels: Mapping[str, str], grouping: Grouping) -> dict[str, str]:
    """The first member of its group for each id."""
    cluster = {one: one for one in labels}
    for members in grouping.groups:
        cluster.update(dict.fromkeys(members, members[0]))
    return cluster


def spread(labels: Mapping[str, str], cluster: Mapping[str, str]) -> dict[str, set[str]]:
    """For each work the clusters that hold its records."""
    works: defaultdict[str, set[str]] = defaultdict(set)
    for one, work in labels.items():
        works[work].add(cluster[one])
    return works


def _left(works: Mapping[str, set[str]]) -> int:
    return sum(len(found) - 1 for found in works.values())


class Union:
    """Sets of ids that grow by joining two."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.parent = {one: one for one in ids}

    def root(self, one: str) -> str:
        """The id that stands for the set of ``one``."""
        while self.parent.setdefault(one, one) != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, a: str, b: str) -> None:
        """Make one set of the sets of two ids."""
        self.parent[self.root(a)] = self.root(b)


def run(records: Sequence[MatchRecord]) -> tuple[Grouping, float]:
    """Match ``records`` from scratch: the grouping and its seconds."""
    start = time.perf_counter()
    links = find_links(records)
    grouping = group([one.id for one in records], links, records_by_id={one.id: one for one in records})
    return grouping, time.perf_counter() - start


def heading(wide: int = 22) -> str:
    """The head of the table, its first column ``wide`` characters."""
    return f"{'set':{wide}}records surplus  lost  left  sens.  after queue  cards  true  per 100     s"


def line(name: str, found: Score, seconds: float, wide: int = 22) -> str:
    """One row of the table under ``heading``."""
    share = f"{found.true_cards / found.cards:.2f}" if found.cards else "-"
    return (
        f"{name:{wide}}{found.records:7}{found.surplus:8}{found.lost:6}{found.left:6}{found.sensitivity:7.4f}"
        f"{found.sensitivity_after:13.4f}{found.cards:7}{share:>6}{100 * found.cards / found.records:9.2f}{seconds:6.1f}"
    )


def show(one: MatchRecord) -> str:
    """One record on one line, for reading errors."""
    place = f"{one.year} | {one.journal[:60]} | v{one.volume} i{one.issue} p{one.pages} | {one.doi} {one.pmid}"
    return f"    {one.id:14} {one.title[:140]} | {', '.join(one.authors)[:50]} | {place}"


def show_errors(records: Sequence[MatchRecord], labels: Mapping[str, str], grouping: Grouping) -> None:
    """Print lost works, surplus left, and the queue with its truth."""
    by_id = {one.id: one for one in records}
    show_lost(by_id, labels, grouping)
    show_left(by_id, labels, grouping)
    for card in grouping.queue:
        truth = len({labels[one] for one in card.ids}) < len(card.ids)
        print("CARD", truth, card.score, card.kind, card.reason)
        print(*(show(by_id[one]) for one in card.ids), sep="\n")


def show_lost(by_id: Mapping[str, MatchRecord], labels: Mapping[str, str], grouping: Grouping) -> None:
    """Print groups that hold more than one work, with the links that joined them."""
    for members in grouping.groups:
        if len({labels[one] for one in members}) == 1:
            continue
        print("LOST", *(f"{show(by_id[one])} {labels[one]}" for one in members), sep="\n")
        for link in grouping.links:
            if link.a in members and labels[link.a] != labels[link.b]:
                print("      by", link.rule, link.reason)


def show_left(by_id: Mapping[str, MatchRecord], labels: Mapping[str, str], grouping: Grouping) -> None:
    """Print works still spread over several clusters, and whether a card asks about them."""
    cluster = clusters(labels, grouping)
    asked = {frozenset((cluster[a], cluster[b])) for card in grouping.queue for a, b in combinations(card.ids, 2)}
    for found in spread(labels, cluster).values():
        if len(found) > 1:
            print("LEFT", "asked" if any(frozenset(pair) in asked for pair in combinations(found, 2)) else "MISSED")
            print(*(show(by_id[one]) for one in sorted(found)), sep="\n")
