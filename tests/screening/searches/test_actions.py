"""Searches: numbered in order, labelled once, removed while empty."""

from __future__ import annotations

from datetime import date

import pytest

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.protocol.versions import active_protocol
from screening.reviews.models import Review
from screening.searches.actions import add_search, edit_search, remove_search, source_of
from screening.searches.models import SearchRun
from screening.searches.queue import grid
from tests.factories import lead, make_import, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def add(review: Review, label: str = "Search 1, August 2022", **fields: object) -> SearchRun:
    return add_search(review=review, actor=lead(review).user, label=label, **fields)  # type: ignore[arg-type]


def test_searches_are_numbered_and_stamped_with_the_protocol_in_force(review: Review) -> None:
    first, second = add(review), add(review, "Update, January 2025", kind="update")
    assert (first.number, second.number, second.kind) == (1, 2, "update")
    assert first.protocol == active_protocol(review)
    assert AuditEvent.objects.filter(verb="added a search").count() == 2


def test_a_label_is_taken_whatever_its_case(review: Review) -> None:
    add(review)
    with pytest.raises(NotAllowedNow, match="already"):
        add(review, "search 1, AUGUST 2022")


def test_dates_that_run_backwards_are_refused(review: Review) -> None:
    with pytest.raises(NotAllowedNow, match="swap"):
        add(review, date_from=date(2022, 1, 1), date_to=date(2000, 1, 1))


def test_editing_keeps_the_own_label_and_logs_what_changed(review: Review) -> None:
    run, other = add(review), add(review, "Update")
    edit_search(run=run, actor=lead(review).user, label="SEARCH 1, August 2022", date_from=date(2000, 1, 1))
    run.refresh_from_db()
    assert (run.label, run.date_from) == ("SEARCH 1, August 2022", date(2000, 1, 1))
    with pytest.raises(NotAllowedNow):
        edit_search(run=other, actor=lead(review).user, label="search 1, august 2022")
    with pytest.raises(TypeError):
        edit_search(run=run, actor=lead(review).user, number=7)


def test_only_an_empty_search_can_be_removed(review: Review) -> None:
    empty = add(review, "Empty")
    full = make_import(review, search="Full").run
    remove_search(run=empty, actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match="has imports"):
        remove_search(run=full, actor=lead(review).user)
    assert list(review.search_runs.values_list("label", flat=True)) == ["Full"]


def test_one_name_is_two_sources_where_kind_or_platform_differ(review: Review) -> None:
    one = source_of(review=review, name="MEDLINE", kind="database", platform="Ovid")
    assert source_of(review=review, name="medline", kind="database", platform="ovid") == one
    assert source_of(review=review, name="MEDLINE", kind="database", platform="EBSCOhost") != one
    assert source_of(review=review, name="MEDLINE", kind="register", platform="Ovid") != one


def test_the_grid_counts_records_in_the_review_by_search_and_source(review: Review) -> None:
    make_import(review, database="Scopus", search="Search 1", records=3)
    make_import(review, database="ERIC", search="Search 1", records=2)
    make_import(review, database="Scopus", search="Update", records=1)
    found = grid(review)
    assert [run.label for run in found.runs] == ["Search 1", "Update"]
    rows = {source.name: ([cell.records for cell in cells], total) for source, cells, total in found.rows}
    assert rows == {"ERIC": ([2, 0], 2), "Scopus": ([3, 1], 4)}
    assert [n for _, n in found.totals] == [5, 1]
    assert found.records == 6


def test_a_source_that_gave_nothing_is_told_from_one_that_was_not_asked(review: Review) -> None:
    make_import(review, database="Scopus", search="Search 1", records=0)
    make_import(review, database="ERIC", search="Update", records=1)
    cells = {source.name: [cell.searched_on for cell in cells] for source, cells, _ in grid(review).rows}
    assert cells == {"Scopus": [date(2022, 8, 1), None], "ERIC": [None, date(2022, 8, 1)]}
