"""`manage.py import_records`: the contract that scripts outside the project read."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.imports.models import Import
from screening.jobs.models import Job
from screening.records.models import Record
from screening.records.queue import records_in
from screening.reviews.models import Review
from screening.searches.models import SearchRun
from tests.factories import lead, make_review
from tests.screening.imports.uploads import cut_ris, numbered, odd_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def run(review: Review | str, *files: str, **options: Any) -> dict[str, Any]:
    """The one JSON document on standard output."""
    out = StringIO()
    name = review if isinstance(review, str) else review.slug
    given = {"database": "Scopus", "search": "Search 1, August 2022", "json": True, **options}
    call_command("import_records", name, *files, stdout=out, stderr=StringIO(), **given)
    return dict(json.loads(out.getvalue()))


def test_files_are_stored_and_reported_without_a_worker(review: Review, tmp_path: Path) -> None:
    one, two = file(tmp_path, "one.ris", numbered(3)), file(tmp_path, "two.ris", numbered(2, "Cohort"))
    reports = run(review, one, two, searched=date(2022, 8, 12), query="a AND b", kind="register", platform="Ovid")[
        "imports"
    ]
    imports = list(Import.objects.filter(review=review).order_by("pk"))
    assert reports == [
        {"file": name, "format": "RIS", "encoding": "utf-8", "markers": n, "parsed": n, "flagged": [], "rejected": [],
         "refused": None, "import": imported.pk, "added": n}
        for (name, n), imported in zip([("one.ris", 3), ("two.ris", 2)], imports, strict=True)
    ]  # fmt: skip
    first = imports[0]
    assert (first.run.label, first.source.kind, first.source.platform, str(first.searched_on), first.query) == (
        "Search 1, August 2022", "register", "Ovid", "2022-08-12", "a AND b",
    )  # fmt: skip
    assert first.uploaded_by == lead(review).user
    assert records_in(review).count() == 5
    assert Job.objects.get(name="dedupe.find").state == "queued"


def test_a_review_is_named_by_its_id_and_a_search_by_its_label(review: Review, tmp_path: Path) -> None:
    run(str(review.pk), file(tmp_path, "one.ris", numbered(1)))
    run(review, file(tmp_path, "two.ris", numbered(2)), search="SEARCH 1, august 2022")
    run(review, file(tmp_path, "three.ris", numbered(3)), search="Update, January 2025")
    assert list(SearchRun.objects.values_list("label", "kind")) == [
        ("Search 1, August 2022", "search"), ("Update, January 2025", "update"),
    ]  # fmt: skip


def test_i2_the_same_file_again_adds_nothing_and_names_the_first_import(review: Review, tmp_path: Path) -> None:
    path = file(tmp_path, "one.ris", numbered(3))
    [first] = run(review, path)["imports"]
    [again] = run(review, path)["imports"]
    assert (again["import"], again["added"], again["parsed"]) == (first["import"], 0, 3)
    assert records_in(review).count() == 3


def test_a_damaged_file_is_taken_and_its_lines_are_told(review: Review, tmp_path: Path) -> None:
    [report] = run(review, file(tmp_path, "cut.ris", cut_ris()))["imports"]
    assert (report["markers"], report["parsed"], [flag["line"] for flag in report["flagged"]]) == (3, 3, [15])


def test_a_refused_file_is_told_in_the_report_and_ends_with_one_sentence(review: Review, tmp_path: Path) -> None:
    page, good = file(tmp_path, "page.ris", b"<!doctype html>sign in"), file(tmp_path, "good.ris", numbered(2))
    out = StringIO()
    with pytest.raises(CommandError, match=r"page\.ris: This is a sign-in page") as failed:
        call_command(
            "import_records",
            review.slug,
            page,
            good,
            database="S",
            search="One",
            json=True,
            stdout=out,
            stderr=StringIO(),
        )
    assert failed.value.returncode == 1
    refused, taken = json.loads(out.getvalue())["imports"]
    assert (refused["import"], refused["markers"], taken["parsed"]) == (None, 0, 2)
    assert records_in(review).count() == 2


def test_a_question_that_only_a_person_can_answer_refuses_and_leaves_no_row(review: Review, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="say which column holds what"):
        run(review, file(tmp_path, "odd.csv", odd_table()))
    assert Import.objects.get().state == "cancelled"
    assert Record.objects.count() == 0


def test_where_the_encoding_is_not_clear_the_option_and_its_choices_are_named(review: Review, tmp_path: Path) -> None:
    old_mac = "TY  - JOUR\nTI  - Résumé of études\nAU  - Müller, K\nER  - \n".encode("mac_roman") * 30
    path = file(tmp_path, "old.ris", old_mac)
    told = r"not clear: export it again as UTF-8, or give one of \S.*mac_roman.* with --encoding\."
    with pytest.raises(CommandError, match=told):
        run(review, path)
    for command in ("parse_records", "find_duplicates"):
        with pytest.raises(CommandError, match=told):
            call_command(command, str(path), stdout=StringIO(), stderr=StringIO())


def test_an_encoding_that_is_told_is_used(review: Review, tmp_path: Path) -> None:
    content = "TY  - JOUR\nTI  - 用文字\nAB  - x\nER  - \n".encode("big5")
    [report] = run(review, file(tmp_path, "big5.ris", content), encoding="big5")["imports"]
    assert report["encoding"] == "big5"
    assert records_in(review).get().title == "用文字"


@pytest.mark.parametrize(
    ("name", "files", "sentence"),
    [("nowhere", ["x.ris"], "There is no review nowhere"), ("", ["/nowhere/x.ris"], "There is no file /nowhere/x.ris")],
)
def test_a_wrong_name_is_told_in_one_sentence(review: Review, name: str, files: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(name or review, *files)
    assert not SearchRun.objects.exists()


def test_without_json_one_line_a_file_says_the_sum(review: Review, tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    call_command(
        "import_records",
        review.slug,
        file(tmp_path, "one.ris", numbered(3)),
        database="S",
        search="One",
        stdout=out,
        stderr=err,
    )
    assert out.getvalue() == ""
    assert "one.ris: 3 marked = 3 imported + 0 rejected" in err.getvalue()
