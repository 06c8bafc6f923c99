"""Which pairs are compared at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.deduplication import ISSUE_IS_JUNK, read_set
from benchmarks.synthetic_records import synthetic
from screening.dedupe.blocking import LARGEST_BLOCK, WINDOW, candidates
from screening.dedupe.keys import keys
from screening.dedupe.matching import MatchRecord
from tests.screening.dedupe.pairs import DATA

ONE = MatchRecord(
    "1", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada",), year=2021, volume="9", pages="88-97",
    doi="10.9999/mc.1", pmid="30000001",
)  # fmt: skip


def _meet(other: MatchRecord) -> bool:
    return candidates([keys(ONE), keys(other)]) == [1]


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
    assert candidates([keys(MatchRecord("1")), keys(MatchRecord("2"))]) == []


def test_a_large_block_is_compared_among_neighbours_only() -> None:
    size = 3 * LARGEST_BLOCK
    records = [
        replace(ONE, id=str(n), title=f"{n:03} {'abcdefg'[n % 7] * 30}", year=None, volume="", pmid="")
        for n in range(size)
    ]
    assert len(candidates([keys(record) for record in records])) < size * 3 * WINDOW


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

    for pair in candidates([keys(record) for record in records]):
        a, b = (records[n].id for n in divmod(pair, len(records)))
        if labels[a] == labels[b]:
            parent[root(a)] = root(b)
    return len({root(one) for one in parent}) - len(set(labels.values()))
