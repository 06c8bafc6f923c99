"""Who may read which quote: one's own, and those of the voters once the votes are open (B2, B4)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from screening.decisions.models import Item, Quote, Vote
from screening.reviews.models import Membership


def quotes_visible_to(member: Membership, now: datetime | None = None) -> QuerySet[Quote]:
    """Quotes that were not removed: the member's own, and of a round whose votes are open those of its voters.

    Whoever quoted and did not vote keeps the quotes to herself.
    """
    voted = Vote.objects.filter(
        item=OuterRef("item"), reviewer=OuterRef("reviewer"), round=OuterRef("round"), withdrawn_at__isnull=True
    )
    is_open = Q(item__reveal_at__lte=now or timezone.now()) | Q(round__lt=F("item__round"))
    here = Quote.objects.filter(item__review_id=member.review_id, removed_at__isnull=True)
    return here.filter(Q(reviewer_id=member.pk) | (is_open & Exists(voted))).order_by("page", "at", "id")


def own_quotes(member: Membership, item: Item) -> list[Quote]:
    """One's own quotes of the item's round, by page."""
    return list(quotes_visible_to(member).filter(item=item, round=item.round, reviewer=member))


def quotes_by_voter(member: Membership, item: Item) -> dict[int, list[Quote]]:
    """Membership id of each voter -> the quotes behind the vote of the item's round, by page; empty before the reveal.

    It gives ids and no names, as `conflicts.arguments.Side` does: where names are masked, the masks stay (S4).
    """
    if not item.is_revealed():
        return {}
    found: dict[int, list[Quote]] = {}
    for quote in quotes_visible_to(member).filter(item=item, round=item.round):
        found.setdefault(quote.reviewer_id, []).append(quote)
    return found
