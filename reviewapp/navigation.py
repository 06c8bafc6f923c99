"""The pages of one review, as the masthead lists them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def review_nav(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: ``review``, ``member`` and ``nav`` inside a review, nothing outside."""
    return {}
