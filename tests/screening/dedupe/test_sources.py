"""What one source's records tell of the source (DD3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screening.dedupe.matching import MatchRecord, find_links
from screening.dedupe.sources import trusted
from tests.screening.dedupe.pairs import matched

BARE = MatchRecord(
    "a", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada", "Bell, Tim"), year=2021,
    journal="Medical Careers", source="scopus.ris",
)  # fmt: skip
PLACED = replace(BARE, volume="9", issue="2", pages="88-97")


def _twin(record: MatchRecord, **changes: Any) -> MatchRecord:
    return replace(record, **{"id": "b", **changes})


def test_dd3_what_two_databases_hold_alike_merges() -> None:
    assert matched(BARE, _twin(BARE, source="wos.txt")).groups
    assert matched(replace(BARE, source=""), _twin(BARE, source="")).groups


def test_dd3_what_one_database_keeps_apart_is_asked() -> None:
    grouping = matched(BARE, _twin(BARE))
    assert grouping.groups == []
    assert [card.ids for card in grouping.queue] == [("a", "b")]
    assert find_links([BARE, _twin(BARE)])[0].rule == "one source"


@pytest.mark.parametrize("fields", [{"doi": "10.9999/mc.1"}, {"pmid": "30000001"}])
def test_dd3_an_identifier_settles_it_within_one_source(fields: dict[str, str]) -> None:
    one = replace(BARE, doi=fields.get("doi", ""), pmid=fields.get("pmid", ""))
    assert matched(one, _twin(one)).groups


def test_dd3_the_whole_place_in_print_settles_it_within_one_source() -> None:
    assert matched(PLACED, _twin(PLACED)).groups
    assert matched(PLACED, _twin(PLACED, pages="")).groups == []


def test_dd3_a_source_with_many_certain_duplicates_is_no_single_database() -> None:
    certain = [
        replace(PLACED, id=f"{n}{side}", title=f"Report on ward {word} and its many visitors", pages=f"{n}10-{n}19")
        for n, word in enumerate(("north", "south", "east"), 1)
        for side in "xy"
    ]
    assert matched(BARE, _twin(BARE), *certain).queue == []
    assert matched(BARE, _twin(BARE), *certain[:2]).queue != []


def test_issues_that_count_rows_are_not_trusted() -> None:
    rows = [replace(BARE, id=str(n), issue=str(700 + n)) for n in range(60)]
    assert {record.issue for record in trusted(rows)} == {""}
    real = [replace(BARE, id=str(n), issue=str(n % 12)) for n in range(60)]
    assert trusted(real) == real
    assert trusted(rows[:20]) == rows[:20]


def test_one_source_s_row_numbers_do_not_cost_another_its_issues() -> None:
    rows = [replace(BARE, id=str(n), issue=str(700 + n)) for n in range(60)]
    other = replace(BARE, id="other", issue="4", source="wos.txt")
    assert trusted([*rows, other])[-1] == other
