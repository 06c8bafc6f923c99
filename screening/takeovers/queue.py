"""Files of votes that the pages list, and what the names and reasons in them may be here."""

from __future__ import annotations

from django.db.models import QuerySet

from screening.jobs.models import Job
from screening.protocol.models import Criterion
from screening.protocol.versions import Versions, criteria_for
from screening.reviews.models import Membership, Review
from screening.takeovers.models import JOB, Takeover, TakeoverState


def takeovers_of(review: Review) -> QuerySet[Takeover]:
    """Every file that was not set aside, the newest first."""
    found = Takeover.objects.filter(review=review).exclude(state=TakeoverState.SET_ASIDE)
    return found.select_related("review", "uploaded_by")


def job_of(takeover: Takeover) -> Job | None:
    """The job that brings a file in, where it was asked for."""
    jobs = Job.objects.filter(review_id=takeover.review_id, name=JOB, subject=str(takeover.pk))
    return jobs.order_by("-pk").first()


def team_of(review: Review) -> list[Membership]:
    """Everybody whose votes or rulings a file may hold."""
    here = review.memberships.filter(active_to__isnull=True).select_related("user").order_by("user__name", "pk")
    return [one for one in here if one.is_reviewer or one.is_adjudicator]


def criteria_of(takeover: Takeover) -> list[Criterion]:
    """The criteria that its reasons may be; none before the first freeze."""
    version = Versions(takeover.review).active
    return list(criteria_for(version, takeover.stage)) if version else []
