"""`manage.py find_duplicates` reads files and prints groups, questions and nothing else."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

CSV = """id,title,authors,year,journal,volume,issue,pages,doi
x1,Night shifts and research output of junior doctors,"Okoro, Ada; Bell, Tim",2021,Medical Careers,9,2,88-97,10.9999/mc.1
x2,Night shifts and research output of junior doctors.,Okoro A; Bell T,2021,Med Careers,9,2,88-97,
x3,Night shifts and research output of junior doctors,"Okoro, Ada; Bell, Tim",2021,Medical Careers,9,,188-197,
x4,Sleep of nurses after night work,"Ek, S.",2019,Nursing,3,1,5-9,
"""
RIS = """TY  - JOUR
TI  - Sleep of nurses after night work
AU  - Ek, S.
PY  - 2019
JO  - Nursing
VL  - 3
IS  - 1
SP  - 5
EP  - 9
ER  -

"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A table with ids and a RIS file."""
    (tmp_path / "table.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "hits.ris").write_text(RIS, encoding="utf-8")
    return [str(tmp_path / "table.csv"), str(tmp_path / "hits.ris")]


def _document(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("find_duplicates", *arguments, "--json", stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def test_a_table_keeps_its_ids_and_other_files_number_their_records(files: list[str]) -> None:
    document = _document(*files, "--review-queue")
    assert document["records"] == 5
    assert sorted(map(sorted, document["groups"])) == [["hits.ris:1", "x4"], ["x1", "x2"]]
    assert document["seconds"] >= 0


def test_the_queue_lists_groups_with_score_and_reason(files: list[str]) -> None:
    (card,) = _document(*files, "--review-queue")["queue"]
    assert "x3" in card["ids"]
    assert len(card["ids"]) == 2
    assert 0 < card["score"] <= 1
    assert "start page" in card["reason"]
    assert card["kind"] == "same"


def test_without_the_option_only_the_number_of_questions_is_given(files: list[str]) -> None:
    document = _document(*files)
    assert document["queue"] == []
    assert document["waiting"] == 1


def test_an_id_that_two_files_give_stays_one_record_s(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "again.csv").write_text(CSV, encoding="utf-8")
    document = _document(*files, str(tmp_path / "again.csv"))
    assert document["records"] == 9
    assert any({"x1", "x2", "again.csv:1", "again.csv:2"} <= set(members) for members in document["groups"])


def test_plain_output_is_a_line_a_group(files: list[str]) -> None:
    out, err = StringIO(), StringIO()
    call_command("find_duplicates", *files, "--review-queue", stdout=out, stderr=err)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[-1].startswith("? ")
    assert "5 records: 2 duplicates in 2 groups, 1 question for a person" in err.getvalue()


def test_a_file_that_is_not_there_or_not_readable_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("find_duplicates", str(tmp_path / "gone.ris"))
    (tmp_path / "page.html").write_text("<!doctype html><html><body>Sign in</body></html>", encoding="utf-8")
    with pytest.raises(CommandError, match=r"page\.html"):
        call_command("find_duplicates", str(tmp_path / "page.html"))
