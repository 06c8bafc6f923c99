"""Conflicts that nobody settled within the days that the review allows go to the adjudicator by rule (domain.md 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from screening.conflicts.actions import TALKABLE, hand_over
from screening.conflicts.models import Escalation
from screening.conflicts.queue import judges_of_item
from screening.decisions.actions import locked_item
from screening.decisions.models import Item, ItemQuerySet
from screening.decisions.queue import in_conflict
from screening.decisions.verdict import Stage
from screening.jobs.actions import Claim, enqueue
from screening.reviews.models import Review

JOB = "conflicts.hand_over"


def overdue(review: Review, stage: Stage, now: datetime | None = None) -> ItemQuerySet:
    """Conflicts of the stage that have been open, or taken back from the adjudicator, for the review's days and longer.

    Empty where the rule is off. Those on which nobody could rule stay with the two who talk: waiting would not end there.
    """
    if not review.hand_over_after_days:
        return Item.objects.none()
    before = (now or timezone.now()) - timedelta(days=review.hand_over_after_days)
    lately = Escalation.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), taken_back_at__gt=before)
    items = in_conflict(review.pk, stage, now).filter(state__in=TALKABLE, reveal_at__lte=before)
    return items.filter(Exists(judges_of_item())).exclude(Exists(lately))


def ask_when_due() -> None:
    """Ask for the job in each review that has an overdue conflict; cheap where no review has the rule."""
    for review in Review.objects.filter(hand_over_after_days__isnull=False):
        if any(overdue(review, stage).exists() for stage in Stage):
            enqueue(name=JOB, review_id=review.pk)


def hand_over_overdue(claim: Claim) -> None:
    """Job ``conflicts.hand_over``: one conflict a chunk, looked at again under its lock."""
    review_id = claim.job.review_id
    assert review_id is not None  # noqa: S101  the job is always asked for a review
    review = Review.objects.get(pk=review_id)
    waiting = [
        pk for stage in Stage for pk in overdue(review, stage).order_by("reveal_at", "pk").values_list("pk", flat=True)
    ]
    for done, item_id in enumerate(waiting, start=1):
        with claim.chunk(done_n=done, total_n=len(waiting), phase="Handing conflicts over"):
            item = locked_item(review_id=review.pk, item_id=item_id)
            if overdue(review, Stage(item.stage)).filter(pk=item.pk).exists():
                hand_over(item=item, member=None, after_days=review.hand_over_after_days)
    with claim.chunk():
        claim.finish(result={"handed over": len(waiting)})
