"""Rayyan's exports: notes that pack all votes, in any format, and the log that tells who, when and why."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screening.decisions.rayyan import is_log, read_log, votes_in_note
from screening.decisions.verdict import Decision
from screening.decisions.vote_row import VoteRow
from screening.decisions.votes_file import RAYYAN_REFERENCES, RAYYAN_TABLE, VotesFile, read_file
from screening.imports.parsed import Refusal

NOTE = 'RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bo Li"=>"Maybe"} | RAYYAN-EXCLUSION-REASONS: wrong population'
HEADING = ("article_id", "user_email", "created_at", "key", "value")
EVENTS = (
    ("7", "ann@example.org", "2024-01-02 10:00:00 UTC", "included", "1"),
    ("7", "ann@example.org", "2024-01-03 10:00:00 UTC", "included", "-1"),
    ("7", "ann@example.org", "2024-01-03 10:01:00 UTC", '"__EXR__wrong population"', "1"),
    ("7", "bo@example.org", "2024-01-02 11:00:00 UTC", "included", "0"),
    ("7", "bo@example.org", "2024-01-02 11:00:00 UTC", "__EXR__foreign language", "1"),
    ("7", "bo@example.org", "2024-01-02 12:00:00 UTC", "__EXR__foreign language", "0"),
    ("7", "cy@example.org", "2024-01-02 12:00:00 UTC", "included", "deleted"),
)
REFERENCES = {
    "articles.ris": f"TY  - JOUR\nT1  - A title\nPY  - 2019\nID  - rayyan-7\nN1  - {NOTE}\nER  - \n",
    "articles.bib": f"@article{{rayyan-7,\n title={{A title}},\n year={{2019}},\n note={{{NOTE}}},\n}}\n",
}
QUOTED = NOTE.replace('"', '""')
TABLE = f'key,title,year,notes\nrayyan-7,A title,2019,"L1 | {QUOTED}"\nrayyan-8,B title,2020,\n'


def log_text() -> str:
    rows = (HEADING, *EVENTS)
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)


def zipped(tmp_path: Path, **members: str) -> VotesFile:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return read_file(path, name=path.name)


def said(found: VotesFile) -> list[tuple[str, Decision | None, str]]:
    return [(row.reviewer, row.decision, row.reason) for row in found.rows]


@pytest.mark.parametrize("name", REFERENCES)
def test_votes_are_read_from_the_notes_of_references(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(REFERENCES[name], encoding="utf-8")
    found = read_file(path, name=name)
    assert found.format == RAYYAN_REFERENCES
    assert said(found) == [("Ann", Decision.EXCLUDE, "wrong population"), ("Bo Li", Decision.MAYBE, "")]
    assert {(row.title, row.year, "rayyan-7" in row.ids) for row in found.rows} == {("A title", 2019, True)}


def test_references_without_decisions_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "plain.ris"
    path.write_text("TY  - JOUR\nT1  - A title\nPY  - 2019\nER  - \n")
    with pytest.raises(Refusal, match="tick the decisions"):
        read_file(path, name="plain.ris")


@pytest.mark.parametrize("text", [TABLE, REFERENCES["articles.ris"]])
def test_the_log_in_the_zip_names_people_times_and_reasons(tmp_path: Path, text: str) -> None:
    name = "articles_dot_csv" if text is TABLE else "articles_dot_ris"
    found = zipped(tmp_path, **{name: text, "customizations_log_dot_csv": log_text(), "readme_dot_txt": "Hello"})
    assert said(found) == [
        ("ann@example.org", Decision.EXCLUDE, "wrong population"),
        ("bo@example.org", Decision.MAYBE, ""),
    ]
    assert found.rows[0].decided_at == datetime(2024, 1, 3, 10, tzinfo=UTC)
    assert len(found.left_out) == 1
    assert "readme.txt" in found.left_out[0]


def test_where_note_and_log_tell_otherwise_the_note_holds(tmp_path: Path) -> None:
    text = TABLE.replace("Maybe", "Included")
    found = zipped(tmp_path, articles_dot_csv=text, customizations_log_dot_csv=log_text())
    assert found.format == RAYYAN_TABLE
    assert said(found) == [("Ann", Decision.EXCLUDE, "wrong population"), ("Bo Li", Decision.INCLUDE, "")]


def test_a_log_is_known_by_its_columns_and_forgets_what_was_taken_back() -> None:
    assert is_log(HEADING)
    assert not is_log(("article_id", "title"))
    of_seven = read_log(HEADING, EVENTS).of("7")
    assert {who: event.decision for who, event in of_seven.items()} == {
        "ann@example.org": Decision.EXCLUDE,
        "bo@example.org": Decision.MAYBE,
    }


def test_a_word_that_is_no_decision_is_told() -> None:
    (row,) = votes_in_note(VoteRow(2), 'RAYYAN-INCLUSION: {"Ann"=>"Undecidable"}')
    assert (row.decision, "is no decision" in row.problem) == (None, True)


def test_real_exports_are_read(review_data: Path) -> None:
    path = review_data / "imports" / "csv_rayyan_114.csv"
    found = read_file(path, name=path.name)
    assert (found.format, len(found.rows)) == (RAYYAN_TABLE, 114)
    assert not any(row.problem for row in found.rows)
