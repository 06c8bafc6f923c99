"""Pages of imports: two steps without a script, progress, the report whose sum closes, questions, undo."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.dedupe.models import CandidateCard
from screening.imports import loading
from screening.imports.models import Import, WaitingFile
from screening.imports.parsed import ParsedRecord, ParseProblem, Reading
from screening.imports.receiving import receive
from screening.imports.storage import path_of
from screening.jobs.actions import LEASE
from screening.jobs.models import Job
from screening.records.models import Record
from screening.records.queue import records_in
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import (
    alice,
    lead,
    make_import,
    make_member,
    make_review,
    make_user,
    open_screening,
    run_jobs,
    vote,
)
from tests.screening.imports.uploads import cut_ris, loaded, numbered, odd_table, queued, search, stored, work

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def visitor(review: Review, client: Client) -> Client:
    client.force_login(lead(review).user)
    return client


def address(name: str, review: Review, *rest: Any) -> str:
    return reverse(name, args=[review.slug, *rest])


def send(visitor: Client, review: Review, **files: bytes) -> HttpResponse:
    """Step 1: upload ``files`` (name with ``_`` for the dot) into search 1."""
    uploads = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()]
    run = search(review)
    return visitor.post(address("imports_upload", review, run.number), {"files": uploads})  # type: ignore[return-value]


def described(visitor: Client, review: Review, **fields: str) -> HttpResponse:
    """Step 2: post what the forms show, the first file's date and query filled in."""
    url = address("imports_describe", review, 1)
    answers: dict[str, str] = {"same": "on"}
    for index, (_, form) in enumerate(list(visitor.get(url).context["rows"])):
        for name in form.fields:
            answers[f"{form.prefix}-{name}"] = str(form.initial.get(name, "") or "")
        answers[f"{form.prefix}-database"] = answers[f"{form.prefix}-database"] or "Scopus"
        if index == 0:
            answers |= {f"{form.prefix}-searched_on": "2022-08-12", f"{form.prefix}-query": "a AND b"}
        answers |= {f"{form.prefix}-{name}": value for name, value in fields.items()}
    return visitor.post(url, answers)  # type: ignore[return-value]


def test_several_files_are_uploaded_described_and_stored_without_a_script(review: Review, visitor: Client) -> None:
    answer = send(visitor, review, scopus_ris=numbered(3), pubmed_ris=numbered(2, "Cohort"))
    assert (answer.status_code, answer["Location"]) == (302, address("imports_describe", review, 1))
    answer = described(visitor, review)
    assert (answer.status_code, answer["Location"]) == (302, address("imports_upload", review, 1) + "#imports")
    run_jobs(review)
    imports = Import.objects.filter(review=review).order_by("pk")
    assert [(one.source.name, one.query, str(one.searched_on), one.state, one.parsed) for one in imports] == [
        ("Scopus", "a AND b", "2022-08-12", "stored", 3),
        ("PubMed", "a AND b", "2022-08-12", "stored", 2),
    ]


