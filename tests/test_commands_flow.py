"""prisma and deduplicate: their options, JSON and refusals are a contract for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reviewapp.management.commands.prisma import moment
from screening.decisions.models import Item
from screening.reviews.models import Review
from tests.factories import make_import, make_review, open_screening, settled

pytestmark = pytest.mark.django_db
KEYS = {
    "database_results", "register_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded", "website_results", "organisation_results",
    "citations_results", "other_sought_reports", "other_notretrieved_reports", "other_assessed", "other_excluded", "new_studies",
    "new_reports", "previous_studies", "previous_reports", "total_studies", "total_reports", "database_specific_results", "pending",
    "laws", "provisional", "as_of",
}  # fmt: skip


@pytest.fixture
def review() -> Review:
    """Three records of one search, one of an update, one of them excluded."""
    review = make_review()
    make_import(review, database="MEDLINE", search="Search 1", records=3)
    make_import(review, database="Scopus", search="Update 2024", records=1)
    settled(review, open_screening(review)[0], "exclude", "exclude")
    return review


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def counts(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("prisma", *words))
    return found


def test_prisma_prints_the_keys_of_the_contract(review: Review) -> None:
    found = counts(review.slug)
    assert set(found) >= KEYS
    assert (found["database_results"], found["records_excluded"]) == (4, 1)
    assert found["database_specific_results"] == {"MEDLINE": 3, "Scopus": 1}
    assert found["pending"] == {"title_abstract": 3, "retrieval": 0, "full_text": 0}
    assert found["laws"] == {f"L{n}": True for n in range(1, 10)}
    assert found["provisional"] is True


@pytest.mark.parametrize("search", ["Update 2024", "update 2024", "2"])
def test_r8_prisma_tells_one_search_by_label_or_number(review: Review, search: str) -> None:
    review.search_runs.filter(label="Update 2024").update(number=2)
    assert counts(review.slug, "--search", search)["database_results"] == 1


def test_an_unknown_search_is_refused_with_those_that_there_are(review: Review) -> None:
    with pytest.raises(CommandError, match=r"no search “Search 9”.*“Search 1”, “Update 2024”"):
        run("prisma", review.slug, "--search", "Search 9")


def test_i9_prisma_tells_an_earlier_time(review: Review) -> None:
    revealed = Item.objects.get(review=review, state="final").reveal_at
    assert revealed is not None
    before = revealed - timedelta(microseconds=1)
    assert counts(review.slug, "--as-of", before.isoformat())["records_excluded"] == 0
    assert counts(review.slug, "--as-of", timezone.now().isoformat())["records_excluded"] == 1
    assert counts(review.slug, "--as-of", "2001-01-01")["database_results"] == 0


def test_a_day_means_its_end_and_a_bare_time_is_utc() -> None:
    assert moment("2024-05-31") == datetime(2024, 5, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert moment("2024-05-31T14:00") == datetime(2024, 5, 31, 14, tzinfo=UTC)
    assert moment("2024-05-31T14:00+08:00") == datetime(2024, 5, 31, 6, tzinfo=UTC)


@pytest.mark.parametrize(("time", "told"), [("yesterday", "invalid"), ("2999-01-01", "has not come yet")])
def test_a_time_that_is_none_or_to_come_is_refused(review: Review, time: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        run("prisma", review.slug, "--as-of", time)


@pytest.mark.once
@pytest.mark.parametrize(
    ("form", "start"),
    [("json", b"{"), ("csv", b"data,node,box"), ("svg", b"<"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("docx", b"PK")],
)
def test_each_format_is_written_to_a_file_and_to_standard_output(
    review: Review, tmp_path: Path, form: str, start: bytes
) -> None:
    path = tmp_path / f"flow.{form}"
    assert run("prisma", review.slug, "--format", form, "--output", str(path)) == ""
    assert path.read_bytes().startswith(start)
    printed = TextIOWrapper(BytesIO(), write_through=True)
    call_command("prisma", review.slug, "--format", form, stdout=printed)
    printed.buffer.seek(0)
    assert printed.buffer.read().startswith(start)


def test_r8_prisma_tells_the_searches_side_by_side(review: Review) -> None:
    told = json.loads(run("prisma", review.slug, "--columns", "--json"))
    assert sum(one["database_results"] for one in told["searches"]) == told["all"]["database_results"] > 0


def test_a_picture_needs_a_file_where_output_is_text(review: Review) -> None:
    with pytest.raises(CommandError, match="--output"):
        run("prisma", review.slug, "--format", "png")


def test_a_file_that_cannot_be_written_is_told(review: Review, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        run("prisma", review.slug, "--output", str(tmp_path / "no folder" / "flow.json"))


def test_deduplicate_stores_what_it_finds_and_again_finds_the_same() -> None:
    review = make_review()
    for database in ("MEDLINE", "Scopus"):
        make_import(review, database=database, title="Engagement of clinicians in education research", doi="10.1000/ab")
    make_import(review, title="Something else altogether")
    found = json.loads(run("deduplicate", review.slug, "--json"))
    assert found == {"merged": 1, "groups": 1, "queue": 0}
    assert Item.objects.filter(review=review).standing().count() == 2
    assert json.loads(run("deduplicate", review.slug, "--json")) == found
    assert run("deduplicate", review.slug).startswith("1 records merged into 1 groups")


def test_an_unknown_review_is_refused() -> None:
    for command in ("prisma", "deduplicate"):
        with pytest.raises(CommandError, match="no review nowhere"):
            run(command, "nowhere")
