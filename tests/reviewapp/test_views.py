"""The pages outside any review: front, invitations, preferences, health, security.txt."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from reviewapp.accounts.models import User
from screening.jobs.models import Worker
from screening.reviews.actions import end_membership, invitation_token, invite
from screening.reviews.models import Invitation, Membership, Review
from screening.roles import Role
from tests.factories import alice, lead, make_import, make_review, make_user, open_screening

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invited(review: Review, email: str = "dana@example.org") -> Invitation:
    return invite(review=review, email=email, roles=[Role.REVIEWER], actor=lead(review).user)


def address(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitation_token(invitation)])


def test_a_visitor_is_offered_to_sign_in_or_up_and_sees_no_review(client: Client) -> None:
    make_review("A secret title")
    page = client.get("/").content.decode()
    assert reverse("account_login") in page
    assert reverse("account_signup") in page
    assert "A secret title" not in page


def test_the_front_page_lists_my_reviews_only_each_with_its_next_task() -> None:
    review = make_review("Mine", frozen=False)
    make_review("Not mine", lead=make_user("Otto Other"))
    page = signed_in(lead(review).user).get("/").content.decode()
    assert "Mine" in page
    assert "Freeze the protocol" in page
    assert "Not mine" not in page


def test_reviews_in_which_something_waits_come_first() -> None:
    busy, quiet = make_review("The older one, with records to screen"), make_review("The newer one, with nothing")
    make_import(busy)
    open_screening(busy)
    client = signed_in(alice(busy).user)
    assert alice(quiet).user == alice(busy).user
    page = client.get("/").content.decode()
    assert 0 < page.index(busy.title) < page.index(quiet.title)


def test_p11_a_review_one_has_left_is_no_longer_listed() -> None:
    review = make_review("Left behind")
    member = alice(review)
    end_membership(member=member, actor=lead(review).user)
    assert "Left behind" not in signed_in(member.user).get("/").content.decode()


def test_someone_without_a_review_is_offered_a_new_one() -> None:
    assert reverse("review_new") in signed_in(make_user()).get("/").content.decode()


def test_p7_opening_an_invitation_changes_nothing_and_leads_to_sign_in_with_a_way_back(client: Client) -> None:
    invitation = invited(make_review())
    page = client.get(address(invitation)).content.decode()
    for name in ("account_login", "account_signup"):
        assert f"{reverse(name)}?next=" in page
    sign_up = html.unescape(re.findall(rf'"({reverse("account_signup")}[^"]*)"', page)[-1])
    assert f'value="{invitation.email}"' in client.get(sign_up).content.decode(), "nobody types the address again"
    assert client.post(address(invitation)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.is_open


def test_p7_one_press_joins_the_review() -> None:
    review = make_review()
    invitation = invited(review)
    client = signed_in(make_user("Dana Stranger"))
    assert "Join the review" in client.get(address(invitation)).content.decode()
    assert not Membership.objects.filter(user__name="Dana Stranger").exists()
    assert client.post(address(invitation))["Location"] == reverse("review_home", args=[review.slug])
    assert Membership.objects.get(user__name="Dana Stranger").roles == (Role.REVIEWER,)
    assert client.post(address(invitation)).status_code == 409


def test_p7_another_account_is_told_to_change_and_cannot_join() -> None:
    review = make_review()
    client = signed_in(make_user("Eve Other"))
    page = client.get(address(invited(review))).content.decode()
    assert "Join the review" not in page
    assert "eve@example.org" in page
    there = address(Invitation.objects.get())
    assert f'name="next" value="{there}"' in page, "signing out leads back here"
    assert client.post(address(Invitation.objects.get())).status_code == 409


@pytest.mark.parametrize("token", ["1", "1:forged", "x:y", "1:2:3"])
def test_p7_a_made_up_link_is_not_found(token: str) -> None:
    invited(make_review())
    assert signed_in(make_user("Dana Stranger")).post(reverse("invitation", args=[token])).status_code == 404


def test_p7_an_invitation_that_is_over_says_so() -> None:
    invitation = invited(make_review())
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "no longer works" in signed_in(make_user("Dana Stranger")).get(address(invitation)).content.decode()


def test_preferences_are_kept_and_the_person_returns_to_the_page() -> None:
    user = make_user()
    sent = {"theme": "dark", "undo_seconds": "15", "next": "/reviews/new/"}
    assert signed_in(user).post(reverse("account_preferences"), sent)["Location"] == "/reviews/new/"
    user.refresh_from_db()
    assert (user.theme, user.shortcuts_on, user.undo_seconds) == ("dark", False, 15)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_preferences_never_lead_to_another_site(back: str) -> None:
    sent = {"theme": "light", "shortcuts_on": "on", "undo_seconds": "6", "next": back}
    assert signed_in(make_user()).post(reverse("account_preferences"), sent)["Location"] == "/"


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"undo_seconds": "0"}, {"undo_seconds": "9999"}])
def test_values_that_were_not_offered_change_no_preference(wrong: dict[str, str]) -> None:
    user = make_user()
    sent = {"theme": "dark", "shortcuts_on": "on", "undo_seconds": "15", **wrong}
    assert signed_in(user).post(reverse("account_preferences"), sent).status_code == 409
    user.refresh_from_db()
    assert (user.theme, user.undo_seconds) == ("system", 6)


def test_p12_preferences_take_no_other_field() -> None:
    user = make_user()
    sent = {"theme": "dark", "undo_seconds": "15", "is_superuser": "on", "email": "x@example.org", "is_demo": "on"}
    signed_in(user).post(reverse("account_preferences"), sent)
    user.refresh_from_db()
    assert (user.theme, user.is_superuser, user.email, user.is_demo) == ("dark", False, "dana@example.org", False)


def test_health_tells_that_the_database_answers_and_when_a_worker_was_seen(client: Client) -> None:
    assert client.get("/health").json() == {"database": True, "worker_seen_seconds": None}
    Worker.objects.create(name="w1", seen_at=timezone.now() - timedelta(seconds=90))
    Worker.objects.create(name="w2", seen_at=timezone.now() - timedelta(seconds=7))
    assert client.get("/health").json()["worker_seen_seconds"] in (7, 8)


def test_health_is_503_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(Worker.objects, "order_by", fail)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_health_asks_one_question_of_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get("/health")


def test_p50_security_txt_says_whom_to_tell_and_until_when(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:safety@example.org"
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer["Content-Type"].startswith("text/plain")
    assert fields["Contact"] == "mailto:safety@example.org"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=366)
