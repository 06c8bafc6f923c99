"""Tokens: shown once, kept as a hash, dated, revoked, logged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from screening.api.access import valid_token
from screening.api.actions import AT_MOST, make_token, note_use, revoke_token
from screening.api.models import ApiToken
from screening.api.scopes import Scope
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from tests.factories import make_user
from tests.screening.api.clients import with_token

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 1, 9, tzinfo=UTC)


def test_a_token_is_kept_as_a_hash_and_its_making_and_revoking_are_logged() -> None:
    user = make_user()
    token, secret = make_token(user=user, name="Flow in R", scopes=[Scope.SCREEN], days=90)
    assert re.fullmatch("reviewapp_[0-9a-f]{64}", secret)
    token.refresh_from_db()
    assert (token.sha256, token.ending) == (sha256(secret.encode()).hexdigest(), secret[-4:])
    assert token.scopes == (Scope.READ, Scope.SCREEN)
    revoke_token(token=token)
    log = AuditEvent.objects.filter(actor_id=user.pk).order_by("pk")
    assert [(one.verb, one.subject_label) for one in log] == [
        ("made an API token", "Flow in R"),
        ("revoked an API token", "Flow in R"),
    ]
    assert not any(secret in str(value) for one in log for value in vars(one).values())
    with pytest.raises(NotAllowedNow, match="already"):
        revoke_token(token=token)


def test_a_change_of_the_password_ends_the_tokens_of_that_account_alone_and_says_so(client: Client) -> None:
    user = make_user(password="an old long sentence")
    (_, mine), (_, others) = (
        make_token(user=one, name="Flow", scopes=[], days=90) for one in (user, make_user("Another Person"))
    )
    client.force_login(user)
    fields = {
        "oldpassword": "an old long sentence",
        "password1": "a new long sentence",
        "password2": "a new long sentence",
    }
    page = client.post(reverse("account_change_password"), fields, follow=True).content.decode()
    assert "1 API token no longer works" in page
    assert valid_token(mine) is None
    assert valid_token(others) is not None


def test_a_token_opens_nothing_once_its_days_are_over_it_is_revoked_or_its_account_is_out() -> None:
    user = make_user()
    with time_machine.travel(NOW, tick=False) as clock:
        token, secret = make_token(user=user, name="Short", scopes=[], days=7)
        assert valid_token(secret) == token
        clock.shift(timedelta(days=7) - timedelta(seconds=1))
        assert valid_token(secret) == token
        clock.shift(1)
        assert valid_token(secret) is None
        lasting, secret = make_token(user=user, name="Lasting", scopes=[], days=None)
        clock.shift(timedelta(days=3650))
        assert valid_token(secret) == lasting
        user.is_active = False
        user.save()
        assert valid_token(secret) is None
        user.is_active = True
        user.save()
        revoke_token(token=lasting)
        assert valid_token(secret) is None


def test_use_is_noted_at_most_every_five_minutes() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token, secret = make_token(user=make_user(), name="Often", scopes=[], days=90)
        seen = []
        for seconds in (0, 290, 20, 400):
            clock.shift(seconds)
            found = valid_token(secret)
            assert found is not None
            note_use(token=found)
            token.refresh_from_db()
            assert token.last_used_at is not None
            seen.append((token.last_used_at - NOW).total_seconds())
    assert seen == [0, 0, 310, 710]


def test_an_account_has_so_many_tokens_that_work_and_no_more() -> None:
    user = make_user()
    made = [make_token(user=user, name=str(n), scopes=[], days=90)[0] for n in range(AT_MOST)]
    with pytest.raises(NotAllowedNow, match="Revoke one"):
        make_token(user=user, name="One more", scopes=[], days=90)
    revoke_token(token=made[0])
    make_token(user=user, name="One more", scopes=[], days=90)


def test_the_database_refuses_a_token_without_a_name_or_with_an_end_before_its_beginning() -> None:
    user = make_user()
    for fields in ({"name": ""}, {"name": "Past", "created_at": NOW, "expires_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.create(user=user, sha256="0" * 64, ending="0000", **fields)


@pytest.mark.once
def test_the_page_shows_a_token_once_and_revokes_ones_own_only(client: Client) -> None:
    user, page = make_user(), reverse("api_tokens")
    client.force_login(user)
    assert client.post(page, {"name": "", "lives": "90"}).status_code == 422
    made = client.post(page, {"name": "Flow in R", "scopes": ["manage"], "lives": "90"})
    secret = re.search("reviewapp_[0-9a-f]{64}", made.content.decode())
    assert secret is not None
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store, private"
    assert secret[0] not in client.get(page).content.decode()
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("Flow in R", (Scope.READ, Scope.MANAGE))
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days == 90
    script = with_token(secret[0])
    assert script.get("/api/v1/me").json() == {"name": user.name, "email": user.email}
    assert "token" not in script.get("/api/v1/me").headers.get("Set-Cookie", "")
    other, _ = make_token(user=make_user("Olga Other"), name="Hers", scopes=[], days=90)
    assert client.post(reverse("api_token_revoke", args=[other.pk])).status_code == 404
    client.post(reverse("api_token_revoke", args=[token.pk]))
    assert script.get("/api/v1/me").status_code == 401
    assert "Revoked" in client.get(page).content.decode()


@pytest.mark.once
def test_a_token_is_made_once_the_password_was_given_again_and_nothing_that_was_filled_in_is_lost(
    client: Client,
) -> None:
    user = make_user(password="correct horse battery staple")
    client.force_login(user)
    page = reverse("api_tokens")
    assert client.get(page).status_code == 200
    asked = client.post(page, {"name": "Flow in R", "lives": "30"})
    assert (asked.status_code, ApiToken.objects.count()) == (302, 0)
    client.post(asked.headers["Location"], {"password": "wrong", "next": page})
    assert ApiToken.objects.count() == 0
    made = client.post(asked.headers["Location"], {"password": "correct horse battery staple", "next": page})
    assert "reviewapp_" in made.content.decode()
    assert ApiToken.objects.get().name == "Flow in R"
