"""Which events of the log a member may read, and under which names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.decisions.models import Item
from screening.decisions.verdict import ItemState
from screening.history.wording import in_words
from screening.reviews.models import Membership
from screening.roles import Permission

#: Acts of extraction and coding that name who does it, in the order of their places, or whose value stands: read beside a comparison
#: without names they would tell who is the first and who the second (S4).
NAMES_EXTRACTORS = frozenset({
    "assign extraction", "take extraction", "submit entry", "settle value",
    "submit coding", "take back coding", "settle coding", "undo settled coding",
})  # fmt: skip


def visible_events(member: Membership, now: datetime | None = None) -> QuerySet[AuditEvent]:
    """Events of the review, newest first, without other people's acts on sealed votes (B2, I52).

    To those who may rule, nothing that was said or done on an item shows until that item is final (S4): times and order would
    tell who is who. Neither do the earlier rounds of an item that was opened again, whose voters may be the same, nor other
    people's acts that name extractors: an extraction may be opened again at any time, and has the same people then.
    """
    moment = now or timezone.now()
    events = AuditEvent.objects.filter(review_id=member.review_id).filter(_open_to(member, moment))
    if member.may(Permission.ADJUDICATE):
        ruled = Q(item_id__isnull=True) & ~Q(verb__in=NAMES_EXTRACTORS)
        events = events.filter(ruled | Q(actor_id=member.user_id) | Exists(_settled(moment)))
    return events.order_by("-at", "-id")


def _open_to(member: Membership, now: datetime) -> Q:
    revealed = Item.objects.filter(pk=OuterRef("item_id")).filter(
        Q(reveal_at__lte=now) | Q(round__gt=OuterRef("round"))
    )
    return Q(sealed=False) | Q(actor_id=member.user_id) | Q(Exists(revealed))


def _settled(now: datetime) -> QuerySet[Item]:
    return Item.objects.revealed(now).filter(pk=OuterRef("item_id"), state=ItemState.FINAL)


@dataclass(frozen=True)
class Line:
    """One event in words: ``changes`` are (field, old, new)."""

    event: AuditEvent
    changes: list[tuple[str, str, str]]

    @property
    def words(self) -> str:
        """What was done, in the style of all the others."""
        return in_words(self.event.verb, of_another=self.event.actor_name != self.event.subject_label)


def lines(events: Iterable[AuditEvent]) -> list[Line]:
    """Events with their old and new values side by side."""
    return [Line(event, list(_changes(event.before, event.after))) for event in events]


def _changes(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:
    if not isinstance(before, dict) and not isinstance(after, dict):
        if before is not None or after is not None:
            yield "", _words(before), _words(after)
        return
    old, new = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
    for name in dict.fromkeys([*old, *new]):
        was, became = _words(old.get(name)), _words(new.get(name))
        if was != became:
            yield name.replace("_", " "), was, became


def _words(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        return "; ".join(
            f"{key.replace('_', ' ')}: {_words(part)}" for key, part in value.items() if part not in (None, "", [], {})
        )
    if isinstance(value, list):
        return ", ".join(_words(part) for part in value)
    return str(value).replace("_", " ") if isinstance(value, str) and " " not in value else str(value)
