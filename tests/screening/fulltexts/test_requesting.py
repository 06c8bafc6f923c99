"""Requests: who was asked for a report, until when, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.actions import mark_retrieved, set_link_resolver
from screening.fulltexts.models import RetrievalAttempt
from screening.fulltexts.queue import links_to, overdue, requested
from screening.fulltexts.requesting import close_request, request_report
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from tests.factories import alice, included_record, lead, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def record(review: Review) -> Record:
    return included_record(review)


def browser(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def ask(record: Record, *, days_ago: int = 0) -> RetrievalAttempt:
    day = timezone.localdate() - timedelta(days=days_ago)
    return request_report(member=alice(record.review), record=record, asked="The authors", way="E-mail", on=day)


def test_a_request_is_open_until_it_is_closed_and_overdue_after_its_day(review: Review, record: Record) -> None:
    attempt = ask(record, days_ago=14)
    assert attempt.due_on == timezone.localdate()
    assert (requested(review.pk).count(), overdue(review.pk).count()) == (1, 0)
    RetrievalAttempt.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert overdue(review.pk).count() == 1
    close_request(member=alice(review), attempt=attempt, outcome="They have no copy")
    assert (requested(review.pk).count(), overdue(review.pk).count()) == (0, 0)
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.closed_on) == ("They have no copy", timezone.localdate())
    with pytest.raises(NotAllowedNow, match="closed already"):
        close_request(member=alice(review), attempt=attempt, outcome="Again")


def test_a_report_that_comes_ends_every_request_for_it(review: Review, record: Record) -> None:
    ask(record, days_ago=30)
    assert overdue(review.pk).count() == 1
    mark_retrieved(member=alice(review), record=record)
    assert (requested(review.pk).count(), overdue(review.pk).count()) == (0, 0)


def test_an_answer_is_not_expected_before_the_request(record: Record) -> None:
    today = timezone.localdate()
    with pytest.raises(NotAllowedNow, match="cannot be expected before"):
        request_report(
            member=alice(record.review), record=record, asked="A", way="B", on=today, due_on=today - timedelta(days=1)
        )


@pytest.mark.once
def test_requests_are_noted_on_the_report_listed_on_the_board_and_told_at_home(review: Review, record: Record) -> None:
    client, today = browser(alice(review)), timezone.localdate()
    there = reverse("report_request", args=[review.slug, record.number])
    sent = {"asked": "The library", "way": "Interlibrary loan", "on": today - timedelta(days=9), "due_on": today}
    assert client.post(there, sent | {"asked": ""}).status_code == 422
    assert client.post(there, sent).status_code == 302
    board = reverse("fulltexts", args=[review.slug])
    assert "Requested 1" in client.get(board).content.decode()
    assert "Overdue" not in client.get(board).content.decode()
    RetrievalAttempt.objects.update(due_on=today - timedelta(days=2))
    html = client.get(f"{board}?show=overdue").content.decode()
    assert "Requested</bdi> from <bdi>The library</bdi>" in html
    assert "overdue since" in html
    assert "Follow up 1 overdue request" in client.get(reverse("review_home", args=[review.slug])).content.decode()
    close = reverse("report_request_close", args=[review.slug, record.number, RetrievalAttempt.objects.get().pk])
    assert client.post(close, {"outcome": ""}).status_code == 409
    assert client.post(close, {"outcome": "Lost"}).status_code == 302
    assert "overdue" not in client.get(reverse("report", args=[review.slug, record.number])).content.decode()


@pytest.mark.once
def test_the_link_resolver_is_set_by_the_lead_and_opens_each_report(review: Review, record: Record) -> None:
    client, there = browser(lead(review)), reverse("fulltexts_library", args=[review.slug])
    assert client.post(there, {"template": "http://example.org/{doi}"}).status_code == 422
    assert client.post(there, {"template": "https://library.example.org/find?title={title}"}).status_code == 302
    html = client.get(reverse("report", args=[review.slug, record.number])).content.decode()
    assert "https://library.example.org/find?title=What%20clinicians%20say" in html
    assert browser(alice(review)).get(there).status_code == 403
    set_link_resolver(member=lead(review), template="")
    assert links_to(record) == []
