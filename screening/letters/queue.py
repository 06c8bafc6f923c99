"""What waits for a person, counted from what is revealed; and the letters that are to be sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.conflicts.queue import to_rule_on, to_talk_about, unread_mentions
from screening.decisions.verdict import Stage
from screening.letters.models import Letter
from screening.letters.wording import Counts, Waiting
from screening.reviews.models import Letters, Membership, Review
from screening.roles import Permission

LOCAL = "http://127.0.0.1:8000"
TRIES = 5
TRY_AGAIN = timedelta(minutes=10)
STALE = timedelta(days=1)


def counts_of(member: Membership) -> Counts:
    """What waits for a member in the review. Nothing of it depends on a vote that is not revealed (B2)."""
    return Counts(
        to_settle=sum(to_talk_about(member, stage).count() for stage in Stage) if member.may(Permission.DISCUSS) else 0,
        mentions=unread_mentions(member).count(),
        to_rule=sum(to_rule_on(member, stage).count() for stage in Stage) if member.may(Permission.ADJUDICATE) else 0,
    )


def address(name: str, review: Review) -> str:
    """A page of the review as a whole address, for a letter."""
    return (settings.BASE_URL or LOCAL).rstrip("/") + reverse(name, args=[review.slug])


def waiting_for(user: User) -> list[Waiting]:
    """What waits for a person in each review of which they want to hear, the newest review last."""
    found = []
    for member in _readers().filter(user=user).select_related("review", "user").order_by("review_id"):
        lines = counts_of(member).lines(address("conflicts", member.review), address("rulings", member.review))
        if lines:
            found.append(Waiting(member.review.title, lines))
    return found


def _readers() -> QuerySet[Membership]:
    """Members who want letters. Accounts of the demo have no letter box."""
    here = Membership.objects.filter(active_to__isnull=True, user__is_active=True, user__is_demo=False)
    return here.exclude(letters=Letters.OFF)


def readers() -> list[User]:
    """Everybody who may get a letter of the day, by id."""
    return list(User.objects.filter(pk__in=_readers().values("user")).order_by("pk"))


def called_at_once(review_id: int) -> list[tuple[int, Membership]]:
    """(mention id, member) of those who want to be told at once that they were called, and were not yet."""
    recent = Q(comment__at__gt=timezone.now() - STALE)
    members = {
        one.pk: one for one in _readers().filter(review=review_id, letters=Letters.AT_ONCE).select_related("user")
    }
    told = set(Letter.objects.filter(mention__review=review_id).values_list("mention_id", flat=True))
    return [
        (mention_id, member)
        for member in members.values()
        for mention_id in unread_mentions(member).filter(recent).order_by("pk").values_list("pk", flat=True)
        if mention_id not in told
    ]


def to_send(now: datetime | None = None) -> QuerySet[Letter]:
    """Letters that were not sent, are not stale, and were not tried too often or just now."""
    moment = now or timezone.now()
    rested = Q(tried_at__isnull=True) | Q(tried_at__lt=moment - TRY_AGAIN)
    return Letter.objects.filter(rested, sent_at__isnull=True, tries__lt=TRIES, written_at__gt=moment - STALE).order_by(
        "pk"
    )
