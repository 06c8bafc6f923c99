"""The archive from the lead's page: never with a sealed vote (I52), made by the worker, without what is private."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from screening.archive import verify_archive
from screening.archive.actions import archive_of
from screening.archive.contents import APPS
from screening.archive.restoring import restore_archive
from screening.archive.sealed import PRIVATE, SEALED, in_the_way
from screening.archive.writing import JOB
from screening.decisions.actions import postpone
from screening.dedupe.stored import Place, write_places
from screening.jobs.actions import enqueue
from screening.jobs.models import Job
from screening.jobs.run import wait
from screening.pipeline import HANDLERS
from screening.prisma.counts import flow_of
from screening.protocol.models import Desk
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, run_jobs, settled, vote

pytestmark = pytest.mark.django_db
PENDING = "Decisions are still pending, so votes are sealed."


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def finished() -> Review:
    review = make_review()
    make_import(review, records=2)
    for item in open_screening(review):
        settled(review, item, "exclude", "exclude")
    reveal(review)
    run_jobs(review)
    return review


def lead_of(review: Review) -> Client:
    client = Client()
    client.force_login(lead(review).user)
    return client


def ask(client: Client, review: Review) -> int:
    return client.post(reverse("archive_new", args=[review.slug])).status_code


def test_the_lead_asks_for_the_archive_and_downloads_what_the_worker_made(finished: Review, tmp_path: Path) -> None:
    Desk.objects.update_or_create(member=alice(finished), defaults={"speaks_for": "my own words"})
    client, page = lead_of(finished), reverse("archive", args=[finished.slug])
    assert "Make the archive" in client.get(page).content.decode()
    assert ask(client, finished) == 302
    assert "Waiting" in client.get(page).content.decode()
    assert client.get(reverse("archive_file", args=[finished.slug])).status_code == 404
    run_jobs(finished)
    assert "Download the archive" in client.get(page).content.decode()
    answer = client.get(reverse("archive_file", args=[finished.slug]))
    assert answer["Content-Disposition"] == f'attachment; filename="{finished.slug}-archive.zip"'
    path = tmp_path / "archive.zip"
    path.write_bytes(answer.getvalue())
    assert verify_archive.main(str(path)) == 0
    with zipfile.ZipFile(path) as archive:
        assert all(archive.read(f"data/{name.lower()}.jsonl") == b"" for name in PRIVATE)
        assert "my own words" not in "".join(archive.read(name).decode("latin-1") for name in archive.namelist())
        assert "No vote in it was sealed" in archive.read("README.md").decode()
    again = restore_archive(path)
    assert flow_of(again).counts() | {"as_of": ""} == flow_of(finished).counts() | {"as_of": ""}
    assert (again.votes.count(), Desk.objects.filter(member__review=again).count()) == (4, 0)


def test_i52_no_archive_is_asked_for_or_made_while_a_vote_is_sealed(finished: Review) -> None:
    client = lead_of(finished)
    make_import(finished, search="Update", records=1)
    item = open_screening(finished)[-1]
    run_jobs(finished)
    assert PENDING in client.get(reverse("archive", args=[finished.slug])).content.decode()
    assert ask(client, finished) == 409
    vote(alice(finished), item, "include")
    job = wait(enqueue(name=JOB, review_id=finished.pk), HANDLERS)
    assert (job.state, job.error.startswith(PENDING)) == ("failed", True)
    assert archive_of(finished)[1] is None


def test_i52_the_page_does_not_differ_by_a_sealed_vote(finished: Review) -> None:
    make_import(finished, search="Update", records=2)
    first, second = open_screening(finished)[-2:]
    before = list(in_the_way(finished))
    postpone(member=bob(finished), item_id=first.pk, why="look again")
    vote(alice(finished), second, "exclude")
    assert list(in_the_way(finished)) == before


def test_i52_a_lone_vote_on_a_record_that_became_a_duplicate_stays_sealed_and_is_told_of(finished: Review) -> None:
    make_import(finished, search="Update", records=1)
    kept, *_, late = open_screening(finished)
    vote(alice(finished), late, "include")
    write_places(finished.pk, {late.record_id: Place(kept.record_id, "rule")})
    run_jobs(finished)
    (sentence,) = in_the_way(finished)
    assert sentence.startswith("Some records became duplicates, or were removed")
    assert ask(lead_of(finished), finished) == 409


def test_only_the_last_archive_is_kept_and_the_lead_can_delete_it(
    finished: Review, django_capture_on_commit_callbacks: Any
) -> None:
    client = lead_of(finished)
    for _ in range(2):
        ask(client, finished)
        run_jobs(finished)
    _, path = archive_of(finished)
    assert path is not None
    assert list(path.parent.iterdir()) == [path]
    assert path.name.startswith("."), "a backup leaves it out"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("archive_delete", args=[finished.slug]))
    assert client.get(reverse("archive_file", args=[finished.slug])).status_code == 404
    assert Job.objects.filter(name=JOB, state="done").count() == 2


@pytest.mark.once
def test_i52_every_table_that_hides_rows_from_others_is_known_to_hide_them() -> None:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    assert {model.__name__ for model in models if hasattr(model._default_manager, "visible_to")} <= set(SEALED)
    assert set(SEALED) | PRIVATE <= {model.__name__ for model in models}
