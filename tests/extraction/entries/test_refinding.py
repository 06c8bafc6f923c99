"""Quotes are looked for again when a report gets a new PDF: moved where they are found, flagged where not (I42)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from extraction.consensus.actions import reopen
from extraction.entries.actions import pin, submit_entry, take_place, unpin
from extraction.entries.models import Anchor, Entry
from extraction.entries.queue import quotes_to_check
from extraction.entries.refinding import EVERY, JOB, ask_when_replaced, misquoted
from extraction.tables.models import FormVersion
from screening.fulltexts.actions import attach, remove_file, store
from screening.fulltexts.models import ReportFile
from screening.jobs.models import Job
from screening.reviews.models import Review
from screening.studies.models import Study
from tests.extraction.consensus.test_actions import CONTENT, both, enter, make_form
from tests.factories import alice, bob, included_study, lead, make_review, run_jobs
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def attached(study: Study, lines: list[str]) -> ReportFile:
    upload = SimpleUploadedFile("a.pdf", make_pdf(lines))
    record = study.study_reports.get().record
    return attach(member=lead(study.review), record=record, stored=store(review_id=study.review_id, upload=upload))


def pinned(entry: Entry, file: ReportFile, quote: str) -> Anchor:
    return pin(member=entry.extractor, entry_id=entry.pk, field="people", file=file, page=1, quote=quote)


def looked(review: Review) -> int:
    """Let the clock ask and the worker look; how many looks there were in all."""
    Job.objects.filter(name=JOB).update(started_at=timezone.now() - EVERY - timedelta(seconds=1))
    ask_when_replaced()
    run_jobs(review)
    return Job.objects.filter(name=JOB, state="done").count()


def test_i42_quotes_move_to_the_new_pdf_or_are_flagged_and_the_clock_asks_once() -> None:
    review = make_review()
    study = included_study(review)
    ask_when_replaced()
    assert not Job.objects.filter(name=JOB).exists()
    old = attached(study, ["Trust was low among nurses", "Beds were few on the ward"])
    entry = enter(alice(review), study, make_form(review), "Nurses")
    kept, gone, typed = (pinned(entry, old, one) for one in ("Trust was  low", "Beds were few", "Trust was lost"))
    assert len(misquoted(review)) == 1
    assert looked(review) == 1
    assert told() == {kept.pk: (old.sha256, True), gone.pk: (old.sha256, True), typed.pk: (old.sha256, False)}
    assert misquoted(review) == []
    remove_file(member=lead(review), file=old, reason="Preprint")
    new = attached(study, ["A long report of the same study", "Trust was low among nurses"])
    assert looked(review) == 2
    assert told() == {kept.pk: (new.sha256, True), gone.pk: (old.sha256, False), typed.pk: (old.sha256, False)}
    assert misquoted(review) == []
    Anchor.objects.update(made_at=timezone.now() - timedelta(hours=1))
    ReportFile.objects.update(at=timezone.now() - timedelta(hours=1), removed_at=None)
    assert looked(review) == 2
    assert Entry.objects.get().anchors.count() == 3


def told() -> dict[object, tuple[str, bool]]:
    return {one.pk: (one.sha256, one.found) for one in Anchor.objects.all()}


def test_a_verifier_begins_with_the_quotes_of_the_entry_to_be_checked_and_removes_only_own_copies() -> None:
    review = make_review()
    study, form = included_study(review), make_form(review, "verify")
    file = attached(study, ["Trust was low among nurses", "Beds were few on the ward"])
    entry = enter(alice(review), study, form, "Nurses")
    pinned(entry, file, "Trust was low")
    pinned(entry, file, "Beds were few")
    own = take_place(member=bob(review), study=study, form=form)
    assert quotes_to_check(own) == []
    submit_entry(member=alice(review), entry_id=entry.pk)
    first, second = quotes_to_check(own)
    assert own.anchors.count() == 0
    unpin(member=bob(review), entry_id=own.pk, anchor_id=first.pk)
    own.refresh_from_db()
    assert [one.quote for one in own.anchors.all()] == [second.quote]
    assert (entry.anchors.count(), own.state, quotes_to_check(own)) == (2, "draft", [])


def test_a_reopened_entry_marks_the_question_that_changed_with_what_was_said() -> None:
    review = make_review()
    study = included_study(review)
    form = make_form(review)
    extraction = both(review, study, form, "Nurses", "Nurses")
    asked = CONTENT["sections"][0]["fields"]
    content = {"sections": [{"title": "Study", "fields": [asked[0] | {"label": "Who took part"}, asked[1]]}]}
    FormVersion.objects.create(
        review=review, form=form, number=2, content=content, reason="Pilot", published_at=timezone.now()
    )
    reopen(member=lead(review), extraction_id=extraction.pk, reason="The form has changed")
    own = Entry.objects.get(extractor=alice(review), round=2)
    client = Client()
    client.force_login(alice(review).user)
    told = client.get(reverse("entry", args=[review.slug, own.pk])).content.decode()
    assert told.count("This question has changed") == 1
    assert "It was called “Participants”" in told
    assert "You said: <bdi>Nurses</bdi>" in told
