"""Lists a page at a time, by key: a page begins where the last one ended, however many there are before it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema
from pydantic import Field

from screening.api.problems import BadInput

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")
MOST = 500
LARGEST = 2**62


class Asked(Schema):
    """Which page of a list."""

    cursor: str = Field("", max_length=300, description="`next` of the page before; empty for the first page.")
    limit: int = Field(100, ge=1, le=MOST, description="How many at most.")


PageAsked = Query[Asked]


class Page(Schema, Generic[Shown]):
    """One page of a list. ``next`` is the cursor of the page that follows, null on the last one."""

    items: list[Shown]
    next: str | None


def cut(rows: QuerySet[Row], asked: Asked, keys: Sequence[str] = ("pk",)) -> tuple[list[Row], str | None]:
    """The rows of the page in the order of ``keys``, attributes or annotations that are never null and together unique."""
    if asked.cursor:
        rows = rows.filter(_beyond(keys, opened(asked.cursor, len(keys))))
    found = list(rows.order_by(*keys)[: asked.limit + 1])
    following = len(found) > asked.limit
    found = found[: asked.limit]
    return found, closed([getattr(found[-1], key) for key in keys]) if following else None


def _beyond(keys: Sequence[str], edge: Sequence[Any]) -> Q:
    """Rows after the edge: (a, b) > (x, y) spelt out."""
    wanted, equal = Q(), Q()
    for key, value in zip(keys, edge, strict=True):
        wanted |= equal & Q(**{f"{key}__gt": value})
        equal &= Q(**{key: value})
    return wanted


def closed(values: Sequence[int | str]) -> str:
    """A cursor of these values."""
    return base64.urlsafe_b64encode(json.dumps(list(values), separators=(",", ":")).encode()).decode().rstrip("=")


def opened(cursor: str, n: int) -> list[int]:
    """The ``n`` whole numbers in a cursor. Raises BadInput for one that we did not write."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != n or not all(_is_key(value) for value in values):
        raise BadInput("That cursor is none of ours: take `next` of the page before, or leave it out.")
    return values


def _is_key(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST
