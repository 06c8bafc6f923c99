"""Many files at once: the sure ones go to their report, the others wait in the tray, and nothing is lost on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.fulltexts import identifying
from screening.fulltexts.actions import StoredFile, add_file, log_attempt, mark_not_retrieved
from screening.fulltexts.incoming import bring_back, place, take_in
from screening.fulltexts.models import Arrival, IncomingFile, Report, ReportFile
from screening.fulltexts.reading import Reading, read_pdf
from screening.fulltexts.storage import path_of
from screening.jobs.models import Job
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.records.models import Record
from screening.reviews.models import Review
from tests.factories import (
    alice,
    lead,
    make_import,
    make_record,
    make_review,
    open_screening,
    run_jobs,
    settled,
    vote,
)
from tests.screening.fulltexts.pdfs import make_pdf
from tests.screening.fulltexts.test_zips import make_zip

pytestmark = pytest.mark.django_db

PLOTS, MENTORS = "Teaching clinicians to read a forest plot", "Mentors for young researchers in hospitals"
BY_DOI = make_pdf(["https://doi.org/10.1000/tlp.233", PLOTS, "A. Okafor"])
BY_WORDS = make_pdf([MENTORS, "A report by somebody else"])
SCAN = make_pdf([""])


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def records(review: Review) -> list[Record]:
    """Three reports are sought."""
    stored = make_import(review, records=0)
    fields: list[dict[str, Any]] = [
        {"doi": "10.1000/tlp.233", "title": PLOTS, "authors": ["Okafor, Ada"]},
        {"title": MENTORS, "authors": ["Ek, Signe"]},
        {"title": "A map of assets"},
    ]
    made = [make_record(stored, position=n, **given) for n, given in enumerate(fields)]
    items = {item.record_id: item for item in open_screening(review)}
    for record in made:
        settled(review, items[record.pk], "include", "include")
    return made


@pytest.fixture
def client(review: Review) -> Client:
    client = Client()
    client.force_login(alice(review).user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


def send(client: Client, review: Review, *files: tuple[str, bytes]) -> str:
    """Upload files, let the worker read them, and open the tray."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    said = client.post(url("fulltexts_upload", review), {"files": uploads}, follow=True).content.decode()
    run_jobs(review)
    return said + client.get(url("fulltexts_match", review)).content.decode()


def states(review: Review) -> dict[str, str]:
    return dict(IncomingFile.objects.filter(review=review).values_list("name", "state"))


def status(record: Record) -> str:
    return Report.objects.get(record=record).status


def waiting(review: Review, name: str = "") -> IncomingFile:
    rows = IncomingFile.objects.filter(review=review, state=Arrival.TRAY)
    return rows.get(name=name) if name else rows.get()


def test_a_sure_file_goes_to_its_report_and_the_others_wait_with_what_is_known(
    client: Client, review: Review, records: list[Record]
) -> None:
    html = send(
        client, review, ("a.pdf", BY_DOI), ("b.pdf", BY_WORDS), ("scan.pdf", SCAN), ("cut.pdf", BY_DOI[:90]), ("x.pdf", b"no")
    )  # fmt: skip
    assert "x.pdf: It is not a PDF, so it was not stored" in html
    assert states(review) == {"a.pdf": "attached", "b.pdf": "tray", "scan.pdf": "tray", "cut.pdf": "tray"}
    assert status(records[0]) == "retrieved"
    assert not Report.objects.filter(record=records[1]).exists(), "a person confirms first"
    assert f'value="{records[1].number}" checked' in html
    for sentence in ("by the DOI in the text", "It holds no text", "It cannot be read as a PDF"):
        assert sentence in html
    rows = {name: waiting(review, name).pk for name in ("b.pdf", "scan.pdf", "cut.pdf")}
    answers = {
        f"f{rows['b.pdf']}": records[1].number, f"f{rows['scan.pdf']}": "other", f"f{rows['scan.pdf']}-other": records[2].number,
        f"f{rows['cut.pdf']}": "none",
    }  # fmt: skip
    client.post(url("fulltexts_match", review), answers)
    assert [status(record) for record in records] == ["retrieved"] * 3
    assert states(review)["cut.pdf"] == "aside"
    back = client.post(url("fulltexts_bring_back", review, rows["cut.pdf"]), follow=True).content.decode()
    assert "waits in the tray again" in back
    assert path_of(review.pk, waiting(review).sha256).is_file()


def test_a_zip_is_unpacked_and_what_is_no_pdf_in_it_is_told(
    client: Client, review: Review, records: list[Record], django_capture_on_commit_callbacks: Any
) -> None:
    packed = make_zip(("in/a.pdf", BY_DOI), ("in/notes.txt", b"no"), ("in/scan.pdf", SCAN))
    with django_capture_on_commit_callbacks(execute=True):
        html = send(client, review, ("all.zip", packed))
    assert states(review) == {"all.zip": "unpacked", "a.pdf": "attached", "scan.pdf": "tray"}
    assert "2 files taken from the zip. notes.txt: It is not a PDF" in html
    assert not path_of(review.pk, IncomingFile.objects.get(name="all.zip").sha256).exists()
    assert "damaged" in send(client, review, ("bad.zip", packed[:-30]))


