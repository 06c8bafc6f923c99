"""Every operation of the API x every actor with a token, from one table (P9, P10, P11, P14, AR5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.api.actions import make_token, revoke_token
from screening.api.models import ApiToken
from screening.api.scopes import Scope
from screening.api.site import description
from screening.reviews.actions import end_membership
from screening.roles import Permission, Role, may
from tests.architecture.api_operations import BODIES, OPERATIONS, UPLOADS
from tests.architecture.routes import operations
from tests.architecture.test_access import ROLES, World, _checksum, _world
from tests.factories import alice, lead, make_member, make_user
from tests.screening.api.clients import called_otherwise, script, with_token

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the door's one query is asked on both in tests/screening/api


@pytest.fixture(autouse=True)
def _without_limit(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000


@pytest.fixture
def world() -> World:
    return _world("Taking part in research")


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    name: str
    method: str
    path: str

    @property
    def permission(self) -> Permission:
        return OPERATIONS[self.name][0]

    @property
    def scope(self) -> Scope:
        return OPERATIONS[self.name][1]

    def send(self, client: Client, world: World, **other: object) -> Any:
        """The answer, with a body that the operation takes; ``other`` replaces what is named in the address."""
        given = {
            **world.values,
            "slug": world.review.slug,
            **called_otherwise(world.values),
            **_special(self.name),
        }
        address = self.path.format(**{**given, **other})
        if self.name in UPLOADS:
            file = SimpleUploadedFile("hits.ris", b"TY  - JOUR\nTI  - One more\nER  - \n")
            return client.post(address, {**UPLOADS[self.name], "file": file})
        if self.method == "get":
            return client.get(address)
        return client.generic(self.method.upper(), address, json.dumps(BODIES.get(self.name, {})), "application/json")


def _special(name: str) -> dict[str, object]:
    found: dict[str, dict[str, object]] = {
        "read_form_version": {"number": 1},
        "read_codebook_version": {"number": 1},
        "export_form": {"ending": "json"},
        "export_synthesis": {"name": "matrix"},
        "list_stage": {"name": "to-screen"},
        "export_manuscript": {"name": "manuscript", "ending": "md"},
        **{one: {"number": 1} for one in ("import_file", "change_search", "delete_search")},
    }
    return found.get(name, {})


def _operations() -> Iterator[Operation]:
    for path, methods in description()["paths"].items():
        for method, told in methods.items():
            yield Operation(told["operationId"], method, path)


EVERY = list(_operations())
IN_REVIEW = [one for one in EVERY if one.permission is not Permission.ACCOUNT]
READS = [one for one in EVERY if one.method == "get"]


def _statuses(client: Client, world: World, among: list[Operation], **other: object) -> dict[str, int]:
    return {one.name: one.send(client, world, **other).status_code for one in among}


def test_ar5_every_operation_has_a_row_and_names_its_permission_and_scope() -> None:
    told = {
        one["operationId"]: (Permission(one["x-permission"]), Scope(one["x-scope"]))
        for methods in description()["paths"].values()
        for one in methods.values()
    }
    assert told == OPERATIONS
    assert {f"/{one.pattern}" for one in operations()} == {
        path.replace("{", "<").replace("}", ">") for path in description()["paths"]
    }
    assert all(
        one["security"] == [{"Token": []}] for methods in description()["paths"].values() for one in methods.values()
    )


def test_only_what_reads_is_open_to_a_token_without_scopes() -> None:
    assert {one.name for one in EVERY if one.scope is Scope.READ} == {one.name for one in READS}


@pytest.mark.parametrize("name", ROLES)
def test_p9_a_token_of_each_role_opens_what_the_table_grants_and_nothing_else(world: World, name: str) -> None:
    member = make_member(world.review, f"{name.capitalize()} Tester", *ROLES[name])
    client = script(member.user)
    found = _statuses(client, world, [one for one in READS if one.permission is not Permission.ACCOUNT])
    wrong = [
        (one, got)
        for one, got in found.items()
        if (got == 403) == may(member.roles, OPERATIONS[one][0]) or got not in (200, 403, 404, 409)
    ]
    assert wrong == []
    before = _state()
    refused = [one for one in IN_REVIEW if one.method != "get" and not may(member.roles, one.permission)]
    assert set(_statuses(client, world, refused).values()) <= {403}
    assert _state() == before


def test_p9_a_token_that_may_only_read_changes_nothing(world: World) -> None:
    client = script(make_member(world.review, "Eve Everything", *Role).user, Scope.READ)
    before = _state()
    writing = [one for one in EVERY if one.method != "get"]
    assert set(_statuses(client, world, writing).values()) == {403}
    assert _state() == before


def test_p9_without_a_token_that_works_everything_is_401_and_a_session_opens_nothing(world: World) -> None:
    user = lead(world.review).user
    signed_in = Client()
    signed_in.force_login(user)
    revoked, revoked_secret = make_token(user=user, name="Revoked", scopes=tuple(Scope), days=90)
    revoke_token(token=revoked)
    expired, expired_secret = make_token(user=user, name="Expired", scopes=tuple(Scope), days=1)
    long_ago = timezone.now() - timedelta(days=3)
    ApiToken.objects.filter(pk=expired.pk).update(created_at=long_ago, expires_at=long_ago + timedelta(days=1))
    before = _state()
    for client in (
        Client(),
        signed_in,
        with_token("reviewapp_" + "0" * 64),
        with_token(revoked_secret),
        with_token(expired_secret),
    ):
        assert set(_statuses(client, world, EVERY).values()) == {401}
    assert _state() == before


def test_p9_to_a_strangers_token_a_review_does_not_exist(world: World) -> None:
    client = script(make_user("Dana Stranger"))
    before = _state()
    assert set(_statuses(client, world, IN_REVIEW).values()) == {404}
    assert set(_statuses(client, world, IN_REVIEW, slug="no-such-review").values()) == {404}
    assert _state() == before
    there, nowhere = (client.get(f"/api/v1/reviews/{slug}").content for slug in (world.review.slug, "no-such-review"))
    assert there == nowhere


def test_p11_a_token_dies_with_the_membership_and_with_the_account(world: World) -> None:
    member = alice(world.review)
    client = script(member.user)
    assert client.get(f"/api/v1/reviews/{world.review.slug}").status_code == 200
    end_membership(member=member, actor=lead(world.review).user)
    assert set(_statuses(client, world, IN_REVIEW).values()) == {404}
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert set(_statuses(client, world, EVERY).values()) == {401}


def test_p10_another_reviews_ids_give_404_and_change_nothing(world: World) -> None:
    other = _world("Another review")
    client = script(make_member(world.review, "Eve Everything", *Role).user)
    shared = (
        "import_id",
        "card_id",
        "study_id",
        "file_id",
        "form_id",
        "entry_id",
        "extraction_id",
        "source_id",
        "code_id",
        "declared_id",
        "takeover_id",
        "attempt_id",
    )
    foreign = {name: other.values[name] for name in shared} | called_otherwise(other.values)
    foreign = {name: value for name, value in foreign.items() if name.endswith("_id")}
    asked = [one for one in IN_REVIEW if any(f"{{{name}}}" in one.path for name in foreign)]
    before = _state()
    assert set(_statuses(client, world, asked, **foreign).values()) == {404}
    assert _state() == before


def test_p14_reading_writes_nothing_but_that_the_token_was_used(world: World) -> None:
    client = script(make_member(world.review, "Eve Everything", *Role).user)
    before = _state()
    _statuses(client, world, READS)
    assert _state() == before


def _state() -> dict[str, str]:
    """A digest of every table but the tokens, which tell when they were used."""
    return {label: digest for label, digest in _checksum().items() if label != "screening.ApiToken"}
