"""What ours is compared with: the two emulated rules, and what the table counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.comparison import write
from benchmarks.labelled_sets import read_set, score
from benchmarks.peers import TOOLS, main
from screening.dedupe.matching import MatchRecord

pytestmark = pytest.mark.once

EDITORIAL = MatchRecord("a", title="Introduction to the minitrack", year=2001, doi="10.1000/one")
OTHER_YEAR = MatchRecord("b", title="Introduction to the Minitrack.", year=2009, doi="10.1000/two")
SAME_DOI = MatchRecord("c", title="An abstract of the supplement", doi="10.1000/one")
SAME_TEXT = MatchRecord("d", title="Introduction to the mini-track", year=2009)
RECORDS = [EDITORIAL, OTHER_YEAR, SAME_DOI, SAME_TEXT]
WORKS = {"a": "1", "b": "2", "c": "3", "d": "2"}


@pytest.mark.parametrize(
    ("tool", "groups", "lost", "left"),
    [
        ("title >= 90", [("a", "b", "d")], 1, 0),
        ("ASReview's rule", [("a", "b", "c", "d")], 2, 0),
        ("ours", [], 0, 1),
    ],
)
def test_each_rule_merges_what_it_merges_and_pays_for_it(
    tool: str, groups: list[tuple[str, ...]], lost: int, left: int
) -> None:
    found = TOOLS[tool](RECORDS)
    assert found.groups == groups
    counted = score(WORKS, found)
    assert (counted.lost, counted.left) == (lost, left)


def test_a_tool_reads_and_answers_by_files_so_that_it_can_run_alone(tmp_path: Path) -> None:
    write(tmp_path / "records.csv", RECORDS, WORKS)
    records, labels = read_set(tmp_path / "records.csv")
    assert ([one.title for one in records], labels) == ([one.title for one in RECORDS], WORKS)
    main("title >= 90", str(tmp_path / "records.csv"), str(tmp_path / "answer.json"))
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["groups"] == [["a", "b", "d"]]
    assert answer["megabytes"] > 1
