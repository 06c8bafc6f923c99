"""A search in parts gives the links of a search in one piece, whoever does the parts and in whatever order (DD9)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from benchmarks.labelled_sets import ISSUE_IS_JUNK, read_set
from benchmarks.synthetic_records import synthetic
from screening.dedupe import parts
from screening.dedupe.matching import Link, MatchRecord, find_links
from screening.dedupe.parts import Earlier, Part, do_part, is_what_was_asked, links_by_parts, packed, unpacked
from screening.dedupe.sources import trusted
from tests.screening.dedupe.pairs import DATA

pytestmark = pytest.mark.once


class Workers:
    """Workers that do parts in an order of their own, some of them twice."""

    def __init__(self, records: list[MatchRecord], seed: int) -> None:
        self.records = {record.id: record for record in trusted(records)}
        self.luck = random.Random(seed)
        self.asked: list[Part] = []
        self.stages: list[int] = []

    def do(self, asked: list[Part]) -> Iterable[bytes]:
        self.asked += asked
        self.stages.append(len(asked))
        answers: dict[str, bytes] = {}
        for part in self.luck.sample([*asked, *asked[:2]], len(asked) + len(asked[:2])):
            sent, _ = unpacked(packed(part, ()))
            assert is_what_was_asked(sent, self.records)
            answer = do_part(sent, self.records)
            assert answers.setdefault(part.key, answer) == answer, "done twice, the answer is the same"
        return [answers[part.key] for part in asked]


def _told(links: list[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (link.a, link.b))


@pytest.mark.parametrize(("size", "at_least"), [(10**9, 1), (100, 2), (25, 5), (7, 20)])
@pytest.mark.parametrize("seed", [1, 2])
def test_dd9_the_links_do_not_depend_on_the_parts_or_their_order(
    monkeypatch: pytest.MonkeyPatch, size: int, at_least: int, seed: int
) -> None:
    records = synthetic(400, seed=4)[0]
    whole = _told(find_links(records))
    assert len(whole) > 80
    monkeypatch.setattr(parts, "PART", size)
    workers = Workers(records, seed)
    shuffled = random.Random(seed).sample(records, len(records))
    assert _told(links_by_parts(shuffled, workers.do)) == whole
    assert all(done >= at_least for done in workers.stages)
    if size == 10**9:
        assert workers.stages == [1, 1]


def test_dd9_the_links_of_a_search_result_are_those_of_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what a whole source settles: its issues are row numbers, and links within it."""
    records = read_set(DATA / "sra_respiratory.csv.gz")[0]
    assert "sra_respiratory" in ISSUE_IS_JUNK
    records = [replace(record, source="one file") for record in records]
    monkeypatch.setattr(parts, "PART", 400)
    assert _told(links_by_parts(records, Workers(records, 3).do)) == _told(find_links(records))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_dd10_a_search_after_another_gives_the_links_of_all_at_once(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Also where a word grew common by the new file, and where a file's own links are settled by all of it (DD3)."""
    monkeypatch.setattr(parts, "PART", 20)
    luck = random.Random(seed)
    records = [
        replace(one, source=luck.choice("aabc"), pages=luck.choice([one.pages, one.pages, ""]))
        for one in synthetic(400, seed=seed)[0]
    ]
    before = [record for record in records if record.source in "ab"[:seed]]
    first, later = Workers(before, 1), Workers(records, 1)
    links = links_by_parts(before, first.do)
    earlier = Earlier(frozenset(part.key for part in first.asked if not part.pairs), lambda: links)
    assert _told(links_by_parts(records, later.do, earlier)) == _told(find_links(records))
    old, linked = {record.id for record in before}, {frozenset((link.a, link.b)) for link in links}
    compared = [frozenset(pair) for part in later.asked for pair in part.pairs]
    assert sum(not pair <= old for pair in compared) > 20
    again = [pair for pair in compared if pair <= old and pair not in linked]
    assert len(again) < 0.05 * len(compared), "pairs of old records that meet now that their words are rarer"


def test_dd10_where_a_record_of_the_earlier_search_changed_all_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 20)
    records = synthetic(200, seed=4)[0]
    first = Workers(records, 1)
    links = links_by_parts(records, first.do)
    earlier = Earlier(frozenset(part.key for part in first.asked if not part.pairs), lambda: links)
    changed = [replace(records[0], title="Corrected"), *records[1:]]
    assert _told(links_by_parts(changed, Workers(changed, 1).do, earlier)) == _told(find_links(changed))


def test_a_record_more_leaves_most_parts_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 20)
    records = synthetic(400, seed=4)[0]
    before, after = Workers(records, 1), Workers([*records, MatchRecord("new", title="M")], 1)
    links_by_parts(records, before.do)
    links_by_parts([*records, MatchRecord("new", title="M")], after.do)
    known = {part.key for part in before.asked}
    assert len(known) > 20
    assert len({part.key for part in after.asked} - known) <= 2


def test_no_part_is_much_longer_than_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 20)
    records = synthetic(400, seed=4)[0]
    workers = Workers(records, 1)
    links_by_parts(records, workers.do)
    assert max(part.items for part in workers.asked) <= 60


def test_a_part_is_not_what_was_asked_where_a_record_changed_or_went(monkeypatch: pytest.MonkeyPatch) -> None:
    records = synthetic(50, seed=4)[0]
    workers = Workers(records, 1)
    links_by_parts(records, workers.do)
    for part in workers.asked:
        one = part.records[-1]
        now = workers.records | {one: replace(workers.records[one], title="Corrected")}
        assert not is_what_was_asked(part, now)
        del now[one]
        assert not is_what_was_asked(part, now)


def test_nothing_asks_for_nothing() -> None:
    assert links_by_parts([], lambda asked: []) == []
