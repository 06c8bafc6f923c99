"""Files of votes are read as their tools write them, and what is unclear is told, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from screening.decisions.verdict import Decision
from screening.decisions.vote_row import VoteRow, decision_of
from screening.decisions.votes_file import read_votes
from screening.imports.parsed import Refusal


def read(tmp_path: Path, text: str, name: str = "votes.csv") -> list[VoteRow]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_votes(path)


def test_the_documented_columns_are_read(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        "record_id,doi,pmid,title,year,reviewer,decision,reason,note,decided_at,role\n"
        "W1,https://doi.org/10.1000/AB,PMID: 123,A title,2019,Alice Archer,exclude,Focus,Not ours,2024-05-31,adjudicator\n",
    )
    assert row == VoteRow(
        line=2, ids=("W1",), doi="10.1000/ab", pmid="123", title="A title", year=2019, reviewer="Alice Archer",
        decision=Decision.EXCLUDE, reason="Focus", note="Not ours", decided_at=datetime(2024, 5, 31, tzinfo=UTC), adjudicator=True,
    )  # fmt: skip


def test_a_column_record_holds_the_number_by_which_pages_name_it(tmp_path: Path) -> None:
    rows = read(
        tmp_path, "record,reviewer,decision\nRecord 60,Alice,include\n61.0,Alice,exclude\nsome text,Bob,include\n"
    )
    assert [row.number for row in rows] == [60, 61, None]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Covidence #,Title,Published Year,Reviewer name,Vote", "#12,A title,2019,Alice,Yes"),
        ("ItemId,Title,Year,Coder,Code", "12,A title,2019,Alice,INCLUDE on title & abstract"),
        ("id;title;year;screener;decision", "12;A title;2019;Alice;Included"),
        ("key\ttitle\tyear\tuser_email\tdecision", "12\tA title\t2019\tAlice\t1"),
    ],
)
def test_other_tools_headings_and_delimiters_are_known(tmp_path: Path, heading: str, cells: str) -> None:
    (row,) = read(tmp_path, f"{heading}\n{cells}\n")
    assert (row.ids[0].lstrip("#"), row.title, row.year, row.reviewer, row.decision) == (
        "12",
        "A title",
        2019,
        "Alice",
        Decision.INCLUDE,
    )


def test_one_row_of_rayyan_is_one_vote_for_each_reviewer(tmp_path: Path) -> None:
    note = 'RAYYAN-INCLUSION: {""Alice""=>""Included"", ""Bob""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong population'
    rows = read(tmp_path, f'key,title,year,notes\nrayyan-7,A title,2019,"{note}"\nrayyan-8,Unseen,2020,\n')
    assert [(row.line, row.reviewer, row.decision, row.reason) for row in rows] == [
        (2, "Alice", Decision.INCLUDE, ""),
        (2, "Bob", Decision.EXCLUDE, "wrong population"),
    ]


def test_rayyans_reasons_of_two_excluders_are_nobodys_alone(tmp_path: Path) -> None:
    note = 'RAYYAN-INCLUSION: {""Alice""=>""Excluded"", ""Bob""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: population,design'
    rows = read(tmp_path, f'key,title,notes\nrayyan-7,A title,"{note}"\n')
    assert {row.reason for row in rows} == {""}
    assert {row.note for row in rows} == {"Reasons named: population, design"}


def test_what_each_wrote_in_rayyan_comes_along_as_the_note_of_that_vote(tmp_path: Path) -> None:
    cast = 'RAYYAN-INCLUSION: {""Alice""=>""Included"", ""Bob""=>""Excluded""}'
    said = 'USER-NOTES: {""Bob""=>[""staff, not {students}"", ""see\nfigure 2""]}'
    rows = read(tmp_path, f'key,title,notes\nrayyan-7,A title,"{cast} | {said} | RAYYAN-LABELS: one"\n')
    assert [row.note for row in rows] == ["", "staff, not {students}\nsee\nfigure 2"]


def test_several_reviewers_in_one_cell_are_a_vote_of_each(tmp_path: Path) -> None:
    rows = read(
        tmp_path, 'doi,Reviewers,decision\n10.1/x,Alice Archer; Bob Baker ;,include\n10.1/y,"Archer, Alice",exclude\n'
    )
    assert [row.reviewer for row in rows] == ["Alice Archer", "Bob Baker", "Archer, Alice"]


@pytest.mark.parametrize(
    ("text", "decision", "reason"),
    [
        ("include", Decision.INCLUDE, ""),
        ("No", Decision.EXCLUDE, ""),
        (" 1.0 ", Decision.INCLUDE, ""),
        ("0", Decision.EXCLUDE, ""),
        ("Maybe", Decision.MAYBE, ""),
        ("INCLUDE on T/A", Decision.INCLUDE, ""),
        ("EXCLUDE on Population", Decision.EXCLUDE, "Population"),
        ("Excluded (wrong design)", Decision.EXCLUDE, "wrong design"),
        ("Exclude on full text", Decision.EXCLUDE, ""),
    ],
)
def test_decisions_are_known_in_the_words_of_tools(text: str, decision: Decision, reason: str) -> None:
    assert decision_of(text) == (decision, reason)


@pytest.mark.parametrize("text", ["EXCLUDE; INCLUDE on T/A", "perhaps", "2", "in progress", "excludes", ""])
def test_what_is_no_decision_is_not_guessed(text: str) -> None:
    assert decision_of(text) == (None, "")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("W1,Alice,,", "no decision"),
        ("W1,Alice,perhaps,", "is no decision"),
        ("W1,Alice,include,31/05/2024", "is no date"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(tmp_path: Path, cells: str, told: str) -> None:
    (row,) = read(tmp_path, f"record_id,reviewer,decision,decided_at\n{cells}\n")
    assert told in row.problem


def test_an_unknown_role_is_told(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "record_id,reviewer,decision,role\nW1,Alice,include,boss\n")
    assert "is no role" in row.problem


def test_where_minus_one_is_used_nought_is_not_guessed(tmp_path: Path) -> None:
    rows = read(tmp_path, "record_id,reviewer,decision\nW1,Alice,1\nW2,Alice,0\nW3,Alice,-1\n")
    assert all("tools read differently" in row.problem for row in rows)


def test_an_excel_sheet_is_read_with_its_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ["Votes of our team"],
        [],
        ["id", "Reviewer", "Decision", "Date"],
        [17, "Alice", "Exclude", datetime(2024, 5, 31)],
    ):
        sheet.append(cells)
    path = tmp_path / "votes.xlsx"
    book.save(path)
    (row,) = read_votes(path)
    assert (row.line, row.ids, row.decision, row.decided_at) == (
        4,
        ("17",),
        Decision.EXCLUDE,
        datetime(2024, 5, 31, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("name,colour\na,b\n", "unknown_columns"),
        ("record_id,reviewer,decision\n", "no_votes"),
        ("id,notes\n1,hello\n", "no_votes"),
    ],
)
def test_a_file_without_votes_is_refused_with_a_sentence(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(tmp_path, text)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith(".")
