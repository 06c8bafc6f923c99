"""What waits for a lead in pilot rounds."""

from __future__ import annotations

from django.urls import reverse

from screening.decisions.piloting.rounds import pilot_of, tally_of
from screening.decisions.verdict import Stage
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission


def end_pilot_task(member: Membership) -> Task | None:
    """A round that everybody has read holds the stage up until the lead ends it."""
    for stage in Stage if member.may(Permission.MANAGE_TEAM) else ():
        pilot = pilot_of(member.review_id, stage)
        if pilot and pilot.ended_at is None and tally_of(pilot).is_complete:
            url = reverse("team_pilot", args=[member.review.slug, stage.slug])
            return Task(
                f"End pilot round {pilot.number}", url, "Every record of it has all its votes.", "See how it went"
            )
    return None
