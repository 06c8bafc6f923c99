"""The lists of a stage: the items in each, and at title and abstract their records, to be read a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from screening.decisions import queue
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.screen import own_votes
from screening.decisions.verdict import Decision, Stage
from screening.records.buckets import SOUGHT, Bucket
from screening.records.models import KeptTally, Record
from screening.records.placed import PlacedRecords, moved_in
from screening.reviews.models import Membership

# Outcomes only where they are revealed; of votes one's own only.
LISTS: dict[str, Callable[[Membership, Stage], ItemQuerySet]] = {
    "to-screen": queue.waiting_for,
    "my-votes": queue.my_votes,
    "awaiting": queue.awaiting_other,
    "conflicts": lambda member, stage: queue.in_conflict(member.review_id, stage),
    "excluded": lambda member, stage: queue.decided(member.review_id, stage, Decision.EXCLUDE),
    "included": lambda member, stage: queue.decided(member.review_id, stage, Decision.INCLUDE),
}
_BUCKETS = {"excluded": {Bucket.TA_EXCLUDED}, "included": SOUGHT}


def items_in(member: Membership, stage: Stage, name: str) -> ItemQuerySet:
    """The items of one of the `LISTS` of the stage."""
    return LISTS[name](member, stage)


def records_at_title_and_abstract(member: Membership, name: str) -> QuerySet[Record] | PlacedRecords:
    """The records of the same list. Those that grow with the review are told by where they were placed."""
    items = items_in(member, Stage.TITLE_ABSTRACT, name)
    if name in _BUCKETS:
        return _placed(member.review_id, _BUCKETS[name], items)
    return Record.objects.filter(review=member.review_id, pk__in=items.order_by().values("record"))


def _placed(review_id: int, buckets: Collection[Bucket], items: ItemQuerySet) -> PlacedRecords:
    """Those placed in the buckets; of what moved since, those of the items."""
    kept = KeptTally.objects.filter(review=review_id, bucket__in=buckets, n__gt=0)
    moved = items.filter(record__in=moved_in(review_id)).order_by()
    return PlacedRecords(
        review_id, dict(kept.values_list("pk", "n")), Record.objects.filter(pk__in=moved.values("record"))
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list of the stage, with its item and one's own vote."""

    record: Record
    item: Item
    own: Vote | None


def listed(member: Membership, stage: Stage, records: Sequence[Record]) -> list[Listed]:
    """The rows of one page."""
    items = {item.record_id: item for item in Item.objects.filter(record__in=records, stage=stage)}
    own = own_votes(member, [item.pk for item in items.values()])
    found = ((record, items[record.pk]) for record in records if record.pk in items)
    return [Listed(record, item, own.get(item.pk)) for record, item in found]
