"""The same form sent twice is one act (P31)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from reviewapp.accounts.models import User
from reviewapp.rows import insert
from screening.decisions.models import Submission

Done = TypeVar("Done")


def once(
    *, user: User, key: uuid.UUID, result: dict[str, Any], act: Callable[[], Done]
) -> tuple[dict[str, Any], Done | None]:
    """Do ``act`` in one transaction with its key; returns ``result`` and what it gave.

    For a key that was used nothing is done: returns the result kept then, and None. Of two at the same moment the second waits
    for the first at the key's row.
    """
    try:
        with transaction.atomic():
            insert(Submission(user=user, key=key, result=result))
            return result, act()
    except IntegrityError:
        kept = Submission.objects.filter(user=user, key=key).first()
        if kept is None:
            raise
        return dict(kept.result), None
