"""import_decisions and agreement: their options, JSON and refusals are a contract for scripts."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from screening.decisions.models import Vote
from screening.reviews.models import Review
from tests.factories import alice, bob, make_import, make_record, make_review

pytestmark = pytest.mark.django_db
HEADING = "record_id,reviewer,decision\n"


@pytest.fixture
def review() -> Review:
    review = make_review()
    alice(review)
    bob(review)
    stored = make_import(review, records=0)
    for n in (1, 2):
        make_record(stored, position=n, ids={"record_id": str(n)})
    return review


def run(*words: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def votes(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "votes.csv"
    path.write_text(HEADING + "\n".join(rows) + "\n")
    return str(path)


def test_import_decisions_prints_one_json_document(review: Review, tmp_path: Path) -> None:
    file = votes(tmp_path, "1,Alice Archer,include", "1,bob@example.org,exclude")
    out, err = run("import_decisions", review.slug, file, "--stage", "title-abstract", "--json")
    assert json.loads(out) == {"votes": 2, "rulings": 0, "repeated": 0, "unmatched": [], "refused": []}
    assert err == ""


def test_import_decisions_stores_nothing_and_exits_with_one_where_a_row_does_not_fit(
    review: Review, tmp_path: Path
) -> None:
    file = votes(tmp_path, "1,Alice Archer,include", "9,Alice Archer,exclude")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match=r"Nothing was stored: 1 of 2 rows do not fit") as refused:
        call_command(
            "import_decisions", str(review.pk), file, "--stage", "title-abstract", "--json", stdout=out, stderr=err
        )
    assert refused.value.returncode == 1
    assert json.loads(out.getvalue())["unmatched"][0]["line"] == 3
    assert "Row 3 (9, Alice Archer): No record of this review is named so." in err.getvalue()
    assert not Vote.objects.exists()


def test_import_decisions_partial_stores_the_rest(review: Review, tmp_path: Path) -> None:
    file = votes(tmp_path, "1,Alice Archer,include", *(f"{n},Alice Archer,exclude" for n in range(10, 40)))
    out, err = run("import_decisions", review.slug, file, "--stage", "title-abstract", "--partial")
    assert out == "1 votes and 0 rulings brought in, 0 were here already.\n"
    assert "and 10 more rows." in err


@pytest.mark.parametrize("content", [None, "colour,taste\nred,sweet\n"])
def test_import_decisions_refuses_a_missing_or_unknown_file_with_a_sentence(
    review: Review, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "file.csv"
    if content:
        path.write_text(content)
    with pytest.raises(CommandError, match=r"Nothing was stored\.$"):
        run("import_decisions", review.slug, str(path), "--stage", "title-abstract")


def test_i24_import_decisions_waits_for_the_protocol(tmp_path: Path) -> None:
    review = make_review(frozen=False)
    with pytest.raises(CommandError, match="draft"):
        run("import_decisions", review.slug, votes(tmp_path, "1,a,include"), "--stage", "title-abstract")


def test_agreement_prints_the_contract_for_each_pair(review: Review, tmp_path: Path) -> None:
    file = votes(
        tmp_path, "1,Alice Archer,include", "1,Bob Baker,include", "2,Alice Archer,exclude", "2,Bob Baker,exclude"
    )
    run("import_decisions", review.slug, file, "--stage", "title-abstract")
    out, _ = run("agreement", review.slug, "--stage", "title-abstract", "--json")
    first, *_ = json.loads(out)
    assert {
        name: first[name] for name in ("reviewers", "stage", "round", "on", "n", "table", "po", "kappa", "kappa_low")
    } == {
        "reviewers": ["Alice Archer", "Bob Baker"],
        "stage": "title-abstract",
        "round": 1,
        "on": "decision",
        "n": 2,
        "table": [[1, 0], [0, 1]],
        "po": 1.0,
        "kappa": 1.0,
        "kappa_low": 1.0,
    }
    assert {"kappa_high", "pabak", "ac1"} <= set(first)
    words, _ = run("agreement", review.slug, "--stage", "title-abstract")
    assert "Alice Archer and Bob Baker, round 1, Decision: 2 both voted\n  include            1       0" in words


def test_agreement_says_when_there_is_none(review: Review) -> None:
    assert "No two reviewers" in run("agreement", review.slug, "--stage", "full-text")[0]


def test_an_unknown_stage_is_wrong_usage(review: Review) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        run("agreement", review.slug, "--stage", "abstracts")
