"""create_account and create_review: their options, JSON and refusals are a contract for scripts."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from reviewapp.accounts.models import User
from screening.protocol.versions import active_protocol, draft_of
from screening.reviews.models import Membership, Review
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def roles(review: Review) -> dict[str, str]:
    return {
        member.user.name: member.role_words
        for member in Membership.objects.filter(review=review).select_related("user")
    }


def test_create_account_with_a_password_file_makes_an_account_that_can_sign_in(tmp_path: Path, client: Client) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    out = json.loads(
        run("create_account", "Dana@Example.org", "--name", "Dana", "--password-file", str(file), "--json")
    )
    assert out == {"account": "dana@example.org"}
    assert client.login(email="dana@example.org", password="correct horse battery")


def test_p5_create_account_without_a_file_prints_a_link_that_sets_the_password_once(client: Client) -> None:
    out = json.loads(run("create_account", "dana@example.org", "--json"))
    account = User.objects.get(email=out["account"])
    assert not account.has_usable_password()
    path = urlsplit(out["link"]).path
    opened = client.get(path)
    assert opened.status_code == 302
    client.post(opened["Location"], {"password1": "correct horse battery", "password2": "correct horse battery"})
    account.refresh_from_db()
    assert account.check_password("correct horse battery")
    assert Client().get(path).status_code == 200  # the link is used up: it redirects to no form any more


def test_create_account_says_the_link_in_words_too() -> None:
    out = run("create_account", "dana@example.org")
    assert out.startswith("Made the account dana@example.org.\nSet the password within 60 minutes at http")


@pytest.mark.parametrize("email", ["", "no address", "dana@"])
def test_create_account_refuses_what_is_no_address(email: str) -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        run("create_account", email)


def test_create_account_refuses_a_known_address_in_any_case() -> None:
    make_user("Dana Stranger")
    with pytest.raises(CommandError, match="exists already"):
        run("create_account", "DANA@example.org")


def test_create_account_refuses_a_weak_password_and_a_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("12345\n")
    with pytest.raises(CommandError, match="too short"):
        run("create_account", "dana@example.org", "--password-file", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run("create_account", "dana@example.org", "--password-file", str(tmp_path / "none"))
    assert not User.objects.exists()


def test_create_review_makes_the_team_and_freezes_the_preset() -> None:
    for name in ("Lena Lead", "Alice Archer", "Bob Baker", "Carol Chen"):
        make_user(name)
    out = run(
        *("create_review", "Taking part", "--lead", "lena@example.org", "--preset", "medical-education"),
        *(
            "--reviewer",
            "alice@example.org",
            "--reviewer",
            "bob@example.org",
            "--adjudicator",
            "carol@example.org",
            "--json",
        ),
    )
    review = Review.objects.get(slug=json.loads(out)["review"])
    assert roles(review) == {
        "Lena Lead": "Lead",
        "Alice Archer": "Reviewer",
        "Bob Baker": "Reviewer",
        "Carol Chen": "Adjudicator",
    }
    version = active_protocol(review)
    assert version is not None
    assert (version.number, version.criteria.count()) == (1, 7)


def test_create_review_may_leave_the_criteria_a_draft() -> None:
    make_user("Lena Lead")
    run("create_review", "Taking part", "--lead", "lena@example.org", "--preset", "medical-education", "--draft")
    review = Review.objects.get()
    draft = draft_of(review)
    assert active_protocol(review) is None
    assert draft is not None
    assert draft.criteria.count() == 7


def test_create_review_gives_one_person_several_roles() -> None:
    make_user("Lena Lead")
    run("create_review", "T", "--lead", "lena@example.org", "--reviewer", "LENA@example.org")
    assert roles(Review.objects.get()) == {"Lena Lead": "Lead, Reviewer"}


@pytest.mark.parametrize(
    "words",
    [("T", "--lead", "nobody@example.org"), ("T", "--lead", "lena@example.org", "--reviewer", "nobody@example.org")],
)
def test_create_review_creates_no_account_and_leaves_nothing_behind(words: tuple[str, ...]) -> None:
    make_user("Lena Lead")
    with pytest.raises(CommandError, match=r"No account for nobody@example\.org"):
        run("create_review", *words)
    assert (Review.objects.count(), User.objects.count()) == (0, 1)


def test_create_review_refuses_an_empty_title() -> None:
    make_user("Lena Lead")
    with pytest.raises(CommandError, match="title"):
        run("create_review", " ", "--lead", "lena@example.org")
