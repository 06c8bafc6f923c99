"""Which pairs are compared at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.labelled_sets import ISSUE_IS_JUNK, read_set
from benchmarks.synthetic_records import synthetic
from screening.dedupe.blocking import LARGEST_BLOCK, WINDOW, candidates, joined, read
from screening.dedupe.keys import keys
from screening.dedupe.matching import MatchRecord
from tests.screening.dedupe.pairs import DATA

ONE = MatchRecord(
    "1", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada",), year=2021, volume="9", pages="88-97",
    doi="10.9999/mc.1", pmid="30000001",
)  # fmt: skip


def _candidates(records: list[MatchRecord], slices: int = 1) -> list[int]:
    known = [keys(record) for record in records]
    size = -(-len(known) // slices)
    return [int(pair) for pair in candidates(joined([read(known[n : n + size]) for n in range(0, len(known), size)]))]


def _meet(other: MatchRecord) -> bool:
    return _candidates([ONE, other]) == [1]


@pytest.mark.parametrize(
    "other",
    [
        MatchRecord("2", doi="https://doi.org/10.9999/MC.1"),
        MatchRecord("2", pmid="PMID 30000001"),
        MatchRecord("2", title="Night shifts and research output: a survey"),
        MatchRecord("2", title="On the research output of junior doctors"),
        MatchRecord("2", title="Doctors, junior or senior, and shifts"),
        MatchRecord("2", authors=("Okoro A",), year=2021),
        MatchRecord("2", authors=("Okoro A",), year=2020),
        MatchRecord("2", volume="9", pages="88"),
        MatchRecord("2", year=2021, pages="88"),
    ],
    ids=["doi", "pmid", "beginning", "end", "rare words", "author and year", "year before", "volume and page", "year and page"],
)  # fmt: skip
def test_records_that_share_a_key_are_compared(other: MatchRecord) -> None:
    assert _meet(other)


def test_records_that_share_no_key_are_not_compared() -> None:
    assert not _meet(MatchRecord("2", title="Hand hygiene in dental practice", authors=("Ek, S.",), year=2019))
    assert _candidates([MatchRecord("1"), MatchRecord("2")]) == []


def test_dd9_slices_read_apart_and_joined_give_the_pairs_of_all_read_at_once() -> None:
    records = [*synthetic(400, seed=5)[0], MatchRecord("untitled", volume="9", pages="88"), *_in_two_languages()]
    at_once = _candidates(records)
    assert len(at_once) > 1_000
    assert [_candidates(records, slices=n) for n in (2, 5, 50)] == [at_once] * 3


def _in_two_languages() -> list[MatchRecord]:
    title = "护理人员睡眠质量与职业倦怠的相关性研究 = Sleep quality and burnout of nurses in tertiary hospitals"
    return [MatchRecord(f"zh{n}", title=title[: 60 + n], authors=("王芳",), year=2018) for n in range(3)]


def test_a_large_block_is_compared_among_neighbours_only() -> None:
    size = 3 * LARGEST_BLOCK
    records = [
        replace(ONE, id=str(n), title=f"{n:03} {'abcdefg'[n % 7] * 30}", year=None, volume="", pmid="")
        for n in range(size)
    ]
    assert len(_candidates(records)) < size * 3 * WINDOW


@pytest.mark.parametrize("name", ["sra_respiratory", "digital_work"])
def test_every_true_pair_of_a_search_result_is_compared_directly_or_through_others(name: str) -> None:
    records, labels = read_set(DATA / f"{name}.csv.gz", drop_issue=name in ISSUE_IS_JUNK)
    assert _unreached(records, labels) == 0


def test_every_true_pair_of_made_up_records_is_reached() -> None:
    assert _unreached(*synthetic(3_000, seed=3)) == 0


def _unreached(records: list[MatchRecord], labels: dict[str, str]) -> int:
    """Works whose records no chain of compared pairs connects."""
    parent = {record.id: record.id for record in records}

    def root(one: str) -> str:
        while parent[one] != one:
            one = parent[one]
        return one

    for pair in _candidates(records):
        a, b = (records[n].id for n in divmod(pair, len(records)))
        if labels[a] == labels[b]:
            parent[root(a)] = root(b)
    return len({root(one) for one in parent}) - len(set(labels.values()))
