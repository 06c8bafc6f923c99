"""Long work under way, as the pages of imports and duplicates tell of it; known by what it is about, never by a number of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.archive.writing import JOB as ARCHIVE
from screening.dedupe.finding import NAME as FIND
from screening.imports.queue import JOB as LOAD
from screening.jobs.models import Job, JobState
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.takeovers.models import JOB as VOTES

router = Router()
LISTED = (LOAD, FIND)
WORK: dict[str, Literal["import", "duplicates", "archive", "votes"]] = {
    LOAD: "import", FIND: "duplicates", ARCHIVE: "archive", VOTES: "votes",
}  # fmt: skip
AT_MOST = 100


class JobShown(Schema):
    """A piece of long work: `done` of `total` in the phase that runs."""

    work: Literal["import", "duplicates", "archive", "votes"]
    import_id: int | None = Field(description="The import that is read; null for other work.")
    state: JobState
    phase: str
    done: int
    total: int
    error: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Jobs(Schema):
    """The last hundred, the newest first."""

    items: list[JobShown]


@opens(router, "GET", "/reviews/{slug}/jobs", Permission.SEE_RESULTS, gives=Jobs)
def list_jobs(request: HttpRequest, member: Membership) -> Jobs:
    """Imports being read and searches for duplicates: what runs, what waits, and what ended last."""
    found = Job.objects.filter(review_id=member.review_id, name__in=LISTED).order_by("-pk")[:AT_MOST]
    return Jobs(items=[job_shown(job) for job in found])


def job_shown(job: Job) -> JobShown:
    """A job as it is told."""
    return JobShown(
        work=WORK[job.name], import_id=int(job.subject) if job.name == LOAD else None,
        state=JobState(job.state), phase=job.phase, done=job.done_n, total=job.total_n, error=job.error, asked_at=job.created_at,
        started_at=job.started_at, finished_at=job.finished_at,
    )  # fmt: skip
