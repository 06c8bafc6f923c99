"""Asking for the archive of a review from its page, making it in the worker, and taking it off the disk."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from screening.archive.sealed import refuse_if_sealed
from screening.archive.writing import JOB, refuse_if_unfinished, write_archive
from screening.audit.actions import record as audit
from screening.jobs.actions import Claim, enqueue
from screening.jobs.models import Job, JobState
from screening.reviews.models import Membership, Review


@transaction.atomic
def ask_for_archive(*, member: Membership) -> Job:
    """Ask the worker for the archive. Raises NotAllowedNow while anything is sealed or under way."""
    refuse_if_sealed(member.review)
    refuse_if_unfinished(member.review)
    subject = ("review", member.review_id, member.review.title)
    audit(verb="ask for archive", review_id=member.review_id, actor=member.user, subject=subject)
    return enqueue(name=JOB, review_id=member.review_id)


@transaction.atomic
def delete_archive(*, member: Membership) -> None:
    """Take the file off the disk; it can be made again."""
    subject = ("review", member.review_id, member.review.title)
    audit(verb="delete archive", review_id=member.review_id, actor=member.user, subject=subject)
    transaction.on_commit(lambda: _forget(member.review_id))


def make_archive(claim: Claim) -> None:
    """The job `archive.make`: one file, and none of before. What was sealed since it was asked for refuses it."""
    review = Review.objects.get(pk=claim.job.review_id or 0)
    path = path_of(review.pk, claim.job.pk)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    claim.beat(phase="Writing the archive")
    with claim.alive():
        sha256 = write_archive(review=review, into=path, for_members=True)
    with claim.chunk():
        claim.finish(result={"sha256": sha256, "size": path.stat().st_size})
    _forget(review.pk, but=path)


def archive_of(review: Review) -> tuple[Job | None, Path | None]:
    """The last job that was asked for, and the file where it is done and still there."""
    job = Job.objects.filter(review_id=review.pk, name=JOB).order_by("-pk").first()
    if job is None or job.state != JobState.DONE:
        return job, None
    path = path_of(review.pk, job.pk)
    return job, path if path.is_file() else None


def path_of(review_id: int, job_id: int) -> Path:
    """Where the archive lies. A hidden name: a backup leaves out what can be made again."""
    return Path(settings.MEDIA_ROOT) / "archives" / str(review_id) / f".{job_id}.zip"


def _forget(review_id: int, but: Path | None = None) -> None:
    for path in path_of(review_id, 0).parent.glob(".*.zip*"):
        if path != but:
            path.unlink(missing_ok=True)
