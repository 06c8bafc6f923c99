"""The API as a whole: its description, and how it refuses."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from extraction import api as extracting
from screening import api as screening
from screening.api.scopes import Scope
from screening.api.site import description
from tests.factories import alice, lead, make_import, make_review, open_screening
from tests.screening.api.clients import Script, script

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_no_two_shapes_share_a_name_since_the_description_would_tell_only_one() -> None:
    names = Counter(
        node.name
        for step in (screening, extracting)
        for path in Path(step.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, n in names.items() if n > 1] == []


def test_the_description_is_open_to_everybody_and_the_same_twice() -> None:
    first, second = (Client().get("/api/v1/openapi.json") for _ in range(2))
    assert (first.status_code, first.content) == (200, second.content)
    assert first.json()["openapi"].startswith("3.1")
    told = [one for methods in description()["paths"].values() for one in methods.values()]
    assert all(one["summary"] and one["tags"] for one in told)


def test_the_reference_lists_every_operation_without_an_account() -> None:
    page = Client().get("/api/").content.decode().replace("<wbr>", "")
    for path, methods in description()["paths"].items():
        assert all(f"{method.upper()} {path}" in page for method in methods)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/records?limit=0", "limit: "),
        ("/records?cursor=none-of-ours", "That cursor is none of ours"),
        ("/records?box=nothing", "box: no number of the flow"),
        ("/protocol?version=x", "version: "),
        ("/records?lists=included", "lists: this operation takes cursor, limit, q, search, source, import, list, box,"),
        ("/team?limit=5", "limit: this operation takes nothing in its address"),
    ],
)
def test_bad_input_gets_one_sentence_that_names_what_is_wrong(path: str, sentence: str) -> None:
    review = make_review()
    refusal = Script(lead(review).user, review).get(path, 422)
    assert refusal["detail"].startswith(sentence)
    assert refusal["detail"].endswith(".")


@pytest.mark.parametrize("body", [b"{", b'"\\u0000"', b'{"reason": "\\ud800"}'])
def test_a_body_that_cannot_be_kept_is_refused_in_json(body: bytes) -> None:
    review = make_review()
    address = f"/api/v1/reviews/{review.slug}/screening/title-abstract/records/1/postpone"
    response = script(alice(review).user).post(address, body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert response.json()["detail"]


def test_a_mistyped_key_is_refused_and_named() -> None:
    review = make_review()
    make_import(review)
    open_screening(review)
    refusal = Script(alice(review).user, review).post(
        "/screening/title-abstract/records/1/vote", {"decision": "include", "notes": "Fits"}, 422
    )
    assert refusal["detail"] == "notes: extra inputs are not permitted."


def test_an_address_with_a_nul_is_refused_in_json() -> None:
    review = make_review()
    response = script(lead(review).user).get(f"/api/v1/reviews/{review.slug}/records?q=%00")
    assert (response.status_code, response.json()["detail"]) == (400, "What was sent cannot be read.")


def test_too_many_requests_are_told_how_long_to_wait(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    client = script(make_review().memberships.get().user)
    statuses = [client.get("/api/v1/me") for _ in range(4)]
    assert [one.status_code for one in statuses] == [200, 200, 200, 429]
    assert 1 <= int(statuses[-1].headers["Retry-After"]) <= 60


def test_a_refusal_by_the_state_names_its_rule() -> None:
    review = make_review()
    make_import(review)
    open_screening(review)
    refusal = Script(alice(review).user, review).send("DELETE", "/screening/title-abstract/records/1/vote", status=409)
    assert refusal["detail"] == "You have no vote on this record to take back."
    refusal = Script(alice(review).user, review).post(
        "/screening/title-abstract/records/1/vote", {"decision": "include", "protocol": 7}, 409
    )
    assert refusal["rule"] == "P36"


def test_a_token_lacks_what_its_scope_does_not_say() -> None:
    review = make_review()
    make_import(review)
    open_screening(review)
    refusal = Script(alice(review).user, review, Scope.READ).post(
        "/screening/title-abstract/records/1/vote", {"decision": "include"}, 403
    )
    assert "scope “screen”" in refusal["detail"]


def test_an_address_that_leads_nowhere_says_so_in_json() -> None:
    for address in ("/api/v1/review", "/api/v1/reviews/", "/api/v1/"):
        response = Client().get(address)
        assert (response.status_code, response.json()["rule"]) == (404, "")


def test_another_method_is_told_which_ones_there_are() -> None:
    review = make_review()
    for client in (Client(), script(lead(review).user)):
        response = client.delete("/api/v1/reviews")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
        assert response.json() == {"detail": "This address takes GET, POST, not DELETE.", "rule": ""}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer reviewapp_none"}])
def test_whoever_has_no_token_is_told_how_to_send_one(headers: dict[str, str]) -> None:
    response = Client(headers=headers).get("/api/v1/reviews")
    assert response.status_code == 401
    assert response.json()["detail"].startswith("Send a token that works: `Authorization: Bearer reviewapp_…`.")


@pytest.mark.parametrize(
    ("body", "kind"), [("{", "application/json"), ("label=x", "application/x-www-form-urlencoded")]
)
def test_a_body_that_is_no_json_is_told_what_to_send(body: str, kind: str) -> None:
    review = make_review()
    address = f"/api/v1/reviews/{review.slug}/searches"
    response = script(lead(review).user).post(address, body, content_type=kind)
    assert (response.status_code, response.json()["detail"][:43]) == (
        400,
        "The body cannot be read: send JSON in UTF-8",
    )
