"""What the manuscript tells of extraction, appraisal and coding: nothing before it is settled, and then what was done."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_source, code_segment
from extraction.coding.marking import submit as submit_coding
from extraction.consensus.actions import lock, settle
from extraction.consensus.models import Chosen
from extraction.tables.models import Form, FormKind
from extraction.telling import told_of
from screening.manuscript.methods import Topic
from screening.manuscript.queue import checklists
from screening.reviews.models import Review
from tests.extraction.consensus.test_actions import both, make_form
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BY_TWO = "version 1, by two people, independently; differences were settled before a value counted."


def told(review: Review) -> dict[str, str]:
    return {one.topic: one.sentence for one in told_of(review)}


def answers(review: Review) -> dict[str, str]:
    return {item: answer for item, _, answer in checklists(lead(review)).rows}


def page(review: Review) -> str:
    client = Client()
    client.force_login(lead(review).user)
    return client.get(reverse("manuscript", args=[review.slug])).content.decode()


def test_p15_entries_are_told_of_once_a_study_is_settled_and_how_many_are() -> None:
    review = make_review()
    study = included_study(review)
    included_study(review, label="Yarris 2014")
    extraction = both(review, study, make_form(review), "Physicians", "Nurses")
    assert told(review) == {}
    assert "Data collection" not in page(review)
    settle(member=alice(review), extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    lock(member=alice(review), extraction_id=extraction.pk)
    form = Form.objects.get()
    assert told(review) == {
        Topic.COLLECTION: f"Data were extracted with the form “{form.name}”, {BY_TWO} Settled for 1 of 2 included studies.",
        Topic.VARIABLES: f"“{form.name}”: Participants; How many.",
        Topic.CHARACTERISTICS: f"Page “Study characteristics”, “{form.name}”: 1 included study.",
    }
    assert told(review)[Topic.COLLECTION] in page(review)
    assert answers(review)["9"] == told(review)[Topic.COLLECTION]
    assert answers(review)["17"].endswith(told(review)[Topic.CHARACTERISTICS])


@pytest.mark.parametrize(
    ("mode", "by"), [("verify", "by one person, and checked by a second"), ("single", "by one person.")]
)
def test_the_way_a_form_was_filled_in_is_told_as_it_was(mode: str, by: str) -> None:
    review = make_review()
    both(review, included_study(review), make_form(review), "Nurses", "Nurses")
    Form.objects.update(mode=mode)
    assert by in told(review)[Topic.COLLECTION]


def test_an_instrument_is_told_as_appraisal_and_answers_its_items_of_each_checklist() -> None:
    review = make_review()
    both(review, included_study(review), make_form(review), "Nurses", "Nurses")
    Form.objects.update(kind=FormKind.APPRAISAL)
    assert set(told(review)) == {Topic.APPRAISAL, Topic.APPRAISED}
    for kind, method, result in (("systematic", "11", "18"), ("scoping", "12", "16")):
        Review.objects.update(kind=kind)
        review.refresh_from_db()
        assert (answers(review)[method], answers(review)[result]) == (
            told(review)[Topic.APPRAISAL],
            told(review)[Topic.APPRAISED],
        )


def test_i26_coding_is_told_of_once_both_coders_have_submitted() -> None:
    review = make_review()
    study = included_study(review)
    make_codebook(member=lead(review), name="Themes")
    code = add_code(member=lead(review), name="Mentors")
    add_code(member=lead(review), name="Time")
    source = add_source(member=lead(review), study=study, kind="results", label="Results", text="Few mentors. No time.")
    for member in (alice(review), bob(review)):
        assert told(review) == {}
        code_segment(member=member, source=source, start=0, end=12, code=code)
        submit_coding(member=member, study=study)
    said = "by two people, independently, and differences were settled: 1 of 2 codes stand in 1 of 1 included study."
    assert told(review) == {Topic.SYNTHESIS: f"Findings were coded with the codebook “Themes” {said}"}
    assert answers(review)["13"] == told(review)[Topic.SYNTHESIS]
