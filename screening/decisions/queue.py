"""Reads of the screening stages: what waits for whom, and the four lists of a stage."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least
from django.utils import timezone

from reviewapp.compiled import compiled
from screening.decisions.models import Item, ItemQuerySet, Postponed, QueueCursor, Vote, VoteQuerySet
from screening.decisions.piloting.models import Pilot
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.imports.models import Import
from screening.records.models import Standing
from screening.reviews.models import Membership

# Takes a vote of somebody. In single mode a Maybe waits for its own voter only.
STILL_OPEN = Q(reveal_at__isnull=True) & (~Q(mode=Mode.SINGLE) | ~Q(state=ItemState.PARTIAL) | Q(held__isnull=True))
UNSETTLED = (ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION, ItemState.ARBITRATION)
NEAR = 100  # records: so far back one's own record before this one is looked for
# Of its import a page shows the format only.
NOT_SHOWN = [
    f"record__imported_from__{one.name}" for one in Import._meta.concrete_fields if one.name not in {"id", "format"}
]
LAG = 20  # a cursor may stand so far behind: passing a few items costs less than writing it with every vote


def items_of(member: Membership, stage: Stage) -> ItemQuerySet:
    """Every item of the stage that is in play: neither duplicate nor removed; at full text the report is at hand and still sought."""
    return in_play(member.review_id, stage)


def in_play(review_id: int, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """The same for a review."""
    items = Item.objects.filter(review_id=review_id, stage=stage).standing()
    if stage is Stage.FULL_TEXT:
        items = items.filter(record__report__status="retrieved").filter(_passed_title_and_abstract(now))
    return items


def _passed_title_and_abstract(now: datetime | None) -> Exists:
    return Exists(
        Item.objects.revealed(now).filter(
            record_id=OuterRef("record_id"),
            stage=Stage.TITLE_ABSTRACT,
            state=ItemState.FINAL,
            decision=Decision.INCLUDE,
        )
    )


def waiting_for(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items that still take this member's vote: open or half voted, neither voted nor read as adjudicator by them (I15), in a
    language they read (S7), with a place for them (I14)."""
    return _waiting(member.review_id, member.pk, stage, _read_by(member))


def _waiting(review_id: int, member_id: int, stage: Stage, languages: tuple[str, ...]) -> ItemQuerySet:
    unvoted = ~Q(voted_by(member_id)) & ~Q(own_readings__adjudicator=member_id)
    if languages:
        unvoted &= Q(record__standing__language__in=["", *languages])
    return _offered_to(member_id, review_id, stage, _open_items(review_id, stage, unvoted))


def _offered_to(member_id: int, review_id: int, stage: Stage, items: ItemQuerySet) -> ItemQuerySet:
    """Those of the items on which a vote is kept for the member, or one is free that anybody may give. While a pilot round is
    under way, its own only (S5).

    Single values: beside an OR PostgreSQL would hash all rows of an EXISTS to find one next record.
    """
    kept = Assignment.objects.filter(item=OuterRef("pk"), reviewer=member_id)
    kept_for_voter = Assignment.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    others = Vote.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), withdrawn_at__isnull=True)
    of_the_pool = others.exclude(Exists(kept_for_voter))
    piloting = Pilot.objects.filter(review=review_id, stage=stage, ended_at__isnull=True)
    places = items.alias(kept=Subquery(kept.values("pk")[:1]), pooled=Subquery(of_the_pool.values("pk")[:1]))
    return places.filter(
        Q(pool=2) | Q(kept__isnull=False) | Q(pool=1, pooled__isnull=True), Q(pilot__gt=0) | ~Q(Exists(piloting))
    )


def _read_by(member: Membership) -> tuple[str, ...]:
    return tuple(sorted(member.languages))


def _open_items(review_id: int, stage: Stage, also: Q) -> ItemQuerySet:
    """Items that still take a vote of somebody, and of which ``also`` holds."""
    return with_holder(in_play(review_id, stage)).filter(STILL_OPEN, also)


def with_holder(items: ItemQuerySet) -> ItemQuerySet:
    """Items with what `STILL_OPEN` asks of them.

    A single value, as in `_offered_to`: an EXISTS beside an OR is hashed whole.
    """
    return items.alias(held=Subquery(votes_of_the_present().values("pk")[:1]))


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


def voted_by(member_id: int) -> Exists:
    """True of items on which the member has a vote of the present round."""
    return Exists(
        Vote.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), reviewer=member_id, withdrawn_at__isnull=True)
    )


def next_item(member: Membership, stage: Stage) -> Item | None:
    """The next item in this member's queue; postponed ones come last. Never depends on another's vote value (B6)."""
    return _past_cursor(member, stage) or _from_the_start(member, stage)


def advance_cursor(member: Membership, stage: Stage) -> Item | None:
    """Move the member's cursor to the next item and return that item. Called by writes only: reading never writes (P14)."""
    past = _past_cursor(member, stage)
    item = past or _from_the_start(member, stage)
    if item is None or stage is Stage.FULL_TEXT:
        return item
    here = {"order_key": item.order_key, "item_key": item.pk}
    if past is None:
        QueueCursor.objects.get_or_create(reviewer=member, stage=stage, defaults=here)
    elif item.order_key - item.cursor_key >= LAG:
        QueueCursor.objects.filter(reviewer=member, stage=stage).update(**here)
    return item


def waiting_after(member: Membership, stage: Stage, number: int, n: int) -> list[tuple[int, int]]:
    """(item id, record number) of the next ``n`` items of this member's queue after record ``number``, then from its beginning.

    0 stands for the beginning. The order is that of `next_item`.
    """
    languages = _read_by(member)
    here = _place_of.first(member.review_id, number, stage=stage) if number else None
    found = _run_past(member.review_id, member.pk, *here, stage=stage, languages=languages, n=n) if here else []
    if len(found) < n:
        cursor = QueueCursor.objects.filter(reviewer=member, stage=stage).values_list("order_key", "item_key").first()
        start = cursor or (-(2**62), 0)
        found += _run_past(member.review_id, member.pk, start[0], start[1] - 1, stage=stage, languages=languages, n=n)
    if len(found) < n:
        found += _run_past(member.review_id, member.pk, -(2**62), 0, stage=stage, languages=languages, n=n)
        found += _run_postponed(member.review_id, member.pk, stage=stage, languages=languages, n=n)
    return list(dict.fromkeys(found))[:n]


def still_waits(member: Membership, stage: Stage, number: int) -> bool:
    """Whether record ``number`` waits in this member's queue."""
    return bool(_waits(member.review_id, member.pk, number, stage=stage, languages=_read_by(member)))


@compiled
def _waits(
    review_id: int, member_id: int, number: int, *, stage: Stage, languages: tuple[str, ...]
) -> QuerySet[Item, int]:
    named = {"record__review": review_id, "record__number": number}
    return _waiting(review_id, member_id, stage, languages).filter(**named).values_list("pk", flat=True)


@compiled
def _place_of(review_id: int, number: int, *, stage: Stage) -> QuerySet[Item, tuple[int, int]]:
    named = {"record__review": review_id, "record__number": number}
    return in_play(review_id, stage).filter(**named).values_list("order_key", "pk")


@compiled
def _run_past(
    review_id: int, member_id: int, order_key: int, item_key: int, *, stage: Stage, languages: tuple[str, ...], n: int
) -> QuerySet[Item, tuple[int, int]]:
    past = Q(order_key__gte=order_key) & (Q(order_key__gt=order_key) | Q(pk__gt=item_key))
    items = _fresh(review_id, member_id, stage, languages).filter(past)
    return items.order_by("order_key", "pk").values_list("pk", "record__number")[:n]


@compiled
def _run_postponed(
    review_id: int, member_id: int, *, stage: Stage, languages: tuple[str, ...], n: int
) -> QuerySet[Item, tuple[int, int]]:
    postponed = _waiting(review_id, member_id, stage, languages).filter(_postponed_by(member_id))
    return postponed.order_by(_put_off_at(member_id), "pk").values_list("pk", "record__number")[:n]


def before(member: Membership, stage: Stage, number: int) -> int | None:
    """The number of the record before ``number`` among those that this member voted on or that wait for them; None where none is near."""
    items = items_of(member, stage)
    here = items.filter(record__number=number).values_list("order_key", "pk").first()
    if here is None:
        return None
    earlier = items.filter(Q(order_key__lt=here[0]) | Q(order_key=here[0], pk__lt=here[1]))
    near = list(earlier.order_by("-order_key", "-pk").values_list("pk", "record__number")[:NEAR])
    ids = [pk for pk, _ in near]
    mine = {
        pk
        for part in (my_votes(member, stage), waiting_for(member, stage))
        for pk in part.filter(pk__in=ids).values_list("pk", flat=True)
    }
    return next((found for pk, found in near if pk in mine), None)


def _past_cursor(member: Membership, stage: Stage) -> Item | None:
    """The next fresh item at or past the cursor, as `shown`, with the cursor's place.

    None where there is no cursor, as at full text: few items, which come and go with their title and abstract decision.
    """
    if stage is Stage.FULL_TEXT:
        return None
    return _next_past.first(member.review_id, member.pk, stage=stage, languages=_read_by(member))


def _from_the_start(member: Membership, stage: Stage) -> Item | None:
    """The next item of the whole queue.

    The cursor saves looking; it never hides: where nothing is left past it, the whole queue is searched, since something before
    it may wait again (the member reads one more language, or an act of another crossed this one).
    """
    languages = _read_by(member)
    fresh = _next.first(member.review_id, member.pk, stage=stage, languages=languages)
    return shown(fresh or _next_postponed.first(member.review_id, member.pk, stage=stage, languages=languages))


@compiled
def _next(review_id: int, member_id: int, *, stage: Stage, languages: tuple[str, ...]) -> QuerySet[Item, int]:
    return _first(_fresh(review_id, member_id, stage, languages)).values_list("pk", flat=True)


