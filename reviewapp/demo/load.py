"""Loading the demo: once, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from reviewapp.accounts.models import User
from reviewapp.demo.accounts import renew_accounts
from reviewapp.demo.calendar import Calendar
from reviewapp.demo.play import Play
from reviewapp.demo.script import read_script
from screening.reviews.models import Review


@dataclass(frozen=True, slots=True)
class Loaded:
    """The demo reviews of this site, the played one first; ``fresh`` where this call made them."""

    reviews: list[Review]
    fresh: bool


def load_demo() -> Loaded:
    """The demo reviews, played on first use. Raises NotAllowedNow where a person has a demo account's address."""
    reviews = demo_reviews()
    if reviews:
        renew_accounts()
        return Loaded(reviews, fresh=False)
    play = Play(read_script(), Calendar(timezone.now()))
    with transaction.atomic():
        play.perform()
    return Loaded([play.review, play.empty], fresh=True)


def demo_reviews() -> list[Review]:
    """Reviews that demo accounts lead, the oldest first."""
    led = Review.objects.filter(memberships__user__is_demo=True, memberships__is_lead=True)
    return list(led.distinct().order_by("pk"))


def demo_accounts() -> list[User]:
    """The demo accounts, in the order of the script."""
    return list(User.objects.filter(is_demo=True).order_by("pk"))
