"""A script with a token, as tests drive it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client

from reviewapp.accounts.models import User
from screening.api.actions import make_token
from screening.api.scopes import Scope
from screening.reviews.models import Review

BASE = "/api/v1"


def script(user: User, *scopes: Scope) -> Client:
    """A client that sends a new token of ``user``; with every scope where none is named."""
    _, secret = make_token(user=user, name="Test", scopes=scopes or tuple(Scope), days=90)
    return with_token(secret)


def called_otherwise(values: Mapping[str, object]) -> dict[str, object]:
    """What addresses of the API call otherwise than those of the pages, or name by another value."""
    return {
        "conflict_id": values["item_id"], "member_id": values["member"], "invitation_id": values["invitation"], "version": 1,
        "act_number": 1, "outcome": values["decision"], "proposal_id": 1, "claim_id": 1, "decision_id": 1, "quote_id": "0" * 32,
    }  # fmt: skip


def with_token(secret: str) -> Client:
    """A client that sends this token, and no cookie."""
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=True)


class Script:
    """A script of one person in one review: paths below the review, JSON in and out."""

    def __init__(self, user: User, review: Review, *scopes: Scope) -> None:
        self.client = script(user, *scopes)
        self.base = f"{BASE}/reviews/{review.slug}"

    def get(self, path: str = "", status: int = 200, **query: Any) -> Any:
        """The answer to a GET; its status must be ``status``."""
        response = self.client.get(self.base + path, query)
        assert response.status_code == status, (response.status_code, response.content[:500])
        return response.json()

    def send(
        self, method: str, path: str, body: Any = None, status: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """The answer to any other method."""
        response = self.client.generic(
            method, self.base + path, _dumped(body), content_type="application/json", headers=headers
        )
        assert response.status_code == status, (response.status_code, response.content[:500])
        return response.json() if response.content else None

    def post(self, path: str, body: Any = None, status: int = 200, key: str = "") -> Any:
        """The answer to a POST, with an idempotency key where one is given."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.send("POST", path, {} if body is None else body, status, headers)


def _dumped(body: Any) -> str:
    return "" if body is None else json.dumps(body)
