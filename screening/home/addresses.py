"""Addresses inside a review, for whoever may open them."""

from __future__ import annotations

from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from screening.reviews.models import Membership
from screening.roles import Permission


def address_in(name: str, member: Membership, *args: str | int, query: str = "") -> str:
    """An address inside the review; empty where the member may not open the page."""
    permission = page_permissions().get(name)
    if permission is None or not member.may(permission):
        return ""
    return reverse(name, args=[member.review.slug, *args]) + query


@cache
def page_permissions() -> dict[str, Permission]:
    """What each page of the site asks of a member, by url name."""
    found: dict[str, Permission] = {}
    waiting: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if isinstance(one, URLResolver):
            waiting += one.url_patterns
        elif one.name and hasattr(one.callback, "permission"):
            found[one.name] = one.callback.permission
    return found
