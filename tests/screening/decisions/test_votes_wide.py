"""Sheets with a column for each reviewer, and lists that name none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from screening.decisions.verdict import Decision
from screening.decisions.votes_file import LIST, NOBODY, WIDE, VotesFile, read_file
from screening.decisions.votes_wide import UNDECIDED
from screening.imports.parsed import Refusal

INCLUDE, MAYBE, EXCLUDE = Decision.INCLUDE, Decision.MAYBE, Decision.EXCLUDE
COVIDENCE = "Title,Authors,Published Year,DOI,Ref,Covidence #,Study,Notes,Tags\n"


def read(tmp_path: Path, text: str, name: str = "votes.csv", whole: Decision | None = None) -> VotesFile:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_file(path, name=name, whole=whole)


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [
        ("Alice Archer,Bob", "include", "Excluded"),
        ("Alice Archer,Bob", "yes", "no"),
        ("Alice Archer decision,Bob decision", "1", "0"),
        ("Vote of Alice Archer,vote by Bob", "Y", "N"),
        ("Alice Archer: vote,Bob: vote", "Included", "Exclude on population"),
    ],
)
def test_each_reviewers_column_gives_votes(tmp_path: Path, heading: str, first: str, second: str) -> None:
    found = read(tmp_path, f"Title,Year,{heading}\nA title,2019,{first},{second}\nB title,2020,,{second}\n")
    assert found.format == WIDE
    assert [(row.line, row.reviewer, row.decision) for row in found.rows] == [
        (2, "Alice Archer", INCLUDE),
        (2, "Bob", EXCLUDE),
        (3, "Bob", EXCLUDE),
    ]


def test_numbered_reviewers_have_their_name_reason_and_note_beside_them(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "id,r1_coder,r1_decision,r1_code,r1_note,r1_is_final,Reviewer 2,Reviewer 2 vote,Reviewer 2 reason\n"
        "W1,Ann,exclude,EXCLUDE on design,letters,True,Bo,Maybe,\nW2,Ann,include,INCLUDE on T/A,,False,Cy,exclude,Language\n",
    )
    assert [(row.ids[0], row.reviewer, row.decision, row.reason, row.note) for row in found.rows] == [
        ("W1", "Ann", EXCLUDE, "design", "letters"),
        ("W1", "Bo", MAYBE, "", ""),
        ("W2", "Ann", INCLUDE, "", ""),
        ("W2", "Cy", EXCLUDE, "Language", ""),
    ]
    assert found.names == {"Ann": 2, "Bo": 1, "Cy": 1}
    assert found.reasons == ["design", "Language"]


def test_what_a_team_or_a_program_decided_is_nobodys_vote(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Title,Year,Ann,Final decision,Consensus,label_included,from_searches\nA,2019,include,include,include,1,yes\n",
    )
    assert found.names == {"Ann": 1}


def test_a_sheet_without_reviewers_asks_whose_votes_they_are(tmp_path: Path) -> None:
    found = read(tmp_path, "title,year,included\nA title,2019,1\nB title,2020,0\n")
    assert (found.format, found.names) == (NOBODY, {"": 2})
    assert [row.decision for row in found.rows] == [INCLUDE, EXCLUDE]


@pytest.mark.parametrize(
    ("name", "whole", "decision"),
    [
        ("review_12_irrelevant_csv_20240303.csv", None, EXCLUDE),
        ("review_12_select_csv_20240303.csv", None, INCLUDE),
        ("review_12_excluded_csv_20240303.csv", None, EXCLUDE),
        ("list.csv", EXCLUDE, EXCLUDE),
        ("review_12_select_csv_20240303.csv", EXCLUDE, EXCLUDE),
    ],
)
def test_covidences_lists_are_decided_by_name_or_by_a_person(
    tmp_path: Path, name: str, whole: Decision | None, decision: Decision
) -> None:
    found = read(
        tmp_path,
        COVIDENCE + 'A title,"Doe, J.",2019,10.1000/ab,7,#12,Doe 2019,Exclusion reason: Wrong study design; ,\n',
        name,
        whole,
    )
    (row,) = found.rows
    assert (found.format, found.asks_decision, row.decision, row.reviewer) == (LIST, True, decision, "")
    assert (row.doi, row.title, row.year) == ("10.1000/ab", "A title", 2019)
    assert row.reason == ("Wrong study design" if decision is EXCLUDE else "")


def test_a_list_that_says_nothing_says_so(tmp_path: Path) -> None:
    for name in ("list.csv", "review_12_screen_csv_20240303.csv"):
        (row,) = read(tmp_path, COVIDENCE + "A title,Doe,2019,,7,#12,Doe 2019,,\n", name).rows
        assert (row.decision, row.problem) == (None, UNDECIDED)


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\x02", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"%PDF-1.4", b"{", b","],
)
def test_p25_any_bytes_give_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        read_file(path, name="file")
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(("name", "n"), [("SB_friends", 5490), ("Dimitrov_2024_SNHL_two_reviewers", 2996)])
def test_real_sheets_of_two_reviewers_are_read(review_data: Path, tmp_path: Path, name: str, n: int) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_bytes(gzip.decompress((review_data / "screening" / f"{name}.csv.gz").read_bytes()))
    found = read_file(path, name=path.name)
    assert (found.format, len(found.rows), len(found.names)) == (WIDE, n, 2)
