"""Reads of the screening stages: what waits for whom, and the four lists of a stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Least
from django.utils import timezone

from screening.decisions.models import Item, ItemQuerySet, Postponed, QueueCursor, Vote, VoteQuerySet
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.reviews.models import Membership

ALL = Q()
LAG = 20  # a cursor may stand so far behind: passing a few items costs less than writing it with every vote


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
    unvoted = ~Q(_voted_by(member))
    if member.languages:
        unvoted &= Q(record__standing__language__in=["", *member.languages])
    return _open_items(member.review_id, stage, unvoted)


def _open_items(review_id: int, stage: Stage, also: Q = ALL) -> ItemQuerySet:
    """Items that still take a vote of somebody, and of which ``also`` holds. In single mode a Maybe waits for its own voter only."""
    held = Q(mode=Mode.SINGLE, state=ItemState.PARTIAL) & Q(Exists(votes_of_the_present()))
    return in_play(review_id, stage).filter(~held, also, reveal_at__isnull=True)


def voted_and_left(members: Sequence[Membership], stage: Stage) -> dict[int, tuple[int, int]]:
    """By membership id: items voted on, items that wait for them. A handful of statements for any number of members (I27)."""
    if not members:
        return {}
    review_id = members[0].review_id
    still_open = _open_items(review_id, stage)
    voted, of_open = (_votes_by_member(items) for items in (in_play(review_id, stage), still_open))
    n_open = still_open.count()
    return {
        one.pk: (
            voted.get(one.pk, 0),
            waiting_for(one, stage).count() if one.languages else n_open - of_open.get(one.pk, 0),
        )
        for one in members
    }


def _votes_by_member(items: ItemQuerySet) -> dict[int, int]:
    counted = Vote.objects.active().filter(item__in=items).order_by().values_list("reviewer").annotate(n=Count("pk"))
    return dict(counted)


def votes_of_the_present() -> VoteQuerySet:
    """An item's votes by people who still screen. In single mode a Maybe is theirs to settle; one who left it leaves it to others (S6)."""
    return Vote.objects.filter(
        item=OuterRef("pk"),
        round=OuterRef("round"),
        withdrawn_at__isnull=True,
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
    if cursor is not None and item.order_key - cursor.order_key >= LAG:
        QueueCursor.objects.filter(pk=cursor.pk).update(order_key=item.order_key, item_key=item.pk)
    elif cursor is None and stage is Stage.TITLE_ABSTRACT:
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
    waiting, fresh = waiting_for(member, stage), ~Q(_postponed_by(member))
    found = _first(waiting.filter(fresh, _past(cursor))) if cursor else None
    return found or _first(waiting.filter(fresh))


def _postponed(member: Membership, stage: Stage) -> Item | None:
    return _first(waiting_for(member, stage).filter(_postponed_by(member)))


def _first(items: ItemQuerySet) -> Item | None:
    """The first in the order of the queue, with all that the screening page shows of it.

    Two statements: PostgreSQL plans them in a quarter of the time that it needs for one with all the tables.
    """
    found = items.order_by("order_key", "pk").values_list("pk", flat=True).first()
    return with_all_shown(Item.objects.filter(pk=found)).first() if found else None


def with_all_shown(items: ItemQuerySet) -> ItemQuerySet:
    """Items with what the screening page shows of each, in one statement."""
    return items.select_related("record__standing__source", "record__standing__run", "record__imported_from")


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
