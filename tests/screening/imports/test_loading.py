"""The job that reads a file into the review: visible at once or never, each row once, whatever stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.audit.models import AuditEvent
from screening.imports import loading, rows
from screening.imports.models import Import, ImportState, RejectedRow
from screening.imports.parsed import ParsedRecord, ParseProblem, Reading, Refusal
from screening.imports.queue import JOB, job_of
from screening.imports.rows import NUL_FLAG, SURROGATE_FLAG, Rows, clean
from screening.imports.storage import path_of
from screening.jobs.actions import cancel
from screening.jobs.models import Job
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.records.models import Record, RecordText, Standing
from screening.records.queue import records_in
from screening.reviews.models import Review
from tests.factories import make_import, make_review
from tests.screening.imports.uploads import cut_ris, loaded, numbered, odd_table, queued, ris, work

pytestmark = pytest.mark.django_db

SMALL = 3  # entries a chunk


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNKS", {"sqlite": (SMALL, 0.0), "postgresql": (SMALL, 0.0)})


def reads(monkeypatch: pytest.MonkeyPatch, make: Callable[[], list[Reading]]) -> None:
    """Let every file be read as ``make`` says."""
    monkeypatch.setattr(loading, "read", lambda path, **options: make())


def reading(entries: Iterator[Any], markers: int, **fields: Any) -> Reading:
    return Reading(name="hits.ris", format="RIS", encoding="utf-8", markers=markers, entries=entries, **fields)


def dead_worker(imported: Import) -> None:
    """The lease of the job has run out: somebody was killed."""
    Job.objects.filter(name=JOB, subject=str(imported.pk)).update(lease_until=timezone.now())


def test_im1_the_sum_closes_and_every_record_stands_in_the_review(review: Review) -> None:
    done = loaded(review, numbered(7))
    assert (done.state, done.markers, done.parsed, done.rejected) == ("stored", 7, 7, 0)
    assert records_in(review).count() == 7
    first = records_in(review).order_by("number")[0]
    assert (first.number, first.position, first.title, first.text.raw.splitlines()[0]) == (
        1,
        0,
        "Trial 1",
        "TY  - JOUR",
    )


def test_standing_rows_carry_search_source_and_first_language(review: Review) -> None:
    done = loaded(review, ris(["One"], LA="eng") + ris(["Two"], LA=""))
    rows = Standing.objects.filter(review=review).order_by("record__number")
    assert [(row.run_id, row.source_id, row.imported_from_id) for row in rows] == [
        (done.run_id, done.source_id, done.pk)
    ] * 2
    assert [row.language for row in rows] == ["en", ""]


def test_the_followers_are_asked_for_with_the_last_chunk(review: Review) -> None:
    loaded(review, numbered(2))
    assert Job.objects.filter(review_id=review.pk, name="dedupe.find", state="queued").exists()


def test_record_numbers_go_on_where_the_last_import_ended(review: Review) -> None:
    loaded(review, numbered(3))
    second = loaded(review, numbered(2, "Cohort"))
    assert second.first_number == 4
    assert list(records_in(review).order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_two_imports_that_load_in_turns_share_no_number(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = queued(review, numbered(7)), queued(review, numbered(5, "Cohort"))
    original = rows.rows_of
    others = iter([two])

    def in_between(imported: Import, entries: Any) -> Rows:
        if (other := next(others, None)) is not None:
            work(other)
        return original(imported, entries)

    monkeypatch.setattr(loading, "rows_of", in_between)
    assert work(one).state == Import.objects.get(pk=two.pk).state == "stored"
    numbers = list(records_in(review).values_list("number", flat=True))
    assert sorted(numbers) == list(range(1, 13))


@pytest.mark.parametrize("written", [1, 2, 3])
def test_p41_a_killed_load_resumes_with_each_row_once(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """The worker dies after ``written`` chunks: what it wrote stays unseen, the next attempt goes on behind it."""
    imported = queued(review, numbered(8))
    original, chunks = Rows.write, iter(range(100))

    def dies(chunk: Rows) -> None:
        original(chunk)
        if next(chunks) == written - 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Rows, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        work(imported)
    assert records_in(review).count() == 0
    monkeypatch.setattr(Rows, "write", original)
    dead_worker(imported)
    done = work(imported)
    assert (done.state, done.parsed) == ("stored", 8)
    assert list(records_in(review).order_by("number").values_list("title", flat=True)) == [
        f"Trial {n}" for n in range(1, 9)
    ]
    assert RecordText.objects.count() == 8


def test_an_attempt_that_wakes_late_writes_nothing(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = queued(review, numbered(8))
    original = rows.rows_of
    once = iter([True])

    def overtaken(target: Import, entries: Any) -> Rows:
        chunk = original(target, entries)
        if next(once, False):
            dead_worker(imported)
            work(imported)
        return chunk

    monkeypatch.setattr(loading, "rows_of", overtaken)
    assert work(imported).state == "stored"
    assert records_in(review).count() == Record.objects.count() == 8


def test_im9_a_sum_that_does_not_close_is_refused_and_leaves_no_row(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, lambda: [reading((ParsedRecord(line=n, title=f"T{n}") for n in range(5)), markers=6)])
    done = loaded(review, numbered(6))
    assert (done.state, Record.objects.count(), RecordText.objects.count()) == ("refused", 0, 0)
    assert "6" in done.error
    assert "5" in done.error


def test_more_records_than_markers_are_refused_without_touching_the_next_number(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, lambda: [reading((ParsedRecord(line=n, title=f"T{n}") for n in range(9)), markers=4)])
    assert loaded(review, numbered(4)).state == "refused"
    assert Record.objects.count() == 0


def test_im9_an_error_half_way_leaves_nothing_and_says_so(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[ParsedRecord]:
        yield from (ParsedRecord(line=n, title=f"T{n}") for n in range(5))
        raise ZeroDivisionError

    reads(monkeypatch, lambda: [reading(broken(), markers=9)])
    done = loaded(review, numbered(9))
    assert (done.state, Record.objects.count()) == ("refused", 0)
    assert "Nothing of this file was imported" in done.error


def test_im9_a_refusal_in_mid_file_leaves_nothing(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late() -> Iterator[Any]:
        yield from (ParsedRecord(line=n, title=f"T{n}") for n in range(4))
        yield ParseProblem(line=5, reason="odd", raw="raw")
        raise Refusal("xml", "The XML breaks off: export it again.")

    reads(monkeypatch, lambda: [reading(late(), markers=9)])
    done = loaded(review, numbered(9))
    assert (done.state, done.error) == ("refused", "The XML breaks off: export it again.")
    assert (Record.objects.count(), RejectedRow.objects.count()) == (0, 0)


def test_a_kill_while_a_refused_file_is_cleared_is_made_good(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, lambda: [reading((ParsedRecord(line=n, title=f"T{n}") for n in range(5)), markers=6)])
    original = rows.clear_some

    def dies(*_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "clear_some", dies)
    imported = queued(review, numbered(6))
    with pytest.raises(KeyboardInterrupt):
        work(imported)
    assert (Import.objects.get(pk=imported.pk).state, Record.objects.count()) == ("refused", 5)
    monkeypatch.setattr(loading, "clear_some", original)
    dead_worker(imported)
    work(imported)
    assert Record.objects.count() == 0


def test_p43_a_database_that_is_away_is_no_refusal(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = queued(review, numbered(3))
    original = Rows.write

    def away(chunk: Rows) -> None:
        raise OperationalError("the server went away")

    monkeypatch.setattr(Rows, "write", away)
    assert work(imported).state == ImportState.LOADING
    monkeypatch.setattr(Rows, "write", original)
    dead_worker(imported)
    assert work(imported).state == ImportState.STORED


def test_a_cancelled_job_writes_no_further_chunk(
    review: Review, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = queued(review, numbered(8))
    original = Rows.write

    def cancelled_after(chunk: Rows) -> None:
        original(chunk)
        job = job_of(imported)
        assert job is not None
        cancel(job=job)

    monkeypatch.setattr(Rows, "write", cancelled_after)
    work(imported)
    assert (Record.objects.count(), records_in(review).count()) == (SMALL, 0)


def test_im12_a_file_that_is_gone_gets_a_sentence(review: Review) -> None:
    imported = queued(review, numbered(2))
    path_of(review_id=review.pk, sha256=imported.sha256).unlink()
    assert work(imported).error == "The uploaded file is no longer on the server. Upload it again."


def test_a_cut_file_asks_before_it_joins_and_keeps_what_was_read(review: Review) -> None:
    asked = loaded(review, cut_ris())
    assert (asked.state, asked.question["kind"], asked.question["damaged"]) == ("question", "damage", 1)
    assert (Record.objects.count(), records_in(review).count()) == (3, 0)


def test_an_unknown_table_asks_for_its_columns(review: Review) -> None:
    asked = loaded(review, odd_table(), name="hits.csv")
    assert (asked.state, asked.question["kind"]) == ("question", "columns")
    assert asked.question["columns"] == ["Kop", "Samenvatting", "Jaar"]
    assert asked.question["sample"][0] == ["Eerste proef", "Tekst een.", "2020"]


def test_an_encoding_only_a_person_can_tell_is_asked_for(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsure() -> list[Reading]:
        raise Refusal("encoding", "Choose an encoding.", previews={"big5": "中文", "cp1252": "¤¤¤å"})

    reads(monkeypatch, unsure)
    asked = loaded(review, numbered(1))
    assert (asked.state, asked.question["previews"]["big5"]) == ("question", "中文")


def test_p25_nul_and_lone_surrogates_are_cleaned_and_flagged(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ParsedRecord(line=1, title="A\0B \ud800", raw="A\0B \ud800", keywords=("x\0",), ids={"an\0": "1\0"})
    reads(monkeypatch, lambda: [reading(iter([entry, ParseProblem(2, "odd\0", "r\0")]), markers=2)])
    done = loaded(review, numbered(2))
    record = Record.objects.get()
    assert (record.title, record.keywords, record.ids, record.text.raw) == (
        "AB \ufffd",
        ["x"],
        {"an": "1"},
        "AB \ufffd",
    )
    assert record.flags == [NUL_FLAG, SURROGATE_FLAG]
    assert (done.flagged, done.rejected) == (1, 1)


@given(st.text(st.characters(exclude_categories=())))
def test_p25_clean_text_always_encodes_and_plain_text_is_left_alone(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned


def test_text_columns_keep_everything(review: Review) -> None:
    long = "Very long " * 2000
    done = loaded(
        review, ris([long.strip()], VL="v" * 300, PY="a year as long as this one is written out in many words for once")
    )
    record = Record.objects.get(imported_from=done)
    assert (record.title, record.volume) == (long.strip(), "v" * 300)
    assert len(record.raw_year) <= 60


def test_two_markers_one_rejected_is_listed_with_line_and_raw_text(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [ParsedRecord(line=1, title="Good"), ParseProblem(line=9, reason="No field can be read.", raw="garbage")]
    reads(
        monkeypatch,
        lambda: [reading(iter(entries), markers=2, warnings=("Look here.",), columns={"Title": "title", "X": ""})],
    )
    done = loaded(review, numbered(2))
    row = RejectedRow.objects.get(imported_from=done)
    assert (row.line, row.reason, row.raw, row.position) == (9, "No field can be read.", "garbage", 1)
    assert done.warnings == ["Look here.", "Columns that are kept in the raw text only: X."]


def test_the_members_of_a_zip_are_one_import(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def members() -> list[Reading]:
        one = Reading("a.ris", "RIS", "utf-8", 1, iter([ParsedRecord(line=1, title="A")]), warnings=("Cut.",))
        two = Reading("b.nbib", "MEDLINE", "utf-8", 2, iter([ParsedRecord(line=n, title="B") for n in (1, 9)]))
        return [one, two]

    reads(monkeypatch, members)
    done = loaded(review, numbered(3))
    assert (done.format, done.encoding, done.markers, done.warnings) == ("RIS, MEDLINE", "utf-8", 3, ["a.ris: Cut."])


def test_im10_the_audit_row_tells_hash_and_counts(review: Review) -> None:
    done = loaded(review, numbered(3))
    row = AuditEvent.objects.get(verb="imported a file")
    assert row.after == {
        "markers": 3, "parsed": 3, "rejected": 0, "flagged": 0, "sha256": done.sha256, "first_number": 1,
    }  # fmt: skip


def test_a_job_without_its_import_ends(review: Review) -> None:
    imported = queued(review, numbered(1))
    job = job_of(imported)
    assert job is not None
    Job.objects.filter(pk=job.pk).update(subject="999999")
    loading_job = Job.objects.get(pk=job.pk)
    run(loading_job.pk, HANDLERS)
    loading_job.refresh_from_db()
    assert loading_job.state == "done"


def test_i3_the_sizes_of_the_imports_are_the_number_of_records(review: Review) -> None:
    loaded(review, numbered(4))
    loaded(review, numbered(2, "Cohort"))
    make_import(review, records=3)
    sizes = sum(Import.objects.filter(review=review, state="stored").values_list("parsed", flat=True))
    assert sizes == records_in(review).count() == 9


@settings(max_examples=15)
@given(cut=st.integers(1, 400))
def test_im12_a_file_cut_anywhere_ends_in_a_state_and_no_half_import(cut: int) -> None:
    review = make_review(f"Cut at {cut}")
    done = loaded(review, numbered(4)[:cut])
    assert done.state in ("stored", "question", "refused")
    if done.state == "stored":
        assert done.markers == done.parsed + done.rejected
    assert records_in(review).count() == (done.parsed if done.state == "stored" else 0)
