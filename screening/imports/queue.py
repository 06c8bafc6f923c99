"""Reading imports: the job that loads one, what it flagged and rejected, its report."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from screening.imports.models import Import, RejectedRow
from screening.jobs.models import Job
from screening.records.models import Record
from screening.records.queue import waiting_for_title

JOB = "imports.load"


def job_of(imported: Import) -> Job | None:
    """The last job that loaded, or loads, this import."""
    jobs = Job.objects.filter(review_id=imported.review_id, name=JOB, subject=str(imported.pk))
    return jobs.order_by("-pk").first()


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
        "refused": imported.error or imported.question.get("sentence") or None if not imported.stored_at else None,
        "import": imported.pk,
    }
