"""Reading imports: the job that loads one, what it flagged and rejected, its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from screening.imports.models import Import, ImportState, RejectedRow
from screening.imports.parsed import typed
from screening.imports.stages import NO_WORK, STORING, Course, Stage, Where, Work, seconds_left, stages_of
from screening.jobs.actions import LEASE
from screening.jobs.models import Job, JobState
from screening.records.models import Record, Standing
from screening.records.queue import waiting_for_title
from screening.reviews.models import Membership
from screening.roles import Permission

JOB = "imports.load"
SILENT = timedelta(seconds=20)  # a worker that stores says so with every chunk; one that was silent for so long is gone
AFTERWARDS = "dedupe.find"  # the job, by name, that looks at the duplicates again when records come or go


def job_of(imported: Import) -> Job | None:
    """The last job that loaded, or loads, this import."""
    jobs = Job.objects.filter(review_id=imported.review_id, name=JOB, subject=str(imported.pk))
    return jobs.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Progress:
    """An import with the stages it has been through; ``job`` is the last one that loaded it."""

    imported: Import
    stages: list[Stage]
    job: Job | None

    @property
    def is_moving(self) -> bool:
        """True while a worker has something to do for it."""
        return any(stage.where is Where.NOW for stage in self.stages)

    @property
    def is_broken(self) -> bool:
        """True where reading stopped and a person may have it go on."""
        loading = self.imported.state in (ImportState.QUEUED, ImportState.LOADING)
        return loading and (self.job is None or self.job.is_over)


def progress_of(review_id: int, imports: Sequence[Import], now: datetime | None = None) -> list[Progress]:
    """How far each of these imports of a review is, in a fixed number of queries."""
    ids = [imported.pk for imported in imports]
    jobs = Job.objects.filter(review_id=review_id, name=JOB, subject__in=[str(pk) for pk in ids]).order_by("pk")
    loads = {job.subject: job for job in jobs}
    matches = list(Job.objects.filter(review_id=review_id, name=AFTERWARDS).order_by("-pk")[:50])
    merged = Standing.objects.filter(imported_from__in=ids, lead__isnull=False).order_by()
    duplicates = dict(merged.values_list("imported_from").annotate(n=Count("pk")))
    moment = now or timezone.now()
    return [
        Progress(one, stages_of(_course(one, loads.get(str(one.pk)), matches, duplicates.get(one.pk, 0), moment)), loads.get(str(one.pk)))
        for one in imports
    ]  # fmt: skip


def _course(imported: Import, load: Job | None, matches: Sequence[Job], duplicates: int, now: datetime) -> Course:
    encoding = "" if imported.encoding == "binary" else imported.encoding.replace("-sig", "")
    return Course(
        state=imported.state,
        asks=imported.question.get("kind", ""),
        file=", ".join(part for part in (imported.format, encoding) if part),
        markers=imported.markers,
        parsed=imported.parsed,
        rejected=imported.rejected,
        duplicates=duplicates,
        load=_work(load, imported.storing_since, imported.storing_from, now),
        match=_match_of(imported, matches, now),
    )


def _match_of(imported: Import, matches: Sequence[Job], now: datetime) -> Work:
    """The search for duplicates that began after the records were stored, or else the one that will."""
    stored_at = imported.stored_at
    if stored_at is None:
        return NO_WORK
    if any(job.state == JobState.DONE and job.started_at and job.started_at >= stored_at for job in matches):
        return NO_WORK
    last = matches[0] if matches else None
    return _work(last, (last.phase_since or last.started_at) if last else None, 0, now)


def _work(job: Job | None, since: datetime | None, began_with: int, now: datetime) -> Work:
    if job is None:
        return NO_WORK
    heard = job.lease_until - LEASE if job.lease_until else now
    silent = timedelta(0) if job.state != JobState.RUNNING else now - heard
    elapsed = (heard - since).total_seconds() if since else 0.0
    left = seconds_left(done=job.done_n, began_with=began_with, total=job.total_n, elapsed=elapsed)
    gone = silent > LEASE or (job.phase == STORING and silent > SILENT)
    return Work(job.state, job.phase, job.done_n, job.total_n, left, gone)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes after an import: why, and the one button that leads there; ``page`` is a url name, or a place on the page itself."""

    why: str
    label: str
    page: str


def next_step(member: Membership, imported: Import) -> NextStep | None:
    """The one obvious next action of this member; None where the page already ends with one, or nothing follows."""
    if imported.state == ImportState.QUESTION and member.may(Permission.IMPORT):
        return NextStep("None of its records is in the review until the question is answered.", "Answer", "#question")
    if imported.state != ImportState.STORED:
        return None
    search = Job.objects.filter(review_id=imported.review_id, name=AFTERWARDS).order_by("-pk").first()
    if search is None or search.state in (JobState.FAILED, JobState.CANCELLED):
        return NextStep("Nobody has looked for duplicates of these records yet.", "Find duplicates", "duplicates")
    if search.state != JobState.DONE:
        return NextStep("Duplicates are found first, then these records are screened.", "See duplicates", "duplicates")
    waiting = imported.review.candidate_cards.filter(answered_at__isnull=True).count()
    if waiting and member.may(Permission.RESOLVE_DUPLICATES):
        return NextStep(
            f"Candidates for duplicates that wait for a person: {waiting}.", "Judge duplicates", "duplicates"
        )
    if member.may(Permission.SCREEN):
        return NextStep("Duplicates have been looked for; its other records can be screened.", "Screen", "screening_ta")
    return NextStep(
        "Duplicates have been looked for; reviewers can screen its other records.", "Review home", "review_home"
    )


def flagged_records(imported: Import) -> QuerySet[Record]:
    """Records that the reader flagged, in file order, with line, number, title and flags."""
    flagged = Record.objects.filter(imported_from=imported).exclude(flags=[])
    return flagged.only("review_id", "number", "line", "title", "flags").order_by("position")


def untitled_records(imported: Import) -> QuerySet[Record]:
    """Records that wait for a title before they can be screened, in file order."""
    return waiting_for_title(imported.review_id).filter(imported_from=imported).order_by("position")


def rejected_rows(imported: Import) -> QuerySet[RejectedRow]:
    """Markers that became no record, in file order."""
    return RejectedRow.objects.filter(imported_from=imported).order_by("position")


def _refused(imported: Import) -> str | None:
    if imported.stored_at:
        return None
    asked = imported.question
    return imported.error or typed(asked.get("sentence", ""), asked.get("previews", ())) or None


def file_report(imported: Import) -> dict[str, Any]:
    """The file report of the command line without its records (the contract of `import_records`)."""
    flagged = [{"line": record.line, "reason": flag} for record in flagged_records(imported) for flag in record.flags]
    rejected = [{"line": row.line, "reason": row.reason, "raw": row.raw} for row in rejected_rows(imported)]
    return {
        "file": imported.file_name,
        "format": imported.format,
        "encoding": imported.encoding,
        "markers": imported.markers,
        "parsed": imported.parsed,
        "flagged": flagged,
        "rejected": rejected,
        "refused": _refused(imported),
        "import": imported.pk,
    }