def test_one_file_leads_to_its_own_page(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    answer = described(visitor, review)
    assert answer["Location"] == address("import_report", review, Import.objects.get().pk)


def test_a_file_that_is_none_is_refused_at_once_and_the_others_wait(review: Review, visitor: Client) -> None:
    answer = send(
        visitor, review, login_ris=b"<!doctype html><p>Please sign in</p>", empty_ris=b"", good_ris=numbered(1)
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "2 files could not be taken" in text
    assert "This is a sign-in page" in text
    assert "empty.ris is empty" in text
    assert "good.ris" in text
    assert not Import.objects.exists()


def test_what_a_zip_holds_beside_references_is_named_before_and_after_its_import(
    review: Review, visitor: Client
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hits.ris", numbered(2))
        archive.writestr("readme.txt", "Ask the library for more.")
    send(visitor, review, hits_zip=file.getvalue())
    told = "“readme.txt” in the zip was left out. This is no format"
    assert told in visitor.get(address("imports_describe", review, 1)).content.decode()
    assert told in visitor.get(address("imports_upload", review, 1)).content.decode()
    described(visitor, review)
    work(Import.objects.get())
    imported = Import.objects.get()
    assert (imported.state, imported.markers, imported.parsed) == ("stored", 2, 2)
    assert told in visitor.get(address("import_report", review, imported.pk)).content.decode()


def test_uploading_nothing_says_what_to_do(review: Review, visitor: Client) -> None:
    answer = visitor.post(address("imports_upload", review, search(review).number))
    assert "Choose at least one file" in answer.content.decode()


def test_a_missing_query_is_asked_for_and_nothing_is_lost(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    answer = described(visitor, review, query="")
    assert answer.status_code == 422
    assert "PRISMA reports the query" in answer.content.decode()
    assert not Import.objects.exists()
    assert described(visitor, review).status_code == 302


def test_a_search_date_ahead_is_refused(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    assert "in the future" in described(visitor, review, searched_on="2190-01-01").content.decode()


def test_i2_a_known_file_asks_for_no_description_and_adds_nothing(review: Review, visitor: Client) -> None:
    first = loaded(review, numbered(3))
    send(visitor, review, again_ris=numbered(3))
    text = visitor.get(address("imports_describe", review, 1)).content.decode()
    assert address("import_report", review, first.pk) in text
    assert "adds 0 records" in text
    assert described(visitor, review)["Location"] == address("searches", review)
    assert Import.objects.count() == 1
    assert records_in(review).count() == 3


def test_a_file_can_be_taken_off_the_list(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    [(waiting, _)] = visitor.get(address("imports_describe", review, 1)).context["rows"]
    visitor.post(address("imports_forget", review, 1), {"sha256": waiting.file.sha256})
    assert visitor.get(address("imports_describe", review, 1))["Location"] == address("imports_upload", review, 1)


def test_what_one_person_uploads_waits_for_all_who_import(review: Review, visitor: Client) -> None:
    """Whoever closes the browser, or falls ill, leaves the file to the others; nothing that was taken gets lost."""
    send(visitor, review, scopus_ris=numbered(3))
    other = Client()
    other.force_login(make_member(review, "Libby Rarian", Role.LIBRARIAN).user)
    searches = other.get(address("searches", review)).content.decode()
    assert "1 uploaded file waits" in searches
    assert "No file yet" not in searches
    home = other.get(address("review_home", review)).content.decode()
    assert "Describe 1 uploaded file" in home
    assert "Import the first search" not in home
    described(other, review)
    assert Import.objects.get().file_name == "scopus.ris"
    assert not WaitingFile.objects.exists()
    assert visitor.get(address("imports_describe", review, 1)).status_code == 302


def test_a_search_stays_while_a_file_waits_in_it(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    answer = visitor.post(address("search_remove", review, 1))
    assert "Files wait in this search" in answer.content.decode()
    visitor.post(address("imports_forget", review, 1), {"sha256": WaitingFile.objects.get().sha256})
    assert visitor.post(address("search_remove", review, 1)).status_code == 302


def test_an_uploaded_file_is_logged_when_it_comes_and_when_it_is_set_aside(review: Review, visitor: Client) -> None:
    send(visitor, review, scopus_ris=numbered(3))
    visitor.post(address("imports_forget", review, 1), {"sha256": WaitingFile.objects.get().sha256})
    verbs = list(AuditEvent.objects.filter(review_id=review.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["sent a file", "set a file aside"]


def test_the_waiting_page_shows_progress_and_polls_every_second(review: Review, visitor: Client) -> None:
    imported = queued(review, numbered(3))
    just_now = timezone.now() + LEASE
    Job.objects.update(state="running", phase="storing", lease_until=just_now, done_n=500, total_n=2000)
    Import.objects.update(storing_since=timezone.now() - timedelta(seconds=10), storing_from=250)
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert "500 of 2,000 records, about a minute left" in text
    assert 'hx-trigger="every 1s"' in text
    part = visitor.get(address("import_report", review, imported.pk), headers=HTMX).content.decode()
    assert 'max="2000" value="500"' in part
    assert "<html" not in part
    Job.objects.update(lease_until=just_now - timedelta(seconds=30))
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert "Interrupted; it goes on by itself within a minute" in text


def test_the_poll_asks_for_the_whole_page_once_the_import_is_over(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(3))
    page = address("import_report", review, imported.pk)
    assert visitor.get(f"{page}?loading", headers=HTMX)["HX-Refresh"] == "true"


def test_the_report_follows_the_search_for_duplicates_until_it_is_over(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(3))
    page = address("import_report", review, imported.pk)
    assert 'hx-trigger="every 1s"' in visitor.get(page, headers=HTMX).content.decode()
    run_jobs(review)
    text = visitor.get(page, headers=HTMX).content.decode()
    assert "hx-trigger" not in text
    assert "0 duplicates" in text


def test_the_upload_page_shows_each_file_of_the_search_with_its_stages(review: Review, visitor: Client) -> None:
    stored = loaded(review, numbered(3), name="stored.ris")
    run_jobs(review)
    waiting = queued(review, numbered(2), name="waiting.ris")
    odd = loaded(review, odd_table(), name="odd.csv")
    page = address("imports_upload", review, 1)
    files = visitor.get(page).context["files"]
    assert [(one.imported, [stage.where.value for stage in one.stages]) for one in files] == [
        (stored, ["done"] * 4),
        (waiting, ["now", "ahead", "ahead", "ahead"]),
        (odd, ["asks", "ahead", "ahead", "ahead"]),
    ]
    part = visitor.get(page, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    assert "3 = 3 imported + 0 rejected" in part
    visitor.post(address("import_cancel", review, waiting.pk))
    text = visitor.get(page, headers=HTMX).content.decode()
    assert "hx-trigger" not in text
    assert "waiting.ris" not in text
    assert 'data-announce="1 of 2 files stored."' in text


def test_the_upload_page_takes_a_fixed_number_of_queries_however_many_files_there_are(
    review: Review, visitor: Client
) -> None:
    page, counted = address("imports_upload", review, 1), []
    for n in (1, 6):
        for index in range(n):
            loaded(review, numbered(2, f"Title {n} {index}"), name=f"{n}-{index}.ris")
        visitor.get(page)
        with CaptureQueriesContext(connection) as queries:
            visitor.get(page)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_page_says_when_no_worker_is_alive(review: Review, visitor: Client) -> None:
    imported = queued(review, numbered(3))
    assert "No worker has been seen" in visitor.get(address("import_report", review, imported.pk)).content.decode()


def test_a_job_that_gave_up_can_be_started_again(review: Review, visitor: Client) -> None:
    imported = queued(review, numbered(3))
    Job.objects.update(state="failed", error="The worker was interrupted five times.")
    assert "interrupted five times" in visitor.get(address("imports_upload", review, 1)).content.decode()
    assert "interrupted five times" in visitor.get(address("import_report", review, imported.pk)).content.decode()
    visitor.post(address("import_again", review, imported.pk))
    assert work(imported).state == "stored"


def test_im10_the_report_shows_its_sum_in_words_and_numbers(
    review: Review, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[ParsedRecord | ParseProblem] = [
        ParsedRecord(line=1, title="Good", flags=("No abstract.",)),
        ParseProblem(line=9, reason="Unreadable.", raw="<b>&"),
    ]
    reading = Reading(
        name="a", format="RIS", encoding="utf-8-sig", markers=2, entries=iter(entries), warnings=("Look here.",)
    )
    monkeypatch.setattr(loading, "read", lambda path, **options: [reading])
    imported = loaded(review, numbered(2), stated_hits=3, limits="English only", platform="Ovid")
    answer = visitor.get(address("import_report", review, imported.pk))
    assert [(term["n"], term["label"]) for term in answer.context["terms"]] == [
        (2, "marked in the file"), (1, "imported"), (1, "rejected"),
    ]  # fmt: skip
    text = answer.content.decode()
    told = ("Adds up", imported.sha256, "RIS", "utf-8", "Search 1, August 2022", "2022-08-01", "research AND education", "Look here.",
            "Ovid", "English only", "No abstract.", "Unreadable.", "&lt;b&gt;&amp;", "stated 3 hits",
            f'href="{address("duplicates_numbers", review)}#declared"')  # fmt: skip
    assert [part for part in told if part not in text] == []


def test_u1_the_imported_number_opens_exactly_its_records(review: Review, visitor: Client) -> None:
    make_import(review, records=2)
    imported = loaded(review, numbered(3))
    url = visitor.get(address("import_report", review, imported.pk)).context["terms"][1]["url"]
    assert visitor.get(url).context["page"].total == 3


def test_rejected_rows_are_downloaded_with_line_reason_and_raw_text(
    review: Review, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[ParsedRecord | ParseProblem] = [
        ParsedRecord(line=1, title="Good"),
        ParseProblem(line=9, reason="Unreadable.", raw="=1+1\nsecond line"),
    ]
    reading = Reading(name="a", format="RIS", encoding="utf-8", markers=2, entries=iter(entries))
    monkeypatch.setattr(loading, "read", lambda path, **options: [reading])
    imported = loaded(review, numbered(2))
    answer = visitor.get(address("import_rejected", review, imported.pk))
    text = answer.getvalue().decode()
    assert list(csv.reader(io.StringIO(text))) == [
        ["line", "reason", "raw"],
        ["9", "Unreadable.", "'=1+1\nsecond line"],
    ]
    assert "attachment" in answer["Content-Disposition"]


def test_a_damaged_file_is_imported_after_a_tick(review: Review, visitor: Client) -> None:
    imported = loaded(review, cut_ris())
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert "1 record of 3 may be incomplete" in text
    assert "I have seen the remarks" in text
    visitor.post(address("import_accept", review, imported.pk), {"seen": "on"})
    assert work(imported).state == "stored"


def test_columns_are_named_on_the_page(review: Review, visitor: Client) -> None:
    imported = loaded(review, odd_table(), name="odd.csv")
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert "Kop" in text
    assert "Eerste proef" in text
    url = address("import_columns", review, imported.pk)
    answer = visitor.post(url, {"column-1": "abstract"})
    assert answer.status_code == 422
    assert "which column holds the title" in answer.content.decode()
    twice = visitor.post(url, {"column-0": "title", "column-1": "title"})
    assert "choose one column" in twice.content.decode()
    visitor.post(url, {"column-0": "title", "column-1": "abstract", "column-2": "year"})
    assert work(imported).state == "stored"
    assert Record.objects.get(position=1).title == "Tweede proef"


def test_im1_a_table_may_have_no_headings(review: Review, visitor: Client) -> None:
    imported = loaded(review, odd_table(), name="odd.csv")
    url = address("import_columns", review, imported.pk)
    visitor.post(url, {"column-0": "title", "no_headings": "on"})
    assert work(imported).state == "stored"
    titles = records_in(review).order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Kop", "Eerste proef", "Tweede proef"]


def test_an_encoding_is_chosen_by_its_preview(review: Review, visitor: Client) -> None:
    imported = queued(review, "TY  - JOUR\nTI  - 用文字\nER  - \n".encode("big5"))
    previews = {"big5": "TI  - 用文字", "cp1252": "TI  - ¥Î¤å¦r"}
    Import.objects.update(state="question", question={"kind": "encoding", "sentence": "Choose.", "previews": previews})
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert "用文字" in text
    assert visitor.post(address("import_encoding", review, imported.pk), {"encoding": "utf-7"}).status_code == 409
    visitor.post(address("import_encoding", review, imported.pk), {"encoding": "big5"})
    work(imported)
    assert records_in(review).get().title == "用文字"


def test_a_refused_file_is_shown_with_its_sentence_and_removed(review: Review, visitor: Client) -> None:
    imported = queued(review, numbered(2))
    Import.objects.update(state="refused", error="This file is odd: export it again.")
    assert "This file is odd" in visitor.get(address("import_report", review, imported.pk)).content.decode()
    visitor.post(address("import_cancel", review, imported.pk))
    assert visitor.get(address("searches", review)).context["runs"][0].files == []
    assert Import.objects.get().state == "cancelled"


def test_undo_previews_its_effect_in_numbers_and_can_be_restored(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(3))
    assert "3 records" in visitor.get(address("import_undo", review, imported.pk)).content.decode()
    visitor.post(address("import_undo", review, imported.pk), {"reason": "wrong file"})
    assert records_in(review).count() == 0
    assert "Restore 3 records" in visitor.get(address("import_report", review, imported.pk)).content.decode()
    visitor.post(address("import_restore", review, imported.pk))
    assert records_in(review).count() == 3


def test_im11_the_undo_of_an_import_with_a_vote_is_refused_with_its_sentence(review: Review, visitor: Client) -> None:
    imported = make_import(review, records=1)
    vote(alice(review), open_screening(review)[0], "exclude")
    assert "has a vote" in visitor.get(address("import_undo", review, imported.pk)).content.decode()
    answer = visitor.post(address("import_undo", review, imported.pk))
    assert answer.status_code == 409
    assert "has a vote" in answer.content.decode()


def test_an_import_is_corrected(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(1))
    update = search(review, "Update, January 2025")
    url = address("import_edit", review, imported.pk)
    assert "research AND education" in visitor.get(url).content.decode()
    fields = {
        "search": str(update.pk),
        "database": "ERIC",
        "kind": "database",
        "searched_on": "2025-01-20",
        "query": "new",
    }
    assert visitor.post(url, fields)["Location"] == address("import_report", review, imported.pk)
    imported.refresh_from_db()
    assert (imported.run, imported.source.name, imported.query) == (update, "ERIC", "new")


def test_p10_an_import_or_search_of_another_review_is_not_found(review: Review, visitor: Client) -> None:
    other = make_review("Another", lead=make_user("Olga Other"))
    theirs = loaded(other, numbered(1))
    foreign = search(other, "Theirs")
    for name in ("import_report", "import_rejected", "import_edit", "import_undo"):
        assert visitor.get(address(name, review, theirs.pk)).status_code == 404
    for name in (
        "import_cancel",
        "import_restore",
        "import_again",
        "import_accept",
        "import_encoding",
        "import_columns",
    ):
        assert visitor.post(address(name, review, theirs.pk)).status_code == 404
    fields = {"search": str(foreign.pk), "database": "E", "kind": "database", "searched_on": "2025-01-20", "query": "q"}
    mine = loaded(review, numbered(1))
    visitor.post(address("import_edit", review, mine.pk), fields)
    mine.refresh_from_db()
    assert mine.run.review_id == review.pk


@pytest.mark.parametrize("name", ["imports_upload", "imports_describe"])
def test_a_reviewer_may_read_reports_but_not_import(review: Review, client: Client, name: str) -> None:
    imported = loaded(review, numbered(1))
    client.force_login(alice(review).user)
    text = client.get(address("import_report", review, imported.pk)).content.decode()
    assert "Undo this import" not in text
    assert client.get(address(name, review, 1)).status_code == 403
    assert client.post(address("import_undo", review, imported.pk)).status_code == 403


def test_the_same_bytes_under_two_names_are_one_waiting_file(review: Review, visitor: Client) -> None:
    send(visitor, review, a_ris=numbered(1), b_ris=numbered(1))
    assert len(visitor.get(address("imports_describe", review, 1)).context["rows"]) == 1


def test_a_stored_file_of_an_import_survives_a_refused_copy(review: Review) -> None:
    """Receiving unreadable bytes that an import already has leaves the file of that import alone."""
    content = b"<!doctype html>sign in"
    file = stored(review, content)
    imported = queued(review, content)
    assert imported.sha256 == file.sha256
    assert receive(review=review, upload=io.BytesIO(content), name="x.ris").file is None
    assert path_of(review_id=review.pk, sha256=file.sha256).exists()


def _next(visitor: Client, review: Review, imported: Import) -> str:
    """The last section of the report, without line breaks."""
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    return " ".join(text.partition('id="next"')[2].split())


def test_the_report_ends_with_the_one_next_action(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(2))
    Job.objects.filter(name="dedupe.find").update(state="failed")
    assert "Find duplicates</a>" in _next(visitor, review, imported)
    Job.objects.filter(name="dedupe.find").update(state="queued")
    assert "See duplicates</a>" in _next(visitor, review, imported)
    run_jobs(review)
    assert f'href="{address("review_home", review)}">Review home</a>' in _next(visitor, review, imported)
    screener = Client()
    screener.force_login(alice(review).user)
    assert f'href="{address("screening_ta", review)}">Screen</a>' in _next(screener, review, imported)


def test_whoever_may_judge_duplicates_is_led_to_the_candidates_first(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(1))
    run_jobs(review)
    CandidateCard.objects.create(
        review=review, key="a", members=[1, 2], score=0.7, reason="Same title.", kind="same", found_at=timezone.now()
    )
    told = _next(visitor, review, imported)
    assert "wait for a person: 1." in told
    assert "Judge duplicates</a>" in told


def test_the_report_of_a_question_ends_with_the_way_to_its_answer(review: Review, visitor: Client) -> None:
    imported = loaded(review, odd_table(), name="odd.csv")
    text = visitor.get(address("import_report", review, imported.pk)).content.decode()
    assert 'id="question"' in text
    assert 'href="#question">Answer</a>' in _next(visitor, review, imported)
    reader = Client()
    reader.force_login(alice(review).user)
    assert _next(reader, review, imported) == ""


def test_an_undone_import_has_no_next_action(review: Review, visitor: Client) -> None:
    imported = loaded(review, numbered(1))
    visitor.post(address("import_undo", review, imported.pk))
    assert _next(visitor, review, imported) == ""
