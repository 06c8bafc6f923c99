"""What waits for a reviewer in a re-screen."""

from __future__ import annotations

from django.urls import reverse

from screening.decisions.rescreening.rounds import readings_of
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission


def read_again_task(member: Membership) -> Task | None:
    """Exclusions that this member reads once more, blind."""
    for stage in Stage if member.may(Permission.SCREEN) else ():
        n = readings_of(member, stage).filter(read_at__isnull=True).count()
        if n:
            url = reverse("screening_again", args=[member.review.slug, stage.slug])
            title = f"Read {n} record{'' if n == 1 else 's'} again"
            return Task(title, url, "A sample of what was decided, to be judged blind.", "Read")
    return None
