"""The pages of a team's work: the plan with its preview, a pilot round from start to end, and a re-screen with its bound."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item
from screening.decisions.piloting_rounds import pilot_of
from screening.decisions.queue import waiting_for
from screening.decisions.team_tasks import end_pilot_task, read_again_task
from screening.decisions.verdict import Stage
from screening.decisions.work import Reading, StagePlan
from screening.jobs.models import Job
from screening.reviews.models import Membership, Review
from tests.factories import (  # fmt: skip
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    open_screening,
    reveal,
    run_jobs,
    settled,
    vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TA = Stage.TITLE_ABSTRACT


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(review: Review, name: str, *args: object) -> str:
    return reverse(name, args=[review.slug, TA.slug, *args])


def _review(records: int) -> Review:
    review = make_review()
    make_import(review, records=records)
    open_screening(review)
    return review


def test_a_plan_is_previewed_in_numbers_then_saved_and_told() -> None:
    review = _review(10)
    make_record(make_import(review, records=0, search="Search 2"), languages=["ko"])
    open_screening(review)
    ann, ben = (make_member(review, name, languages=("en",)) for name in ("Alice Archer", "Bob Baker"))
    client = _client(lead(review))
    page = client.get(_url(review, "team_work")).content.decode()
    assert "22 votes still to be given on 11 records" in page
    assert "1 record in Korean cannot get both votes: nobody reads it" in page
    asked = {"shared_by": "parts", "order": "random", "seed": "3", f"share_{ann.pk}": "60", f"share_{ben.pk}": "40"}
    preview = client.post(_url(review, "team_work_save"), {**asked, "preview": "1"})
    assert "Would take" in preview.content.decode()
    assert not StagePlan.objects.exists()
    assert client.post(_url(review, "team_work_save"), asked).status_code == 302
    assert "The plan is being done" in client.get(_url(review, "team_work")).content.decode()
    run_jobs(review)
    assert [waiting_for(one, TA).count() for one in (ann, ben)] == [10, 10]
    for wrong in ({"seed": "x"}, {f"share_{ben.pk}": ""}, {f"share_{ben.pk}": "-1"}, {"order": "by colour"}):
        refused = client.post(_url(review, "team_work_save"), {**asked, **wrong})
        assert refused.status_code == 422
        assert 'role="alert"' in refused.content.decode()
    assert Job.objects.filter(name="decisions.share_out").count() == 1


def test_a_pilot_is_started_told_in_numbers_ended_by_its_gate_and_listed() -> None:
    review = _review(12)
    ann, ben = alice(review), bob(review)
    client = _client(lead(review))
    asked = {"size": "10", "gate": "80", "readers": [ann.pk, ben.pk]}
    few = client.post(_url(review, "team_pilot_start"), {**asked, "readers": [ann.pk]})
    assert few.status_code == 422
    assert "needs two reviewers" in few.content.decode()
    assert client.post(_url(review, "team_pilot_start"), asked).status_code == 302
    for item in Item.objects.filter(pilot=1):
        vote(ann, item, "exclude")
        vote(ben, item, "exclude")
    nothing = _client(ben).get(reverse("screening_ta", args=[review.slug])).content.decode()
    assert "A pilot round is under way: the other records are offered when it has ended." in nothing
    assert "told when all have" in _client(ann).get(_url(review, "team_pilot")).content.decode()
    assert end_pilot_task(lead(review)) is None
    reveal(review)
    task = end_pilot_task(lead(review))
    assert task is not None
    assert task.url == _url(review, "team_pilot")
    assert end_pilot_task(ann) is None
    page = client.get(_url(review, "team_pilot")).content.decode()
    assert "10 of 10 pairs of votes, 100 %" in page
    assert client.post(_url(review, "team_pilot_end")).status_code == 302
    page = client.get(_url(review, "team_pilot")).content.decode()
    assert "Gate passed" in page
    assert "Another round" in page
    assert client.post(_url(review, "team_pilot_end")).status_code == 409
    ended = pilot_of(review.pk, TA)
    assert ended is not None
    assert ended.outcome == "passed"


def test_a_re_screen_shows_its_bound_first_is_read_bare_and_opens_what_it_finds() -> None:
    review = _review(40)
    for item in Item.objects.all():
        settled(review, item, "exclude", "exclude")
    dan, client = make_member(review, "Dan Dorn"), _client(lead(review))
    page = client.get(_url(review, "team_rescreen") + "?n=35").content.decode()
    assert "40 records stand excluded" in page
    assert "8.2 %" in page, "0 of 35"
    assert "Draw 35 records" in page
    assert client.post(_url(review, "team_rescreen_start"), {"n": "0"}).status_code == 409
    assert client.post(_url(review, "team_rescreen_start"), {"n": "2"}).status_code == 302
    reader = _client(dan)
    task = read_again_task(dan)
    assert task is not None
    assert task.title == "Read 2 records again"
    first, second = (reading.item.record for reading in Reading.objects.order_by("pk"))
    page = reader.get(task.url).content.decode()
    assert first.title in page
    assert "Alice" not in page
    assert reverse("record", args=[review.slug, first.number]) not in page
    for said, record in (("include", first), ("exclude", second), ("maybe", second)):
        assert reader.post(_url(review, "screening_again_read", record.number), {"decision": said}).status_code == 302
    assert reader.post(_url(review, "screening_again_read", first.number), {"decision": ""}).status_code == 409
    assert "You have read all of your part" in reader.get(task.url).content.decode()
    changed = reader.get(f"{task.url}?record={first.number}").content.decode()
    assert first.title in changed
    assert reader.post(_url(review, "screening_again_read", first.number), {"decision": "exclude"}).status_code == 302
    assert "2</span> of 2 records are read" in client.get(_url(review, "team_rescreen")).content.decode()
    assert client.post(_url(review, "team_rescreen_end")).status_code == 302
    page = client.get(_url(review, "team_rescreen")).content.decode()
    assert f">Record {second.number}</a>" in page
    assert f">Record {first.number}</a>" not in page
    assert Item.objects.get(record=second).round == 2
    assert reader.get(reverse("team_work", args=[review.slug, "no-stage"])).status_code == 403
    assert client.get(reverse("team_work", args=[review.slug, "no-stage"])).status_code == 404
