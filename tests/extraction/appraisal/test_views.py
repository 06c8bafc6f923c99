"""The page of the appraisal: an instrument is taken into use, answered by two, settled, and totalled by the site."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from extraction.appraisal.instruments import instruments
from extraction.appraisal.queue import appraisals_of
from extraction.appraisal.scoring import items
from extraction.consensus.actions import lock, settle, submit
from extraction.consensus.models import Chosen
from extraction.entries.actions import assign, save_entry
from extraction.entries.filling import Said
from extraction.entries.models import Entry
from extraction.tables.actions import publish
from extraction.tables.models import Form, FormKind
from screening.reviews.models import Membership
from tests.extraction.appraisal.test_scoring import QUESTIONS, extremes
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def client(member: Membership) -> Client:
    made = Client()
    made.force_login(member.user)
    return made


def page(member: Membership) -> str:
    answer = client(member).get(reverse("appraisal", args=[member.review.slug]))
    assert answer.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def post(member: Membership, **data: object) -> int:
    return client(member).post(reverse("appraisal_new", args=[member.review.slug]), data).status_code


def test_an_instrument_is_answered_by_two_settled_and_totalled_and_no_answer_is_told_before() -> None:
    review = make_review()
    mei, study = lead(review), included_study(review)
    assert "No instrument is in use yet" in page(alice(review))
    assert post(mei, instrument="nothing") == 409
    assert post(mei, instrument="nos-e") == 302
    form = Form.objects.get()
    assert form.kind == FormKind.APPRAISAL
    assert "not published yet" in page(mei)
    publish(member=mei, form=form)
    extraction = assign(member=mei, study=study, form=form, people=[alice(review), bob(review)])
    spec = instruments()["nos-e"].spec
    best, worst = extremes(spec, max), extremes(spec, min)
    before = page(bob(review))
    for person, answers in ((alice(review), best), (bob(review), best | {"blinding": worst["blinding"]})):
        entry = Entry.objects.get(extraction=extraction, extractor=person)
        save_entry(
            member=person, entry_id=entry.pk, said={key: Said(value=one) for key, one in answers.items()}, saves=0
        )
        submit(member=person, entry_id=entry.pk)
        if person == alice(review):
            assert page(bob(review)) == before, "the first to submit changes nothing for the other"
    assert "Values differ" in page(bob(review))
    assert "<svg" not in page(bob(review)), "a difference has no total"
    settle(member=mei, extraction_id=extraction.pk, field="blinding", chosen=Chosen.SECOND)
    lock(member=mei, extraction_id=extraction.pk)
    (found,) = appraisals_of(review)
    assert found.settled[0].total is not None
    assert (found.settled[0].total.points, found.settled[0].total.most) == (5, 6)
    shown = page(bob(review))
    assert "<b>5</b>" in shown
    assert "<svg" in shown
    for ending, words in (("csv", b"5,6"), ("svg", b"5 of 6"), ("xlsx", b"PK"), ("docx", b"PK")):
        file = client(mei).get(reverse("appraisal_file", args=[review.slug, form.pk, ending]))
        assert words in file.getvalue()
    assert client(mei).get(reverse("appraisal_file", args=[review.slug, form.pk, "exe"])).status_code == 404


def test_a_team_brings_an_instrument_whose_licence_it_holds() -> None:
    review = make_review()
    assert post(lead(review), file=SimpleUploadedFile("a.yaml", b"- nothing")) == 409
    assert post(lead(review), file=SimpleUploadedFile("a.yaml", QUESTIONS)) == 302
    form = Form.objects.get(name="Questions")
    publish(member=lead(review), form=form)
    assert "has no total" in page(lead(review))
    assert len(items(appraisals_of(review)[0].spec)) == 2
    assert post(alice(review), instrument="mersqi") == 403
