"""The same form sent twice is one act (P31); a stale tab does not overwrite what was said since."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from reviewapp.accounts.models import User
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Submission, Vote
from screening.reviews.models import Membership


def once(*, user: User, key: uuid.UUID, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do ``act`` in one transaction with its key and return its result; for a key that was used, return the result kept then."""
    kept = Submission.objects.filter(user=user, key=key).first()
    if kept is not None:
        return dict(kept.result)
    try:
        with transaction.atomic():
            row = Submission.objects.create(user=user, key=key)
            result = act()
            row.result = result
            row.save(update_fields=["result"])
            return result
    except IntegrityError:
        other = Submission.objects.filter(user=user, key=key).first()
        if other is None:
            raise
        return dict(other.result)


def stamp(vote: Vote | None) -> str:
    """What a page knows of one's own vote: empty before the first, then the time of its last change."""
    return (vote.changed_at or vote.cast_at).isoformat() if vote else ""


def refuse_if_stale(*, member: Membership, item_id: int, known: str) -> None:
    """Raise NotAllowedNow when one's own vote is not the one that the page showed."""
    own = Vote.objects.active().filter(item_id=item_id, reviewer=member).first()
    if own is not None and stamp(own) != known:
        raise NotAllowedNow(
            f"You have voted {own.get_decision_display()} on this record in another tab. "
            "That vote stands; open the record again to change it.",
            rule="P31",
        )
