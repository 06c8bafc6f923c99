"""`manage.py parse_records`: the contract with scripts, without a database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parent / "data" / "imports"
KEYS = {"file", "format", "encoding", "markers", "parsed", "flagged", "rejected", "refused", "records"}
RECORD_KEYS = (
    {"line", "title", "title_translated", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract"}
    | {"keywords", "language", "types", "url", "ids"}
)  # fmt: skip


def parsed(*names: str, encoding: str | None = None) -> tuple[list[dict[str, Any]], str]:
    out, err = StringIO(), StringIO()
    call_command(
        "parse_records", *[str(FOLDER / name) for name in names], encoding=encoding, json=True, stdout=out, stderr=err
    )
    return json.loads(out.getvalue()), err.getvalue()


def test_a_file_report_has_the_keys_of_the_contract() -> None:
    (report,), _ = parsed("ris_cut_off.ris")
    assert set(report) >= KEYS
    assert set(report["records"][0]) >= RECORD_KEYS
    assert (report["format"], report["encoding"], report["refused"]) == ("RIS", "utf-8", None)
    assert report["markers"] == report["parsed"] + len(report["rejected"]) == 2
    assert {"line": 17, "reason": "Cut off: the file ends in the middle of this record."} in report["flagged"]
    first, second = report["records"]
    assert (first["authors"], first["year"], first["language"], first["types"]) == (
        ["Lin, Mei", "Okafor, Ada"],
        2019,
        ["en"],
        ["journal_article"],
    )
    assert (second["year"], second["doi"], second["abstract"]) == (None, "", "")


def test_rejected_rows_come_with_line_reason_and_text() -> None:
    (report,), _ = parsed("csv_headings_repeated.csv")
    assert report["rejected"] == [
        {"line": 3, "reason": "The row repeats the headings: it is no record.", "raw": "Title,Year"}
    ]
    assert report["markers"] == report["parsed"] + 1


def test_several_files_and_the_members_of_a_zip_give_one_report_each() -> None:
    reports, messages = parsed("ris_bom.ris", "two_files.zip")
    assert [Path(report["file"]).name for report in reports] == ["ris_bom.ris", "one.ris", "two.nbib"]
    assert messages.count("1 marked = 1 parsed + 0 rejected") == 3


def test_an_encoding_may_be_named() -> None:
    (report,), _ = parsed("endnote_cnki.txt", encoding="gbk")
    assert report["records"][0]["authors"] == ["王小明", "李华"]


@pytest.mark.parametrize("name", ["html_sign_in.ris", "not there.ris", "zip_bomb.zip"])
def test_a_refused_file_is_reported_and_fails_with_its_sentence(name: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command(
            "parse_records", str(FOLDER / "ris_bom.ris"), str(FOLDER / name), json=True, stdout=out, stderr=StringIO()
        )
    good, refused = json.loads(out.getvalue())
    assert (good["parsed"], refused["parsed"], refused["records"]) == (1, 0, [])
    assert refused["refused"] in str(failed.value)
    assert failed.value.returncode == 1


def test_a_wrong_call_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("parse_records")
