"""Reads of the screening stages: what waits for whom, and the four lists of a stage."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Least
from django.utils import timezone

from screening.decisions.models import Item, ItemQuerySet, Postponed, QueueCursor, Vote, VoteQuerySet
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.reviews.models import Membership

OPEN_STATES = (ItemState.OPEN.value, ItemState.PARTIAL.value)


def items_of(member: Membership, stage: Stage) -> ItemQuerySet:
    """Every item of the stage that is in play: neither duplicate nor removed; at full text the report is at hand and still sought."""
    return in_play(member.review_id, stage)


def in_play(review_id: int, stage: Stage) -> ItemQuerySet:
    """The same for a review."""
    items = Item.objects.filter(review_id=review_id, stage=stage).standing()
    if stage is Stage.FULL_TEXT:
        items = items.filter(record__report__status="retrieved").filter(_passed_title_and_abstract())
    return items


def _passed_title_and_abstract() -> Exists:
    return Exists(
        Item.objects.revealed().filter(
            record_id=OuterRef("record_id"),
            stage=Stage.TITLE_ABSTRACT,
            state=ItemState.FINAL,
            decision=Decision.INCLUDE,
        )
    )


def waiting_for(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items that still take this member's vote: open or half voted, not voted by them, in a language they read (S7)."""
    items = items_of(member, stage).filter(state__in=OPEN_STATES).exclude(_voted_by(member))
    items = items.filter(~(Q(mode=Mode.SINGLE, state=ItemState.PARTIAL) & Q(Exists(votes_of_the_present()))))
    if member.languages:
        items = items.filter(record__standing__language__in=["", *member.languages])
    return items


def votes_of_the_present() -> VoteQuerySet:
    """An item's votes by people who still screen. In single mode a Maybe is theirs to settle; one who left it leaves it to others (S6)."""
    return Vote.objects.active().filter(
        item=OuterRef("pk"),
        reviewer__active_to__isnull=True,
        reviewer__is_reviewer=True,
        reviewer__user__is_active=True,
    )


def _voted_by(member: Membership) -> Exists:
    return Exists(
        Vote.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), reviewer=member, withdrawn_at__isnull=True)
    )


def next_item(member: Membership, stage: Stage) -> Item | None:
    """The next item in this member's queue; postponed ones come last. Never depends on another's vote value (B6)."""
    return _fresh(member, stage, cursor_of(member, stage)) or _postponed(member, stage)


def advance_cursor(member: Membership, stage: Stage) -> Item | None:
    """Move the member's cursor to the next item and return that item. Called by writes only: reading never writes (P14)."""
    cursor = cursor_of(member, stage)
    item = _fresh(member, stage, cursor)
    if item is None:
        return _postponed(member, stage)
    if cursor is not None:
        QueueCursor.objects.filter(pk=cursor.pk).update(order_key=item.order_key, item_key=item.pk)
    elif stage is Stage.TITLE_ABSTRACT:
        QueueCursor.objects.get_or_create(
            reviewer=member, stage=stage, defaults={"order_key": item.order_key, "item_key": item.pk}
        )
    return item


def cursor_of(member: Membership, stage: Stage) -> QueueCursor | None:
    """How far the member has been. None at full text: few items, which come and go with their title and abstract decision."""
    if stage is Stage.FULL_TEXT:
        return None
    return QueueCursor.objects.filter(reviewer=member, stage=stage).first()


def _fresh(member: Membership, stage: Stage, cursor: QueueCursor | None) -> Item | None:
    """The next item that was not postponed.

    The cursor saves looking; it never hides: where nothing is left past it, the whole queue is searched, since something before
    it may wait again (the member reads one more language, or an act of another crossed this one).
    """
    waiting = _to_show(member, stage).exclude(_postponed_by(member))
    found = waiting.filter(_past(cursor)).first() if cursor else None
    return found or waiting.first()


def _postponed(member: Membership, stage: Stage) -> Item | None:
    return _to_show(member, stage).filter(_postponed_by(member)).first()


def _to_show(member: Membership, stage: Stage) -> ItemQuerySet:
    """What waits, in the order of the queue, with all that the screening page shows of an item."""
    shown = ("record__standing__source", "record__standing__run", "record__imported_from")
    return waiting_for(member, stage).select_related(*shown).order_by("order_key", "pk")


def _postponed_by(member: Membership) -> Exists:
    return Exists(Postponed.objects.filter(item=OuterRef("pk"), reviewer=member))


def _past(cursor: QueueCursor) -> Q:
    return Q(order_key__gte=cursor.order_key) & (Q(order_key__gt=cursor.order_key) | Q(pk__gte=cursor.item_key))


def reopen_queue(*, review_id: int, stage: Stage, from_key: int = -(2**62)) -> None:
    """Something at ``from_key`` waits again: nobody's cursor may stand behind it. Without a key, all start over."""
    QueueCursor.objects.filter(reviewer__review_id=review_id, stage=stage, order_key__gte=from_key).update(
        order_key=Least(F("order_key"), from_key), item_key=0
    )


def awaiting_other(member: Membership, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """Items on which this member has voted and which, as far as anybody may know, lack the other vote."""
    looks_half_voted = Q(state=ItemState.PARTIAL) | Q(reveal_at__gt=now or timezone.now())
    return items_of(member, stage).filter(_voted_by(member)).filter(looks_half_voted)


def my_votes(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items on which this member has an active vote."""
    return items_of(member, stage).filter(_voted_by(member))


def in_conflict(review_id: int, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """Revealed items that wait for talk, a picked reason, or a ruling."""
    unsettled = [ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION, ItemState.ARBITRATION]
    return in_play(review_id, stage).revealed(now).filter(state__in=unsettled)


def decided(review_id: int, stage: Stage, decision: Decision, now: datetime | None = None) -> ItemQuerySet:
    """Revealed items that are final with this decision."""
    return in_play(review_id, stage).revealed(now).filter(state=ItemState.FINAL, decision=decision)
