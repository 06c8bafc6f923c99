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
from screening.fulltexts.links import template_problem
from screening.fulltexts.media_types import ATTACHMENTS, PDF, REPORTS
from screening.fulltexts.models import Cause, FileKind, LinkResolver, Report, ReportFile, Retrieval, RetrievalAttempt
from screening.fulltexts.queue import sought
from screening.imports.rows import clean
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


def restore_status(*, member: Membership, record: Record, status: str, cause: str) -> None:
    """Give a report back the status that it had before a file was attached. Call inside the transaction that takes the file off."""
    report = _report(member=member, record=record)
    if report.status != status:
        _set_status(member=member, report=report, status=Retrieval(status), cause=cause, reason="undone")


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
class StoredFile:
    """A file on disk: the name it came with, its hash, its size in bytes, its media type."""

    name: str
    sha256: str
    size: int
    media_type: str = PDF


def store(*, review_id: int, upload: UploadedFile[bytes], takes: frozenset[str] = REPORTS) -> StoredFile:
    """Keep the bytes of an upload; no report has it yet. Raises NotAllowedNow when it is of no kind in ``takes``, or too large."""
    kept = storage.keep(review_id=review_id, chunks=upload.chunks(), takes=takes)
    return StoredFile(clean(upload.name or "report.pdf")[-255:], kept.sha256, kept.size, kept.media_type)


@transaction.atomic
def add_file(
    *, member: Membership, record: Record, upload: UploadedFile[bytes], kind: str = FileKind.MAIN
) -> ReportFile:
    """Store a file of the report; the report itself makes it retrieved. The same file again changes nothing.

    Raises NotAllowedNow where the report itself is no PDF, or a supplement of a kind that is not taken.
    """
    _report(member=member, record=record)
    takes = REPORTS if kind == FileKind.MAIN else ATTACHMENTS
    stored = store(review_id=member.review_id, upload=upload, takes=takes)
    return attach(member=member, record=record, stored=stored, kind=kind)


@transaction.atomic
def attach(*, member: Membership, record: Record, stored: StoredFile, kind: str = FileKind.MAIN) -> ReportFile:
    """A stored file belongs to this report, which is retrieved where the file is the report itself. The same again changes nothing."""
    report = _report(member=member, record=record)
    if kind not in FileKind.values:
        raise NotAllowedNow("Say what the file is: the report, a supplement, a correction or a protocol.")
    file, made = ReportFile.objects.get_or_create(
        report=report, sha256=stored.sha256, removed_at=None,
        defaults={
            "review_id": member.review_id, "name": stored.name, "size": stored.size, "by": member.user, "kind": kind,
            "media_type": stored.media_type,
        },
    )  # fmt: skip
    if made:
        _log(
            verb="upload report", member=member, record=record,
            after={"name": file.name, "sha256": file.sha256, "kind": kind},
        )  # fmt: skip
    if file.kind == FileKind.MAIN and report.status != Retrieval.RETRIEVED:
        _set_status(member=member, report=report, status=Retrieval.RETRIEVED)
    return file


@transaction.atomic
def change_kind(*, member: Membership, file: ReportFile, kind: str) -> None:
    """Say anew what a file is to its report; a report at hand stays so. Raises NotAllowedNow where a report would be no PDF."""
    if kind not in FileKind.values or (kind == FileKind.MAIN and file.media_type != PDF):
        raise NotAllowedNow("The report itself is a PDF; this file can be a supplement, a correction or a protocol.")
    record = file.report.record
    before = {"name": file.name, "kind": file.kind}
    ReportFile.objects.filter(pk=file.pk).update(kind=kind)
    _log(verb="change kind of file", member=member, record=record, before=before, after={"kind": kind})
    if kind == FileKind.MAIN:
        mark_retrieved(member=member, record=record)


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


@transaction.atomic
def set_link_resolver(*, member: Membership, template: str) -> None:
    """Set, or take away with "", the address by which the library's link resolver is asked. Raises NotAllowedNow for no such address."""
    if template and (problem := template_problem(template)):
        raise NotAllowedNow(problem)
    before = LinkResolver.objects.filter(review_id=member.review_id).values_list("template", flat=True).first() or ""
    if template == before:
        return
    if template:
        LinkResolver.objects.update_or_create(review_id=member.review_id, defaults={"template": template})
    else:
        LinkResolver.objects.filter(review_id=member.review_id).delete()
    audit(
        verb="set link resolver", review_id=member.review_id, actor=member.user, before={"address": before}, after={"address": template}
    )  # fmt: skip
