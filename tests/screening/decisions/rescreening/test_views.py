"""The pages of a re-screen: its bound first, the bare record, what it finds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item
from screening.decisions.rescreening.models import Reading
from screening.decisions.rescreening.waiting import read_again_task
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership, Review
from tests.factories import lead, make_import, make_member, make_review, open_screening, settled

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
    page = reader.get(task.url).content.decode()
    assert "You have read all of your part" in page
    assert f"Change what you said of record {second.number}" in page, "the last one can be changed as well"
    changed = reader.get(f"{task.url}?record={first.number}").content.decode()
    assert first.title in changed
    assert reader.post(_url(review, "screening_again_read", first.number), {"decision": "exclude"}).status_code == 302
    assert "2</span> of 2 records are read" in client.get(_url(review, "team_rescreen")).content.decode()
    assert client.post(_url(review, "team_rescreen_end")).status_code == 302
    page = client.get(_url(review, "team_rescreen")).content.decode()
    assert f">Record {second.number}</a>" in page
    assert "38 records stand excluded without a conflict and are not yet read again" in page
    assert f">Record {first.number}</a>" not in page
    assert Item.objects.get(record=second).round == 2
    assert reader.get(reverse("team_work", args=[review.slug, "no-stage"])).status_code == 403
    assert client.get(reverse("team_work", args=[review.slug, "no-stage"])).status_code == 404
