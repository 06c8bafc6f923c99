"""The quick look rejects most pairs, and none that a closer look would link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.labelled_sets import ISSUE_IS_JUNK, read_set
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
    assert len(stay) < 0.25 * len(pairs)


def test_of_pairs_on_one_page_of_journals_alike_those_of_other_authors_go() -> None:
    """However many records there are: what stays grows with the duplicates, not with the pairs (a million have ten times as many)."""
    titles = ("Effects of exercise on pain in nurses with asthma", "Effects of music on sleep in children with anaemia")
    records = [
        replace(ARTICLE, title=title, authors=(f"{name}, A",), doi="", pmid="")
        for title, name in zip(titles, ("Okoro", "Lund"), strict=True)
    ]
    known = [keys(record) for record in records]
    pair = np.array([1], dtype=np.int64)
    assert _looked_at(known, pair) == (set(), set())
    same_author = [known[0], keys(replace(records[1], authors=records[0].authors))]
    assert _looked_at(same_author, pair)[0] == {1}


def test_of_made_up_records_one_pair_in_twelve_stays_and_no_link_goes() -> None:
    known = [keys(record) for record in synthetic(2_000, seed=7)[0]]
    pairs = candidates(read(known))
    stay, lost = _looked_at(known, pairs)
    assert lost == set()
    assert len(stay) < 0.08 * len(pairs)


TITLES = (
    "Sleep and burnout of nurses in rural hospitals: a cohort study", "Sleep and burn-out of nurses in rural hospitals", "Editorial",
    "Burnout and sleep in rural hospitals of nurses: cohort studies", "Reply", "Schlaf und Erschöpfung von Pflegenden auf dem Land",
    "护理人员睡眠质量与职业倦怠的相关性研究", "护理人员睡眠质量与职业倦怠的相关性研究 = Sleep and burnout of nurses in rural hospitals", "",
    "Exercise for chronic low back pain in older adults", "睡眠质量",
)  # fmt: skip
AUTHORS = (
    (), ("Okoro, Ada", "Ek, B", "Lund, Cai"), ("Ek, B",), ("Okorro, A.",), ("Ada, Okoro", "B, Ek", "Cai, Lund"), ("Berg, D", "Ito, E"),
    ("Berg, D", "et al."), ("Nurses Study Group",), ("Study Group of Nurses",), ("王芳",),
)  # fmt: skip
PAGES = ("", "88-97", "88-99", "88", "90-97", "e1024", "1-8", "iv-ix", "Jan-10", "S12", "97")
RECORDS = st.builds(
    MatchRecord, id=st.just(""), title=st.sampled_from(TITLES), authors=st.sampled_from(AUTHORS),
    year=st.sampled_from([None, 2017, 2018, 2019, 2021]), volume=st.sampled_from(["", "9", "10", "Ph.D. thesis"]),
    issue=st.sampled_from(["", "2"]), pages=st.sampled_from(PAGES), pmid=st.sampled_from(["", "30000001", "30000002"]),
    doi=st.sampled_from(["", "10.9999/a", "10.9999/b", "10.12688/f1000research.7.1", "10.12688/f1000research.7.2"]),
    source=st.sampled_from(["", "one"]), journal=st.sampled_from(["", "Journal of Nursing", "Proceedings of the Annual Conference"]),
)  # fmt: skip


FIELDS = ("title", "authors", "year", "volume", "issue", "pages", "doi", "pmid", "source", "journal")


@st.composite
def relatives(draw: st.DrawFn) -> list[MatchRecord]:
    """A record, and others that differ from it in few fields."""
    first = draw(RECORDS)
    others = draw(st.lists(st.tuples(RECORDS, st.sets(st.sampled_from(FIELDS), max_size=5)), min_size=2, max_size=14))
    return [first, *(replace(first, **{name: getattr(one, name) for name in names}) for one, names in others)]


@settings(max_examples=60, deadline=None)
@given(relatives())
def test_whatever_two_records_say_no_link_goes(records: list[MatchRecord]) -> None:
    known = [keys(replace(record, id=str(n))) for n, record in enumerate(records)]
    size = len(known)
    every = np.array([a * size + b for a in range(size) for b in range(a + 1, size)], dtype=np.int64)
    assert _looked_at(known, every)[1] == set()


ARTICLE = MatchRecord(
    "", title=TITLES[0], authors=("Okoro, A", "Ek, B", "Lund, C"), year=2018, journal="Journal of Nursing", volume="9", issue="2",
    pages="88-97", doi="10.9999/a", pmid="30000001",
)  # fmt: skip
LONGER = (
    "Sleep quality and burnout of nurses in rural hospitals: a cohort study",
    "Sleep quality and burnout of night shift nurses in rural hospitals: a cohort study",
    "Sleep quality and burnout of nurses who work nights in remote rural hospitals: a cohort study",
)
THESIS = replace(ARTICLE, types=("thesis",), journal="University of the North", volume="", issue="", pages="")


@pytest.mark.parametrize("first", [ARTICLE, replace(ARTICLE, doi="", pmid=""), THESIS, replace(THESIS, pages="88-97")])
def test_whatever_place_year_and_identifier_say_of_records_alike_in_all_else_no_link_goes(first: MatchRecord) -> None:
    """All that the look at fields takes for granted is so here: what it allows just so must stay."""
    years = (first.year, 2017, 2016, 2021, None)
    pages = (first.pages, "90-97", "188-190", "e1024", "iv-ix", "1-9", "")
    dois = (first.doi, "10.9999/a.v2", "10.9999/b", "")
    changed = product(
        years, dict.fromkeys((first.volume, "10", "")), pages, dois, dict.fromkeys((first.pmid, "30000002", ""))
    )
    others = [
        replace(first, year=y, volume=v, pages=p, doi=d, pmid=m, title=title)
        for y, v, p, d, m in changed
        for title in (first.title, *(() if m else LONGER))
    ]
    known = [keys(replace(record, id=str(n))) for n, record in enumerate([first, *others])]
    assert _looked_at(known, np.arange(1, len(known), dtype=np.int64))[1] == set()
