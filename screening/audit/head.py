"""The last hash of a review's log, found without hashing again what was hashed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from screening.audit.chain import START, TOLD, link
from screening.audit.models import AuditEvent

SETTLED = timedelta(hours=1)  # older acts have none before them that a long transaction may still bring


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the chain was followed: ``upto`` is the number of the last act, ``head`` its hash."""

    upto: int = 0
    head: str = START


def log_head(review_id: int, *, at_most: int | None = None) -> tuple[str, Reached]:
    """The last hash of the chain ("" where more than ``at_most`` acts are to be hashed for it), and what to `keep` of the way.

    Reads only, so that it may stand in one snapshot with the numbers that it seals.
    """
    kept = Reached(*(cache.get(_key(review_id)) or ()))
    events = AuditEvent.objects.filter(review_id=review_id, pk__gt=kept.upto).order_by("pk")
    if at_most is not None and events[at_most : at_most + 1].exists():
        return "", kept
    head, settled, before = kept.head, True, timezone.now() - SETTLED
    for pk, *told in events.values_list("pk", *TOLD).iterator(chunk_size=2000):
        event = dict(zip(TOLD, told, strict=True))
        settled = settled and event["at"] < before
        head = link(head, event | {"at": event["at"].isoformat()})
        kept = Reached(pk, head) if settled else kept
    return head, kept


def keep(review_id: int, reached: Reached) -> None:
    """Remember how far the chain was followed, for the next time. Not inside a read-only snapshot."""
    if reached.upto:
        cache.set(_key(review_id), (reached.upto, reached.head), timeout=None)


def _key(review_id: int) -> str:
    return f"log-head-{review_id}"
