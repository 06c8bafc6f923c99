"""Seeking and retrieving reports. Review of a report happens in decisions; here it comes to hand, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import open_items
from screening.decisions.verdict import Stage
from screening.fulltexts import storage
from screening.fulltexts.models import Cause, Report, ReportFile, Retrieval, RetrievalAttempt
from screening.fulltexts.queue import sought
from screening.records.changes import log_change
from screening.records.models import ChangeOf, Record
from screening.reviews.models import Membership


def _report(*, member: Membership, record: Record) -> Report:
    """The report's row, locked. Raises NotAllowedNow unless its record passed title and abstract screening."""
    if not sought(member.review_id).filter(record_id=record.pk).exists():
        raise NotAllowedNow("Only reports of records included at title and abstract are sought.", rule="R3")
    report, _ = Report.objects.select_for_update().get_or_create(
        record=record, defaults={"review_id": member.review_id}
    )
    return report


@transaction.atomic
def log_attempt(
    *, member: Membership, record: Record, way: str, outcome: str, on: date | None = None
) -> RetrievalAttempt:
    """One try to get the report: when, how, what came of it."""
    report = _report(member=member, record=record)
    if not way.strip() or not outcome.strip():
        raise NotAllowedNow("An attempt needs the way and the outcome, a few words each.")
    attempt = RetrievalAttempt.objects.create(
        review_id=member.review_id,
        report=report,
        on=on or timezone.localdate(),
        way=way.strip(),
        outcome=outcome.strip(),
        by=member.user,
    )
    _log(
        verb="log retrieval attempt",
        member=member,
        record=record,
        after={"way": attempt.way, "outcome": attempt.outcome},
    )
    return attempt


def _log(
    *, verb: str, member: Membership, record: Record, before: object = None, after: object = None, reason: str = ""
) -> None:
    subject = ("report", record.pk, record.title)
    audit(
        verb=verb,
        review_id=member.review_id,
        actor=member.user,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )


@transaction.atomic
def mark_retrieved(*, member: Membership, record: Record, url: str = "") -> Report:
    """The report is at hand; it can be reviewed from now on."""
    report = _report(member=member, record=record)
    return _set_status(member=member, report=report, status=Retrieval.RETRIEVED, url=url)


@transaction.atomic
def mark_not_retrieved(*, member: Membership, record: Record, cause: str) -> Report:
    """The report could not be had: at least one attempt and a cause (I32, R4). Refused once somebody reviewed it."""
    report = _report(member=member, record=record)
    if cause not in Cause.values:
        raise NotAllowedNow(
            "Not retrieved needs a cause: no access, no reply, broken link, or unpublished.", rule="I32"
        )
    if not report.attempts.exists():
        raise NotAllowedNow("Log at least one attempt first: when, how, and what came of it.", rule="I32")
    if record.items.filter(stage=Stage.FULL_TEXT, votes_in__gt=0).exists():
        raise NotAllowedNow("This report is under review already, so it was retrieved.", rule="I31")
    return _set_status(member=member, report=report, status=Retrieval.NOT_RETRIEVED, cause=cause)


@transaction.atomic
def seek_again(*, member: Membership, record: Record, reason: str = "") -> Report:
    """Take back "retrieved" or "not retrieved" while nobody has voted on the report."""
    report = _report(member=member, record=record)
    if record.items.filter(stage=Stage.FULL_TEXT, votes_in__gt=0).exists():
        raise NotAllowedNow("This report is under review already.", rule="I31")
    return _set_status(member=member, report=report, status=Retrieval.SOUGHT, reason=reason)


def _set_status(
    *, member: Membership, report: Report, status: Retrieval, cause: str = "", url: str = "", reason: str = ""
) -> Report:
    before = {"status": report.status, "cause": report.cause}
    changed = report.status != status
    report.status, report.cause, report.url = status.value, cause, url.strip() or report.url
    report.save()
    record = report.record
    if status is Retrieval.RETRIEVED:
        open_items(review_id=report.review_id, stage=Stage.FULL_TEXT, records=[(record.pk, record.number)])
    if changed:
        log_change(review_id=report.review_id, record_id=record.pk, fact=ChangeOf.REPORT, value=status.value)
    _log(
        verb=f"report {status.label.lower()}",
        member=member,
        record=record,
        before=before,
        after={"status": report.status, "cause": cause},
        reason=reason,
    )
    return report


@dataclass(frozen=True, slots=True)
class StoredPdf:
    """A PDF on disk: the name it came with, its hash, its size in bytes."""

    name: str
    sha256: str
    size: int


def store_pdf(*, review_id: int, upload: UploadedFile[bytes]) -> StoredPdf:
    """Keep the bytes of an upload; no report has it yet. Raises NotAllowedNow when it is no PDF or too large."""
    sha256, size = storage.keep(review_id=review_id, upload=upload)
    return StoredPdf((upload.name or "report.pdf")[-255:], sha256, size)


@transaction.atomic
def add_file(*, member: Membership, record: Record, upload: UploadedFile[bytes]) -> ReportFile:
    """Store a PDF of the report, which is thereby retrieved. The same file again changes nothing."""
    _report(member=member, record=record)
    return attach_pdf(member=member, record=record, pdf=store_pdf(review_id=member.review_id, upload=upload))


@transaction.atomic
def attach_pdf(*, member: Membership, record: Record, pdf: StoredPdf) -> ReportFile:
    """A stored PDF is this report, which is thereby retrieved. The same file again changes nothing."""
    report = _report(member=member, record=record)
    file, made = ReportFile.objects.get_or_create(
        report=report, sha256=pdf.sha256, removed_at=None,
        defaults={"review_id": member.review_id, "name": pdf.name, "size": pdf.size, "by": member.user},
    )  # fmt: skip
    if made:
        _log(verb="upload report", member=member, record=record, after={"name": file.name, "sha256": pdf.sha256})
    if report.status != Retrieval.RETRIEVED:
        _set_status(member=member, report=report, status=Retrieval.RETRIEVED)
    return file


@transaction.atomic
def remove_file(*, member: Membership, file: ReportFile, reason: str) -> None:
    """Take a file off the report; its row and bytes stay, so that it can be told what was reviewed."""
    if not reason.strip():
        raise NotAllowedNow("Say why the file is removed. Nothing was changed.")
    ReportFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=timezone.now())
    _log(
        verb="remove report file",
        member=member,
        record=file.report.record,
        before={"name": file.name},
        reason=reason.strip(),
    )