def test_a_file_that_a_report_has_is_told_and_the_same_bytes_wait_once(
    client: Client, review: Review, records: list[Record]
) -> None:
    add_file(member=alice(review), record=records[2], upload=SimpleUploadedFile("first.pdf", SCAN))
    number = records[2].number
    assert f"attached to record {number} already, as first.pdf" in send(client, review, ("again.pdf", SCAN))
    send(client, review, ("b.pdf", BY_WORDS), ("c.pdf", BY_WORDS))
    assert states(review) == {"again.pdf": "known", "b.pdf": "tray"}


def test_a_report_that_has_its_file_gets_no_second_one_without_a_word(
    client: Client, review: Review, records: list[Record]
) -> None:
    send(client, review, ("a.pdf", BY_DOI))
    html = send(client, review, ("newer.pdf", BY_DOI + b"% corrected proof"))
    assert states(review)["newer.pdf"] == "tray"
    assert f"Record {records[0].number} has its report already." in html


def test_undo_gives_the_report_back_what_it_was(client: Client, review: Review, records: list[Record]) -> None:
    sought, given_up = records[0], records[1]
    log_attempt(member=alice(review), record=given_up, way="Library", outcome="Not held")
    mark_not_retrieved(member=alice(review), record=given_up, cause="no_access")
    for record, name in ((sought, "a.pdf"), (given_up, "b.pdf")):
        [row] = take_in(review_id=review.pk, by=alice(review).user, files=[StoredFile(name, name * 8, 3)])
        place(member=alice(review), incoming=row, record=record)
        assert status(record) == "retrieved"
        client.post(url("fulltexts_bring_back", review, row.pk))
    assert [status(sought), status(given_up)] == ["", "not_retrieved"]
    assert Report.objects.get(record=given_up).cause == "no_access"
    assert not ReportFile.objects.filter(removed_at__isnull=True).exists()
    assert waiting(review, "a.pdf").file is None


def test_i31_undo_of_a_file_under_review_leaves_the_report_retrieved(review: Review, records: list[Record]) -> None:
    [row] = take_in(review_id=review.pk, by=lead(review).user, files=[StoredFile("a.pdf", "0" * 64, 3)])
    row = place(member=lead(review), incoming=row, record=records[0])
    vote(alice(review), Item.objects.get(record=records[0], stage="ft"), "include")
    bring_back(member=lead(review), incoming=row)
    assert status(records[0]) == "retrieved"
    with pytest.raises(NotAllowedNow, match="has moved on"):
        bring_back(member=lead(review), incoming=row)


def test_a_file_dropped_on_a_record_is_attached_as_what_it_is(
    client: Client, review: Review, records: list[Record]
) -> None:
    send(client, review, ("s1.pdf", BY_WORDS))
    row = waiting(review)
    there = url("fulltexts_place", review, row.pk)
    assert client.post(there, {"record": "999", "kind": "main"}).status_code == 409
    client.post(there, {"record": records[2].number, "kind": "supplement"})
    file = ReportFile.objects.get()
    assert (file.kind, file.report.status) == ("supplement", ""), "a supplement is not the report"
    assert client.post(there, {"record": records[2].number, "kind": "main"}).status_code == 409


@pytest.mark.once
def test_p28_a_waiting_file_can_be_looked_into(client: Client, review: Review, records: list[Record]) -> None:
    send(client, review, ("a<b>.pdf", BY_WORDS))
    answer = client.get(url("incoming_file", review, waiting(review).pk))
    assert b"".join(answer.streaming_content) == BY_WORDS  # type: ignore[attr-defined]
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()


def test_p41_a_worker_that_lost_its_claim_places_nothing_and_the_next_one_does(
    client: Client, review: Review, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(url("fulltexts_upload", review), {"files": [SimpleUploadedFile("a.pdf", BY_DOI)]})
    job = Job.objects.get(name="fulltexts.match")

    def slow(path: Path) -> Reading:
        Job.objects.filter(pk=job.pk).update(attempt=F("attempt") + 1)  # another worker took it up meanwhile
        return read_pdf(path)

    with monkeypatch.context() as patched:
        patched.setattr(identifying, "read_pdf", slow)
        run(job.pk, HANDLERS)
    assert states(review) == {"a.pdf": "reading"}
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_jobs(review)
    assert states(review) == {"a.pdf": "attached"}
    assert ReportFile.objects.count() == 1


@pytest.mark.once
def test_files_that_were_not_read_are_read_again_on_request(
    client: Client, review: Review, records: list[Record]
) -> None:
    client.post(url("fulltexts_upload", review), {"files": [SimpleUploadedFile("a.pdf", BY_DOI)]})
    Job.objects.update(state="failed", error="This stopped on an error of the site.")
    html = client.get(url("fulltexts_match", review)).content.decode()
    assert "This stopped on an error of the site." in html
    assert 'name="again"' in html
    client.post(url("fulltexts_match", review), {"again": "1"})
    run_jobs(review)
    assert states(review) == {"a.pdf": "attached"}


@pytest.mark.once
def test_the_tray_tells_how_far_the_reading_has_come(client: Client, review: Review, records: list[Record]) -> None:
    sent = {"files": [SimpleUploadedFile("a.pdf", BY_DOI)]}
    html = client.post(url("fulltexts_upload", review), sent, follow=True).content.decode()
    assert "1 file still to read" in html
    assert "No worker is running" in html
    board = client.get(url("fulltexts", review)).content.decode()
    assert "1 uploaded file is being read" in board
    assert "in the tray." not in board
    part = client.get(url("fulltexts_match", review), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    run_jobs(review)
    done = client.get(url("fulltexts_match", review), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert re.search(r"No file waits in the tray", client.get(url("fulltexts_match", review)).content.decode())
