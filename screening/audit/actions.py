"""Writing the log. Every action calls `record` inside its own transaction."""

from __future__ import annotations

from typing import Any

from reviewapp.accounts.models import User
from reviewapp.rows import insert
from screening.audit.models import AuditEvent


def record(
    *,
    verb: str,
    review_id: int | None,
    actor: User | None,
    subject: tuple[str, int, str] | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    item: tuple[int, int] | None = None,
    sealed: bool = False,
) -> AuditEvent:
    """Append one event.

    ``subject`` is (type, id, label), ``item`` is (item id, round) of a screening decision, ``actor`` None means the site itself.
    """
    kind, subject_id, label = subject or ("", None, "")
    event = AuditEvent(
        review_id=review_id,
        actor_id=actor.pk if actor else None,
        actor_name=str(actor) if actor else "",
        verb=verb,
        subject_type=kind,
        subject_id=subject_id,
        subject_label=label[:300],
        before=before,
        after=after,
        reason=reason,
        item_id=item[0] if item else None,
        round=item[1] if item else None,
        sealed=sealed,
    )
    return insert(event)
