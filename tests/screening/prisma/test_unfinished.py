"""What a review's numbers do not hold yet stands beside them: no review looks complete while a file is on its way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.dedupe.actions import ask_for_duplicates
from screening.imports.actions import cancel_import, undo_import
from screening.imports.models import Import
from screening.imports.queue import job_of
from screening.imports.storage import StoredFile
from screening.imports.waiting import let_wait, remove
from screening.jobs.models import Job
from screening.prisma.counts import flow_of
from screening.prisma.svg import draw
from screening.reviews.models import Review
from tests.factories import lead, make_import, make_review, open_screening, run_jobs, settled
from tests.screening.imports.uploads import cut_ris, loaded, numbered, odd_table, queued, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    """One record, excluded by both: complete."""
    review = make_review()
    make_import(review)
    settled(review, open_screening(review)[0], "exclude", "exclude")
    assert flow_of(review).is_final
    return review


def told(review: Review) -> list[str]:
    return [f"{work.name} {work.words}" for work in flow_of(review).unfinished]


def page(review: Review, query: str = "") -> str:
    client = Client()
    client.force_login(lead(review).user)
    answer = client.get(reverse("prisma", args=[review.slug]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def refused(review: Review, content: bytes) -> Import:
    imported = queued(review, content, name="refused.ris")
    Import.objects.filter(pk=imported.pk).update(state="refused", error="Odd.")
    Job.objects.filter(review_id=review.pk).exclude(state="done").update(state="done")
    return Import.objects.get(pk=imported.pk)


@pytest.mark.parametrize(
    ("state", "words"),
    [("queued", "waits to be read"), ("loading", "is being read"), ("question", "waits for an answer")],
)
def test_i51_a_file_on_its_way_makes_the_numbers_provisional_and_opens_its_report(
    review: Review, state: str, words: str
) -> None:
    imported = queued(review, numbered(2), name="update.ris")
    Import.objects.filter(pk=imported.pk).update(state=state)
    flow = flow_of(review)
    assert (flow.provisional, flow.is_final, flow.provisional_words) == (True, False, "1 import under way")
    assert flow.counts()["provisional"] is True
    assert [one.startswith(f"update.ris {words}") for one in flow.counts()["unfinished"]] == [True]
    assert "Provisional: 1 import under way." in draw(flow, title="Flow")
    text = page(review)
    assert "Complete" not in text
    assert "What blocks a final export" in text
    assert f'href="{reverse("import_report", args=[review.slug, imported.pk])}"' in text


def test_a_stored_file_is_no_longer_told_but_the_search_for_duplicates_is_until_it_is_over(review: Review) -> None:
    loaded(review, numbered(1), name="update.ris")
    assert told(review) == ["The search for duplicates is not over: these numbers may still change."]
    assert flow_of(review).provisional_words == "1 pending, duplicates being looked for"
    assert f'href="{reverse("duplicates", args=[review.slug])}"' in page(review).partition('id="blocks"')[2]
    run_jobs(review)
    assert told(review) == []


def test_a_search_for_duplicates_makes_a_complete_review_provisional(review: Review) -> None:
    ask_for_duplicates(member=lead(review))
    flow = flow_of(review)
    assert (flow.provisional, flow.is_final) == (True, False)
    Job.objects.filter(name="dedupe.find").update(state="failed")
    stopped = flow_of(review)
    assert (stopped.provisional, stopped.is_final) == (False, False)
    assert told(review) == ["The search for duplicates stopped before its end. Find duplicates again."]
    ask_for_duplicates(member=lead(review))
    run_jobs(review)
    assert flow_of(review).is_final


@pytest.mark.parametrize("content", [cut_ris(), odd_table()])
def test_a_file_that_asks_a_question_blocks_until_it_is_removed(review: Review, content: bytes) -> None:
    asking = loaded(review, content, name="odd.csv")
    assert asking.state == "question"
    assert not flow_of(review).is_final
    cancel_import(imported=asking, actor=lead(review).user)
    run_jobs(review)
    assert flow_of(review).is_final


def test_a_refused_file_is_said_to_count_nothing_until_it_is_removed(review: Review) -> None:
    imported = refused(review, numbered(2))
    assert told(review) == ["refused.ris was refused and counts nothing. Import it in another way, or remove it."]
    flow = flow_of(review)
    assert (flow.provisional, flow.is_final) == (False, False)
    assert "Not final yet" in page(review)
    cancel_import(imported=imported, actor=lead(review).user)
    run_jobs(review)
    assert told(review) == []


def test_a_refused_file_is_told_by_the_later_import_of_the_same_file(review: Review) -> None:
    refused(review, numbered(2))
    again = queued(review, numbered(2), name="again.ris")
    assert told(review) == ["again.ris waits to be read: none of its records is counted yet."]
    work(again)
    run_jobs(review)
    assert told(review) == []
    undo_import(imported=again, actor=lead(review).user)
    run_jobs(review)
    assert told(review) == []


def test_im13_rejected_rows_keep_the_numbers_from_being_final_until_somebody_says_what_became_of_them(
    review: Review,
) -> None:
    before = told(review)
    file = loaded(review, numbered(2))
    Import.objects.filter(pk=file.pk).update(rejected=1, markers=file.parsed + 1)
    at_noon = timezone.now()
    assert [one for one in told(review) if one not in before and "rejected" in one] == [
        f"{file.file_name} has 1 rejected row: say what became of it."
    ]
    assert not flow_of(review).provisional or "rejected" not in flow_of(review).provisional_words
    client = Client()
    client.force_login(lead(review).user)
    url = reverse("import_rejected_settle", args=[review.slug, file.pk])
    assert client.post(url, {"how": " "}).status_code == 409
    assert client.post(url, {"how": "A heading, no record"}).status_code == 302
    assert client.post(url, {"how": "Again"}).status_code == 409
    assert not [one for one in told(review) if "rejected" in one]
    assert [one for one in flow_of(review, as_of=at_noon).unfinished if "rejected" in one.words], (
        "that day knew no answer"
    )


def test_another_file_of_the_same_name_does_not_stand_for_a_refused_one(review: Review) -> None:
    refused(review, numbered(2))
    loaded(review, numbered(3), name="refused.ris")
    run_jobs(review)
    assert told(review) == ["refused.ris was refused and counts nothing. Import it in another way, or remove it."]


def test_a_file_whose_reading_gave_up_says_that_it_counts_nothing(review: Review) -> None:
    imported = queued(review, numbered(2), name="update.ris")
    job = job_of(imported)
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="failed")
    assert told(review) == ["update.ris could not be read to its end and counts nothing. Read it again, or remove it."]
    assert not flow_of(review).provisional


def test_a_search_is_held_up_by_its_own_files_only(review: Review) -> None:
    queued(review, numbered(2), label="Update, January 2025", name="update.ris")
    first, update = review.search_runs.order_by("number")
    assert flow_of(review, run=first).is_final
    assert not flow_of(review, run=update).is_final


def test_i9_a_day_before_the_upload_knows_nothing_of_it(review: Review) -> None:
    imported = queued(review, numbered(2))
    yesterday = timezone.now() - timedelta(days=1)
    assert flow_of(review, as_of=yesterday).unfinished == ()
    assert len(flow_of(review, as_of=timezone.now()).unfinished) == 1
    assert imported.file_name in page(review, f"?as_on={timezone.now().date()}")


def test_a_first_file_on_its_way_is_told_before_anything_is_counted() -> None:
    empty = make_review("Empty")
    assert "Nothing imported yet" in page(empty)
    queued(empty, numbered(2))
    text = page(empty)
    assert "Nothing imported yet" not in text
    assert "1 import under way" in text


def test_a_file_that_waits_for_its_description_keeps_the_numbers_provisional(review: Review) -> None:
    run = review.search_runs.get()
    file = StoredFile("late.ris", "5" * 64, 10)
    let_wait(run=run, actor=lead(review).user, file=file, format_name="ris")
    assert told(review) == ["late.ris is uploaded and waits for its description: none of its records is counted yet."]
    flow = flow_of(review)
    assert not flow.is_final
    assert flow.provisional_words == "1 import under way"
    assert reverse("imports_describe", args=[review.slug, run.number]) in page(review)
    remove(run=run, actor=lead(review).user, sha256=file.sha256)
    assert flow_of(review).is_final
