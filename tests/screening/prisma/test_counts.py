"""The count of a review from its rows: every record in one bucket, every number a list, any day told again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from screening.decisions.models import Item
from screening.decisions.verdict import Stage
from screening.dedupe.actions import part_record, put_back, remove_record
from screening.dedupe.stored import Place, write_places
from screening.fulltexts.actions import log_attempt, mark_not_retrieved, mark_retrieved
from screening.prisma.buckets import RECORD_KEYS
from screening.prisma.counts import Fate, fates_now, flow_of, record_ids
from screening.prisma.history import fates_at
from screening.records.models import Record
from screening.reviews.models import Review
from screening.studies.actions import create_study
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, run_jobs, settled, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def _agree_that_history_is_the_present(review: Review) -> None:
    """I8: the log of changes tells the same fates as the tables."""
    now = {fate.record_id: fate for fate in fates_now(review)}
    told = {fate.record_id: fate for fate in fates_at(review.pk, timezone.now(), Fate)}
    assert now == told


def _every_number_opens_its_records(review: Review) -> None:
    flow = flow_of(review)
    for key in RECORD_KEYS:
        assert len(record_ids(review, key)) == flow.number(key), key
    assert flow.violations == ()


def test_a_whole_review_adds_up_at_every_step(review: Review) -> None:
    make_import(review, database="MEDLINE", records=4)
    make_import(review, database="Scopus", records=3)
    make_import(review, database="Hand search", kind="citation", search="Update", records=1)
    items = open_screening(review)
    records = [item.record for item in items]
    write_places(review.pk, {records[4].pk: Place(records[0].pk, "rule")})
    settled(review, items[0], "include", "include")
    settled(review, items[1], "exclude", "exclude")
    settled(review, items[2], "include", "exclude")
    settled(review, items[3], "include", "maybe")
    settled(review, items[7], "include", "include")
    remove_record(member=lead(review), record=records[5], reason="retracted")
    mark_retrieved(member=alice(review), record=records[0])
    log_attempt(member=alice(review), record=records[3], way="e-mail to the authors", outcome="no answer")
    mark_not_retrieved(member=alice(review), record=records[3], cause="no_reply")
    mark_retrieved(member=alice(review), record=records[7])
    report = Item.objects.get(record=records[0], stage=Stage.FULL_TEXT)
    vote(alice(review), report, "include")
    vote(bob(review), report, "include")
    reveal(review)
    create_study(member=lead(review), label="Tavakol 2008", records=[records[0]])

    counts = flow_of(review).counts()
    assert counts["database_results"] == 7
    assert counts["database_specific_results"] == {"MEDLINE": 4, "Scopus": 3}
    assert (counts["duplicates"], counts["excluded_other"]) == (1, 1)
    assert (counts["records_screened"], counts["records_excluded"]) == (5, 1)
    assert (counts["dbr_sought_reports"], counts["dbr_notretrieved_reports"], counts["dbr_assessed"]) == (2, 1, 1)
    assert (counts["new_studies"], counts["new_reports"], counts["other_assessed"]) == (1, 1, 1)
    assert counts["pending"] == {"title_abstract": 2, "retrieval": 0, "full_text": 1}
    assert counts["provisional"] is True
    _agree_that_history_is_the_present(review)
    _every_number_opens_its_records(review)


def test_i7_pending_is_never_counted_as_excluded_not_even_in_the_undo_window(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    vote(alice(review), item, "exclude")
    vote(bob(review), item, "exclude")
    counts = flow_of(review).counts()
    assert (counts["records_excluded"], counts["pending"]["title_abstract"]) == (0, 1)
    _agree_that_history_is_the_present(review)
    reveal(review)
    assert flow_of(review).counts()["records_excluded"] == 1


def test_i9_a_count_of_yesterday_knows_nothing_of_today(review: Review) -> None:
    stored = make_import(review, records=2)
    stored.stored_at = timezone.now() - timedelta(days=2)
    stored.save()
    item = open_screening(review)[0]
    settled(review, item, "exclude", "exclude")
    yesterday = flow_of(review, as_of=timezone.now() - timedelta(days=1))
    assert (yesterday.number("records_screened"), yesterday.number("records_excluded")) == (2, 0)
    assert flow_of(review, as_of=timezone.now()).number("records_excluded") == 1
    assert flow_of(review, as_of=timezone.now() - timedelta(days=3)).number("database_results") == 0


def test_i10_an_act_and_its_inverse_restore_the_counts(review: Review) -> None:
    make_import(review, records=2)
    first, second = [item.record for item in open_screening(review)]
    before = flow_of(review).counts() | {"as_of": ""}
    write_places(review.pk, {second.pk: Place(first.pk, "rule")})
    assert flow_of(review).number("duplicates") == 1
    part_record(member=lead(review), record=second)
    remove_record(member=lead(review), record=first, reason="retracted")
    assert flow_of(review).number("excluded_other") == 1
    put_back(member=lead(review), record=first)
    run_jobs(review)
    assert flow_of(review).counts() | {"as_of": ""} == before
    _agree_that_history_is_the_present(review)


def test_r8_record_boxes_add_up_over_runs(review: Review) -> None:
    make_import(review, records=3)
    make_import(review, search="Update", records=2)
    runs = list(review.search_runs.all())
    each = [flow_of(review, run=run).number("database_results") for run in runs]
    assert each == [3, 2]
    assert flow_of(review).number("database_results") == 5


def test_i33_a_study_without_included_reports_leaves_the_count(review: Review) -> None:
    from screening.decisions.actions import reopen_item
    from screening.fulltexts.queue import sought

    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "include")
    assert sought(review.pk).count() == 1
    mark_retrieved(member=alice(review), record=item.record)
    report = Item.objects.get(record=item.record, stage="ft")
    settled(review, report, "include", "include")
    assert flow_of(review).number("included_unlinked") == 1
    create_study(member=lead(review), label="Varpio 2014", records=[Record.objects.get(pk=item.record_id)])
    assert flow_of(review).counts()["new_studies"] == 1
    reopen_item(item_id=report.pk, lead=lead(review), reason="look again")
    assert flow_of(review).counts()["new_studies"] == 0


def test_r2_r8_footnotes_tell_late_duplicates_and_those_of_another_search(review: Review) -> None:
    make_import(review, records=1)
    make_import(review, search="Update", records=2)
    first, late, early = open_screening(review)
    settled(review, late, "exclude", "exclude")
    vote(alice(review), early, "include")
    write_places(review.pk, {item.record_id: Place(first.record_id, "rule") for item in (late, early)})
    text = " ".join(note.text for note in flow_of(review).footnotes)
    assert "2 duplicates of records from another search." in text
    assert "1 duplicate found after screening, no longer counted there." in text
    _agree_that_history_is_the_present(review)
