"""The quick look rejects most pairs, and none that a closer look would link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.deduplication import ISSUE_IS_JUNK, read_set
from benchmarks.synthetic_records import synthetic
from screening.dedupe.blocking import candidates, read
from screening.dedupe.keys import Keys, keys
from screening.dedupe.matching import MatchRecord, compared
from screening.dedupe.rejecting import worth_comparing
from tests.screening.dedupe.pairs import DATA

pytestmark = pytest.mark.once


def _looked_at(known: Sequence[Keys], pairs: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[set[int], set[int]]:
    """Pairs that stay, and pairs that are links although they went."""
    stay = {pair for chunk in worth_comparing(read(known), pairs) for pair in chunk.tolist()}
    gone = [pair for pair in pairs.tolist() if pair not in stay]
    links = {pair for pair in gone if _is_link(known[pair // len(known)], known[pair % len(known)])}
    return stay, links


def _is_link(a: Keys, b: Keys) -> bool:
    found = compared([(a, b)])
    return bool(found.links or found.within)


@pytest.mark.parametrize("name", ["sra_respiratory", "digital_work"])
def test_of_a_search_result_most_pairs_go_and_no_link(name: str) -> None:
    records, _ = read_set(DATA / f"{name}.csv.gz", drop_issue=name in ISSUE_IS_JUNK)
    known = [keys(record) for record in records]
    pairs = candidates(read(known))
    stay, lost = _looked_at(known, pairs)
    assert lost == set()
    assert len(stay) < 0.4 * len(pairs)


def test_of_made_up_records_one_pair_in_five_stays_and_no_link_goes() -> None:
    known = [keys(record) for record in synthetic(2_000, seed=7)[0]]
    pairs = candidates(read(known))
    stay, lost = _looked_at(known, pairs)
    assert lost == set()
    assert len(stay) < 0.3 * len(pairs)


TITLES = (
    "Sleep and burnout of nurses in rural hospitals: a cohort study", "Sleep and burn-out of nurses in rural hospitals", "Editorial",
    "Burnout and sleep in rural hospitals of nurses: cohort studies", "Reply", "Schlaf und Erschöpfung von Pflegenden auf dem Land",
    "护理人员睡眠质量与职业倦怠的相关性研究", "护理人员睡眠质量与职业倦怠的相关性研究 = Sleep and burnout of nurses in rural hospitals", "",
    "Exercise for chronic low back pain in older adults", "睡眠质量",
)  # fmt: skip
RECORDS = st.builds(
    MatchRecord, id=st.just(""), title=st.sampled_from(TITLES), authors=st.sampled_from([(), ("Okoro, A", "Ek, B"), ("Ek, B",), ("王芳",)]),
    year=st.sampled_from([None, 2018, 2019]), volume=st.sampled_from(["", "9", "10"]), pages=st.sampled_from(["", "88-97", "88-99", "88"]),
    doi=st.sampled_from(["", "10.9999/a", "10.9999/b"]), pmid=st.sampled_from(["", "30000001"]), source=st.sampled_from(["", "one"]),
    journal=st.sampled_from(["", "Journal of Nursing"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=12))
def test_whatever_two_records_say_no_link_goes(records: list[MatchRecord]) -> None:
    known = [keys(replace(record, id=str(n))) for n, record in enumerate(records)]
    size = len(known)
    every = np.array([a * size + b for a in range(size) for b in range(a + 1, size)], dtype=np.int64)
    assert _looked_at(known, every)[1] == set()
