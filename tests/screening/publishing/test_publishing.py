"""A published flow: final only, frozen, read without an account, and gone once its link is taken back."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from screening.audit.models import AuditEvent
from screening.prisma.counts import flow_of
from screening.publishing.actions import publish
from screening.publishing.models import Publication
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import (
    alice,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    open_screening,
    run_jobs,
    settled,
)

pytestmark = pytest.mark.django_db


def final_review() -> Review:
    """Three records, all excluded at title and abstract."""
    review = make_review()
    make_import(review, records=3, journal="A journal")
    for item in open_screening(review):
        settled(review, item, "exclude", "exclude")
    run_jobs(review)
    return review


def page(one: Publication, query: str = "") -> str:
    answer = Client().get(reverse("published", args=[one.token]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_i51_only_a_final_flow_is_published() -> None:
    review = make_review()
    client = Client()
    client.force_login(lead(review).user)
    for _ in range(2):
        answer = client.post(reverse("publication_new", args=[review.slug]))
        assert answer.status_code == 409
        assert "Only a final flow is published" in answer.content.decode()
        make_import(review, records=1)
    assert "Only a final flow is published" in client.get(reverse("publications", args=[review.slug])).content.decode()
    assert not Publication.objects.exists()


def test_whoever_has_the_link_reads_every_number_and_its_references_but_no_vote() -> None:
    review = final_review()
    one = publish(member=lead(review))
    shown = page(one)
    keys = re.findall(r'class="n-link" href="\?box=([^"]+)"', shown)
    assert "records_excluded" in keys
    for key in keys:
        listed = page(one, f"?box={key}")
        assert f"({flow_of(review).number(unquote(key))})" in listed
        assert listed.count("<li value=") == flow_of(review).number(unquote(key))
        assert "Alice" not in listed
        assert "exclude" not in listed.replace("excluded", "").replace("Excluded", "")
    assert "What clinicians say about research, part 1. A journal 2020." in page(one, "?box=records_excluded")
    assert Client().get(reverse("published", args=[one.token]) + "?box=nothing").status_code == 404
    assert Client().get(reverse("published", args=[one.token]) + "?box=nothing&as=csv").status_code == 404
    assert AuditEvent.objects.get(verb="publish flow").after == {"log_head": one.log_head}


@pytest.mark.once
def test_the_numbers_and_each_list_are_files_too() -> None:
    one = publish(member=lead(final_review()))
    client, address = Client(), reverse("published", args=[one.token])
    for query, name, rows in (
        ("?as=csv", "numbers", len(one.rows)),
        ("?box=records_excluded&as=csv", "records_excluded", 3),
    ):
        answer = client.get(address + query)
        assert answer["Content-Disposition"] == f'attachment; filename="prisma-{name}.csv"'
        assert answer["X-Robots-Tag"] == "noindex"
        assert len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))) == rows
        assert query.replace("&", "&amp;") in page(one, query.replace("as=csv", "").rstrip("&?"))


def test_what_was_published_stays_as_it_was() -> None:
    review = final_review()
    one = publish(member=lead(review))
    before = page(one), page(one, "?box=records_screened")
    make_record(make_import(review, search="Search 2", database="Scopus", records=0), title="One more")
    review.title = "Another title"
    review.save()
    without = [re.sub(r'value="\w{64}"', "", text) for text in (page(one), page(one, "?box=records_screened"))]
    assert without == [re.sub(r'value="\w{64}"', "", text) for text in before]


@pytest.mark.once
def test_a_link_that_was_taken_back_opens_nothing_and_only_the_lead_takes_it_back() -> None:
    review = final_review()
    one = publish(member=lead(review))
    client = Client()
    client.force_login(alice(review).user)
    assert client.post(reverse("publication_revoke", args=[review.slug, one.pk])).status_code == 403
    assert client.get(reverse("publications", args=[review.slug])).status_code == 403
    client.force_login(lead(review).user)
    assert one.token in client.get(reverse("publications", args=[review.slug])).content.decode()
    assert client.post(reverse("publication_revoke", args=[review.slug, one.pk])).status_code == 302
    gone, never = (Client().get(reverse("published", args=[token])) for token in (one.token, one.token[:-1]))
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content, "whether there ever was one is nobody's business"
    assert "No flow is published here" in gone.content.decode()
    assert one.token not in client.get(reverse("publications", args=[review.slug])).content.decode()
    assert client.post(reverse("publication_revoke", args=[review.slug, one.pk])).status_code == 409


@pytest.mark.once
def test_p13_a_publication_of_another_review_is_not_taken_back() -> None:
    one = publish(member=lead(final_review()))
    other = make_member(make_review("Another review"), "Olga Other", Role.LEAD)
    client = Client()
    client.force_login(other.user)
    assert client.post(reverse("publication_revoke", args=[other.review.slug, one.pk])).status_code == 409
    one.refresh_from_db()
    assert one.revoked_at is None