@compiled
def _next_past(review_id: int, member_id: int, *, stage: Stage, languages: tuple[str, ...]) -> QuerySet[Item]:
    """One statement: the inner one finds the item by the index, the outer one reads its rows by their keys."""
    cursor = QueueCursor.objects.filter(reviewer=member_id, stage=stage)
    key, item_key = (Subquery(cursor.values(name)) for name in ("order_key", "item_key"))
    past = Q(order_key__gte=key) & (Q(order_key__gt=key) | Q(pk__gte=item_key))
    found = _first(_fresh(review_id, member_id, stage, languages).filter(past)).values("pk")
    return with_all_shown(Item.objects.filter(pk=Subquery(found)).annotate(cursor_key=key))  # type: ignore[no-redef]  # declared for its readers


@compiled
def _next_postponed(review_id: int, member_id: int, *, stage: Stage, languages: tuple[str, ...]) -> QuerySet[Item, int]:
    """The one that was put off first: putting a record off again sends it behind the others."""
    postponed = _waiting(review_id, member_id, stage, languages).filter(_postponed_by(member_id))
    return postponed.order_by(_put_off_at(member_id), "pk").values_list("pk", flat=True)[:1]


def _put_off_at(member_id: int) -> Subquery:
    return Subquery(Postponed.objects.filter(item=OuterRef("pk"), reviewer=member_id).values("at"))


def _fresh(review_id: int, member_id: int, stage: Stage, languages: tuple[str, ...]) -> ItemQuerySet:
    """What waits and was not postponed."""
    return _waiting(review_id, member_id, stage, languages).filter(~Q(_postponed_by(member_id)))


def _first(items: ItemQuerySet) -> ItemQuerySet:
    """The first in the order of the queue."""
    return items.order_by("order_key", "pk")[:1]


def _postponed_by(member_id: int) -> Exists:
    return Exists(Postponed.objects.filter(item=OuterRef("pk"), reviewer=member_id))


def shown(item_id: int | None) -> Item | None:
    """The item with all that the screening page shows of it."""
    return _shown.first(item_id) if item_id else None


@compiled
def _shown(item_id: int) -> QuerySet[Item]:
    return with_all_shown(Item.objects.filter(pk=item_id))


def with_all_shown(items: ItemQuerySet) -> ItemQuerySet:
    """Items with what the screening page shows of each, in one statement; few have duplicates that are read beside them."""
    merged = Standing.objects.filter(lead=OuterRef("record"))
    items = items.annotate(duplicate=Subquery(merged.values("pk")[:1]))  # type: ignore[no-redef]
    shown_with = items.select_related("record__standing__source", "record__standing__run", "record__imported_from")
    return shown_with.defer(*NOT_SHOWN)


def reopen_queue(*, review_id: int, stage: Stage, from_key: int = -(2**62)) -> None:
    """Something at ``from_key`` waits again: nobody's cursor may stand behind it. Without a key, all start over."""
    QueueCursor.objects.filter(reviewer__review_id=review_id, stage=stage, order_key__gte=from_key).update(
        order_key=Least(F("order_key"), from_key), item_key=0
    )


def awaiting_other(member: Membership, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """Items on which this member has voted and which, as far as anybody may know, lack the other vote."""
    now = now or timezone.now()
    return in_play(member.review_id, stage, now).filter(voted_by(member.pk)).filter(looks_half_voted(now))


def looks_half_voted(now: datetime) -> Q:
    """Lacks a vote, as far as anybody may know."""
    return Q(state=ItemState.PARTIAL) | Q(reveal_at__gt=now)


def my_votes(member: Membership, stage: Stage) -> ItemQuerySet:
    """Items on which this member has an active vote."""
    return items_of(member, stage).filter(voted_by(member.pk))


def in_conflict(review_id: int, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """Revealed items that wait for talk, a picked reason, or a ruling."""
    return in_play(review_id, stage, now).revealed(now).filter(state__in=UNSETTLED)


def decided(review_id: int, stage: Stage, decision: Decision, now: datetime | None = None) -> ItemQuerySet:
    """Revealed items that are final with this decision."""
    return in_play(review_id, stage, now).revealed(now).filter(state=ItemState.FINAL, decision=decision)


def n_waiting(member: Membership, stage: Stage) -> int:
    """How many items `waiting_for` gives."""
    return sum(_n_waiting(member.review_id, member.pk, stage=stage, languages=_read_by(member)))


def number_of(items: ItemQuerySet) -> QuerySet[Item, int]:
    """One row with how many items of one stage these are; no row where there are none."""
    return items.order_by().values("stage").annotate(n=Count("pk")).values_list("n", flat=True)


@compiled
def _n_waiting(review_id: int, member_id: int, *, stage: Stage, languages: tuple[str, ...]) -> QuerySet[Item, int]:
    return number_of(_waiting(review_id, member_id, stage, languages))
