"""Accounts in the site's own words: each page opens, each message is sent, and the whole way round a forgotten password works."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from reviewapp.accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.once

OLD, NEW = "correct horse battery", "staple window orchard"


@pytest.fixture
def dana(db: None) -> User:
    return make_user("Dana Stranger", password=OLD)


def _link_in_the_last_message() -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found.group(1)


def test_a_forgotten_password_is_replaced_by_the_link_in_the_message(client: Client, dana: User) -> None:
    client.post("/accounts/password/reset/", {"email": dana.email})
    assert mail.outbox[-1].subject == "Choose a new password"
    asked = client.get(_link_in_the_last_message(), follow=True)
    assert "Choose a new password" in asked.content.decode()
    client.post(asked.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert client.login(email=dana.email, password=NEW)
    assert not Client().login(email=dana.email, password=OLD)


def test_a_used_or_damaged_link_says_how_to_get_a_new_one(client: Client, dana: User) -> None:
    page = client.get("/accounts/password/reset/key/1-damaged/", follow=True).content.decode()
    assert "This link no longer works" in page
    assert "/accounts/password/reset/" in page


def test_an_address_without_an_account_gets_a_message_and_the_page_does_not_tell(client: Client, dana: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": dana.email}, follow=True).content
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True).content
    assert mail.outbox[-1].subject == "No account has this address"
    strip = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub(b"", known) == strip.sub(b"", unknown)


def test_signing_up_sends_a_link_that_confirms_the_address(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"name": "Ida New", "email": "ida@example.org", "password1": OLD})
    assert mail.outbox[-1].subject == "Confirm your e-mail address"
    assert "the account of Ida New" in str(mail.outbox[-1].body)
    link = _link_in_the_last_message()
    assert "Confirm the address" in client.get(link).content.decode()
    client.post(link)
    assert "ida@example.org</bdi> <span" in client.get("/accounts/email/").content.decode()
    assert User.objects.get(email="ida@example.org").emailaddress_set.get().verified  # type: ignore[attr-defined]


def test_our_messages_greet_nobody_and_shout_at_nobody(client: Client, dana: User) -> None:
    client.post("/accounts/signup/", {"name": "Ida New", "email": "ida@example.org", "password1": OLD})
    client.post("/accounts/password/reset/", {"email": dana.email})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert "!" not in message.subject + str(message.body)
        assert "do nothing" in str(message.body)


def test_the_second_factor_is_set_up_with_a_square_drawn_in_the_page(client: Client, dana: User) -> None:
    dana.emailaddress_set.create(email=dana.email, verified=True, primary=True)  # type: ignore[attr-defined]
    client.force_login(dana)
    client.post("/accounts/reauthenticate/", {"password": OLD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert re.search(r'<svg [^>]*viewBox="[^>]*><path d="M', page)
    assert "data:image" not in page
    assert 'href="otpauth://totp/' in page, "nobody can scan the phone with itself"


def test_u6_a_wrong_password_is_told_with_what_to_do(client: Client, dana: User) -> None:
    page = client.post("/accounts/login/", {"login": dana.email, "password": NEW}).content.decode()
    assert "This address and password do not belong together" in page


def _sign_up(client: Client) -> User:
    client.post("/accounts/signup/", {"name": "Ida New", "email": "ida@example.org", "password1": OLD})
    return User.objects.get(email="ida@example.org")


def test_u6_a_second_factor_waits_for_a_confirmed_address_and_its_page_sends_the_link(
    client: Client, settings: Settings, db: None
) -> None:
    settings.EMAIL_HOST, settings.MFA_ALLOW_UNVERIFIED_EMAIL = "mail.example.org", False
    ida = _sign_up(client)
    page = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    assert "First confirm <bdi>ida@example.org</bdi>" in page
    assert 'href="/accounts/2fa/totp/activate/"' not in page
    settings.ACCOUNT_RATE_LIMITS = False
    client.post("/accounts/email/", {"email": ida.email, "action_send": ""})
    assert len(mail.outbox) == 2
    client.post(_link_in_the_last_message())
    assert 'href="/accounts/2fa/totp/activate/"' in client.get("/accounts/2fa/").content.decode()


def test_a_site_without_mail_asks_for_no_confirmed_address_and_says_where_its_messages_are(
    client: Client, db: None
) -> None:
    _sign_up(client)
    assert "appears in the window in which it was started" in client.get("/").content.decode()
    assert "appear in the window" in client.get("/accounts/email/").content.decode()
    assert "appear in the window" in client.get("/accounts/password/reset/done/").content.decode()
    client.post("/accounts/reauthenticate/", {"password": OLD})
    assert "Turn on the second factor" in client.get("/accounts/2fa/totp/activate/").content.decode()


def test_a_site_with_mail_says_that_the_message_is_on_its_way(client: Client, settings: Settings, db: None) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    _sign_up(client)
    assert "on its way to ida@example.org" in client.get("/").content.decode()
    assert "appear in the window" not in client.get("/accounts/email/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "password/change/",
        "logout/",
        "2fa/",
        "sessions/",
        "inactive/",
        "confirm-email/",
        "password/reset/key/done/",
    ],
)
def test_account_pages_open_in_our_own_frame(client: Client, dana: User, path: str) -> None:
    client.force_login(dana)
    page = client.get(f"/accounts/{path}").content.decode()
    assert '<header class="masthead">' in page
    assert page.count("<h1") == 1
