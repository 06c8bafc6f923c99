"""The page of a plan: previewed in numbers, saved, refused where it cannot be."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.queue import waiting_for
from screening.decisions.sharing.models import StagePlan
from screening.decisions.verdict import Stage
from screening.jobs.models import Job
from screening.reviews.models import Membership, Review
from tests.factories import lead, make_import, make_member, make_record, make_review, open_screening, run_jobs

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


def test_a_preview_counts_who_must_vote_on_every_record() -> None:
    review = _review(12)
    ann, ben, cat = (make_member(review, name) for name in ("Alice Archer", "Bob Baker", "Cat Cole"))
    parts = {f"share_{one.pk}": "1" for one in (ann, ben, cat)}
    asked = {"shared_by": "parts", "order": "import", "seed": "3", **parts}
    client = _client(lead(review))

    def taken(**more: str) -> dict[int, int]:
        page = client.post(_url(review, "team_work_save"), {**asked, **more, "preview": "1"})
        return {row["member"].pk: row["takes"] for row in page.context["rows"]}

    assert {taken()[one.pk] for one in (ann, ben, cat)} == {8}
    with_key = taken(**{f"key_{ann.pk}": "on"})
    assert [with_key[one.pk] for one in (ann, ben, cat)] == [12, 6, 6]


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
