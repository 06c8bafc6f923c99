"""The pages of a review as the masthead lists them."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from reviewapp import navigation
from reviewapp.navigation import PAGES, current_page, review_nav
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import alice, lead, make_member, make_review, make_user

pytestmark = pytest.mark.once


def nav_of(client: Client, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).context["nav"]
    return found


def client_of(review: Review, name: str, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(review, name, role).user)
    return client


@pytest.mark.parametrize(
    ("url_name", "label"),
    [
        ("review_home", "Home"),
        ("review_settings", "Home"),
        ("protocol", "Protocol"),
        ("protocol_criterion_add", "Protocol"),
        ("import_report", "Searches"),
        ("screening_ta", "Screening"),
        ("screening_ft", "Full text"),
        ("report", "Full text"),
        ("ruling", "Conflicts"),
        ("conflict", "Conflicts"),
        ("team_member", "Team"),
        ("prisma_box", "PRISMA"),
    ],
)
def test_every_page_belongs_to_one_entry(url_name: str, label: str) -> None:
    page = current_page(url_name)
    assert page is not None
    assert page.label == label


def test_a_page_of_no_entry_marks_none() -> None:
    assert current_page("front") is None


def test_outside_a_review_there_is_no_navigation() -> None:
    assert review_nav(HttpRequest()) == {}


@pytest.mark.django_db
def test_the_entries_keep_their_order_and_lead_to_pages_that_open() -> None:
    review = make_review()
    client = client_of(review, "Lena Lead", Role.LEAD)
    nav = nav_of(client, reverse("review_home", args=[review.slug]))
    labels = [page.label for page in PAGES]
    shown = [entry["label"] for entry in nav]
    assert shown == [label for label in labels if label in shown]
    assert {"Home", "Protocol", "Team"} <= set(shown)
    assert [entry["label"] for entry in nav if entry["current"]] == ["Home"]
    for entry in nav:
        assert client.get(entry["url"], follow=True).status_code == 200, entry["label"]


@pytest.mark.django_db
def test_only_pages_that_the_member_may_open_are_listed() -> None:
    review = make_review()
    for name, role in (
        ("Alice Archer", Role.REVIEWER),
        ("Carol Chen", Role.ADJUDICATOR),
        ("Olga Observer", Role.OBSERVER),
    ):
        client = client_of(review, name, role)
        for entry in nav_of(client, reverse("team", args=[review.slug])):
            assert client.get(entry["url"], follow=True).status_code == 200, (name, entry["label"])


@pytest.mark.django_db
def test_a_page_that_the_site_does_not_have_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    review = make_review()
    monkeypatch.setattr(navigation, "PAGES", (*PAGES, navigation.Page("Nowhere", "no_such_page", ("no_such",))))
    request = HttpRequest()
    request.member = lead(review)  # type: ignore[attr-defined]
    assert "Nowhere" not in [entry["label"] for entry in review_nav(request)["nav"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "gone"),
    [(Role.LEAD, ["Agreement", "Exports", "History"]), (Role.ADJUDICATOR, [])],
)
def test_where_a_line_would_be_full_the_last_entries_stand_on_a_sheet(role: Role, gone: list[str]) -> None:
    review = make_review()
    client = Client()
    roles = (role, Role.REVIEWER) if role is Role.LEAD else (role,)
    client.force_login(make_member(review, "Robin Role", *roles).user)
    nav = nav_of(client, reverse("review_home", args=[review.slug]))
    assert [entry["label"] for entry in nav if entry["gives_way"]] == gone
    assert len(nav) - len(gone) <= navigation.IN_A_LINE


@pytest.mark.django_db
def test_the_number_of_conflicts_that_wait_stands_beside_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    review = make_review()
    monkeypatch.setitem(navigation.COUNTS, "team", lambda member: 3)
    request = HttpRequest()
    request.member = alice(review)  # type: ignore[attr-defined]
    counts = {entry["label"]: entry["count"] for entry in review_nav(request)["nav"]}
    assert (counts["Team"], counts["Protocol"]) == (3, None)
    assert make_user("Alice Archer") == request.member.user  # type: ignore[attr-defined]
