"""Made-up works, each beside a damaged copy of itself or beside another work that looks like it: copies merge, works never do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.synthetic_records import synthetic
from screening.dedupe.locators import pages
from screening.dedupe.matching import MatchRecord, find_links
from tests.screening.dedupe.pairs import matched

WORKS = 80
Change = Callable[[random.Random, MatchRecord], MatchRecord]
LETTERS = "2243-5; author reply 2243-5"


def works(luck: random.Random) -> list[MatchRecord]:
    """One record of each made-up work, without its identifiers: they would settle most of what is asked here."""
    records, names = synthetic(500, seed=luck.randint(1, 99))
    first = {
        names[one.id]: one
        for one in records
        if one.issue and len(one.authors) >= 2 and not names[one.id].endswith("like")
    }
    return [replace(one, id=name, doi="", pmid="", pages=_pages(luck)) for name, one in list(first.items())[:WORKS]]


def _pages(luck: random.Random) -> str:
    start = luck.randint(400, 1800)
    return f"{start}-{start + luck.randint(5, 14)}"


def _elsewhere(luck: random.Random, one: MatchRecord) -> MatchRecord:
    found = pages(one.pages)
    start = found.end + luck.randint(1, 300)
    return replace(one, pages=f"{start}-{start + luck.randint(3, 9)}")


def _moved(luck: random.Random, one: MatchRecord, by: int) -> str:
    found = pages(one.pages)
    return f"{found.start + by}-{found.end + by}"


def _retitled(luck: random.Random, one: MatchRecord, change: Callable[[str], str]) -> MatchRecord:
    return replace(_elsewhere(luck, one), title=change(one.title))


LOOK_ALIKES: dict[str, Change] = {
    "erratum": lambda luck, one: _retitled(luck, one, "Erratum: {}".format),
    "erratum as Web of Science writes it": lambda luck, one: _retitled(luck, one, f"{{}} (vol {one.volume}, pg 7, {one.year})".format),
    "erratum as Scopus writes it": lambda luck, one: _retitled(luck, one, f"{{}} (Care ({one.year}) {one.volume} (7-9))".format),
    "erratum under the pages of its article": lambda luck, one: replace(one, title=f"Corrigendum to {one.title}"),
    "reply of the authors": lambda luck, one: _retitled(luck, one, "{}: authors' reply".format),
    "reply in Spanish": lambda luck, one: _retitled(luck, one, "Respuesta a: {}".format),
    "protocol": lambda luck, one: replace(_retitled(luck, one, "{}: study protocol".format), year=(one.year or 0) - 1),
    "second part": lambda luck, one: _retitled(luck, one, "{}. Part 2".format),
    "second part in roman, without pages": lambda luck, one: replace(one, title=f"{one.title} II", pages=""),
    "the same in children": lambda luck, one: _retitled(luck, one, "{} in preterm infants".format),
    "the same in children, without a place": lambda luck, one: replace(
        one, title=f"{one.title} in preterm infants", volume="", issue="", pages=""
    ),
    "the year after": lambda luck, one: replace(
        _elsewhere(luck, one), year=(one.year or 0) + 1, volume=str(int(one.volume) + 1)
    ),
    "the year after, without pages": lambda luck, one: replace(
        one, year=(one.year or 0) + 1, volume=str(int(one.volume) + 1), pages=""
    ),
    "another issue": lambda luck, one: replace(_elsewhere(luck, one), issue=str(int(one.issue) + 1)),
    "another issue, overlapping pages": lambda luck, one: replace(one, issue=str(int(one.issue) + 1), pages=_moved(luck, one, 2)),
    "the article behind it": lambda luck, one: replace(one, pages=f"{pages(one.pages).end}-{pages(one.pages).end + 7}"),
    "an abstract in a supplement": lambda luck, one: replace(
        one, journal=f"{one.journal}. Conference: 9th Annual Meeting", issue="Suppl 1", pages=f"S{luck.randint(2, 399)}"
    ),
    "an abstract in another journal's supplement": lambda luck, one: replace(
        one, journal="Proceedings of the Society of Glucose", volume="62", issue="Suppl 1", pages=f"A{luck.randint(2, 399)}"
    ),
    "another journal": lambda luck, one: replace(_elsewhere(luck, one), journal="Glucose", volume="4", issue="2"),
    "preprint": lambda luck, one: replace(one, journal="medRxiv", volume="", issue="", pages="", doi="10.1101/2020.01.01.20012345"),
    "thesis": lambda luck, one: replace(one, journal="University of Care", volume="", issue="", pages="", types=("thesis",)),
    "another group's letter on the same page": lambda luck, one: replace(one, authors=("Xylo, A.", "Yvon, B."), pages=LETTERS),
    "a letter without authors among letters paged as one": lambda luck, one: replace(one, authors=(), pages=LETTERS),
    "another registration": lambda luck, one: replace(one, ids=(("nct", "NCT02222222"),)),
    "no authors, no pages, another issue or none": lambda luck, one: replace(one, authors=(), issue="", pages=""),
}  # fmt: skip
# What the work itself looks like where that is not as made up.
BESIDE: dict[str, Change] = {
    "another group's letter on the same page": lambda luck, one: replace(one, pages=LETTERS),
    "a letter without authors among letters paged as one": lambda luck, one: replace(one, pages=LETTERS),
    "another registration": lambda luck, one: replace(one, ids=(("nct", "NCT01111111"),)),
}

COPIES: dict[str, Change] = {
    "pages of the proof": lambda luck, one: replace(one, pages=_moved(luck, one, luck.choice([-2, -1, 1, 2]))),
    "the last page alone": lambda luck, one: replace(one, pages=str(pages(one.pages).end)),
    "a slip in the last page": lambda luck, one: replace(one, pages=f"{pages(one.pages).start}-{pages(one.pages).end + 100}"),
    "a number of the web for a page": lambda luck, one: replace(one, pages=f"c{luck.randint(1000, 9999)}"),
    "a rubric before the title": lambda luck, one: replace(one, title=f"Research in practice: {one.title}"),
    "a group for the authors": lambda luck, one: replace(one, authors=("Care and Sleep Study Group",)),
    "a month for the volume": lambda luck, one: replace(one, volume="(Jul)", issue="", pages=""),
    "the journal's meeting behind its name": lambda luck, one: replace(one, journal=f"{one.journal}.Conference: 9th Meeting", issue=""),
    "no authors": lambda luck, one: replace(one, authors=()),
    "the title without its subtitle": lambda luck, one: replace(one, title=one.title.partition(": a ")[0]),
}  # fmt: skip


def _merged(luck: random.Random, change: Change, beside: Change | None = None) -> list[str]:
    """Names of the works that merged with what ``change`` made of them; every other link would be wrong as well."""
    originals = [beside(luck, one) if beside else one for one in works(luck)]
    changed = [replace(change(luck, one), id=f"{one.id} changed") for one in originals]
    found = []
    for link in find_links([*originals, *changed]):
        if link.automatic:
            name, other = sorted((link.a, link.b))
            assert other == f"{name} changed"
            found.append(name)
    return found


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_dg1_no_look_alike_is_lost(name: str) -> None:
    assert _merged(random.Random(name), LOOK_ALIKES[name], BESIDE.get(name)) == []


@pytest.mark.parametrize("name", COPIES)
def test_dg2_a_copy_damaged_as_databases_damage_it_merges(name: str) -> None:
    assert len(_merged(random.Random(name), COPIES[name])) >= 0.9 * WORKS


def test_dg1_a_work_among_all_its_look_alikes_stays_alone() -> None:
    luck = random.Random(5)
    for work in works(luck)[:20]:
        crowd = [
            replace(change(luck, work), id=name)
            for name, change in LOOK_ALIKES.items()
            if name not in BESIDE and not name.startswith("no authors")
        ]
        grouping = matched(work, *crowd)
        assert not any(work.id in members for members in grouping.groups)
