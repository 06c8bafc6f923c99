"""Files that come by the dozen: taken in, placed with their report, put aside, and brought back. Nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.verdict import Stage
from screening.fulltexts import storage
from screening.fulltexts.actions import StoredFile, attach, restore_status
from screening.fulltexts.models import Arrival, FileKind, IncomingFile, Report, ReportFile
from screening.jobs.actions import enqueue
from screening.records.models import Record
from screening.reviews.models import Membership

JOB = "fulltexts.match"
WAITING = (Arrival.READING, Arrival.TRAY)


@transaction.atomic
def take_in(*, review_id: int, by: User, files: Iterable[StoredFile]) -> list[IncomingFile]:
    """Stored files wait to be read; the job is asked for. The same bytes wait once, and a file that a report has is told at once."""
    rows = [_row(review_id, by, stored) for stored in files]
    if any(row.state == Arrival.READING for row in rows):
        enqueue(name=JOB, review_id=review_id)
    return rows


def _row(review_id: int, by: User, stored: StoredFile) -> IncomingFile:
    waiting = IncomingFile.objects.filter(review_id=review_id, sha256=stored.sha256, state__in=WAITING).first()
    if waiting is not None:
        return waiting
    row = IncomingFile(review_id=review_id, by=by, name=stored.name, sha256=stored.sha256, size=stored.size)
    row.file = attached_before(review_id, stored.sha256)
    if row.file is not None:
        row.state, row.settled_at = Arrival.KNOWN, timezone.now()
        row.said = f"The same file is attached to record {row.file.report.record.number} already, as {row.file.name}."
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody sent the same file at the same instant
        return IncomingFile.objects.get(review_id=review_id, sha256=stored.sha256, state__in=WAITING)
    return row


def attached_before(review_id: int, sha256: str) -> ReportFile | None:
    """The file of a report with these very bytes, if there is one."""
    files = ReportFile.objects.filter(review_id=review_id, sha256=sha256, removed_at__isnull=True)
    return files.select_related("report__record").order_by("pk").first()


@transaction.atomic
def place(
    *, member: Membership, incoming: IncomingFile, record: Record, kind: str = FileKind.MAIN, how: str = "person"
) -> IncomingFile:
    """The file belongs to the report of ``record``. Raises NotAllowedNow when somebody placed it meanwhile, or R3 does not hold."""
    row = _locked(incoming, *WAITING)
    report = Report.objects.filter(record=record).first()
    row.status_before, row.cause_before = (report.status, report.cause) if report else ("", "")
    stored = StoredFile(row.name, row.sha256, row.size)
    row.file = attach(member=member, record=record, stored=stored, kind=kind)
    row.kind, row.how, row.state, row.settled_at = row.file.kind, how, Arrival.ATTACHED, timezone.now()
    row.said = ""
    row.save()
    return row


@transaction.atomic
def put_aside(*, member: Membership, incoming: IncomingFile) -> None:
    """None of the reports: the file leaves the tray; its bytes stay, and it can be brought back."""
    row = _locked(incoming, Arrival.TRAY)
    row.state, row.settled_at = Arrival.ASIDE, timezone.now()
    row.save()
    _log(verb="put file aside", member=member, row=row)


@transaction.atomic
def bring_back(*, member: Membership, incoming: IncomingFile) -> IncomingFile:
    """Undo: a file that was placed or put aside waits in the tray again, and its report is as it was before.

    A report that is under review stays retrieved (I31). Raises NotAllowedNow when the same file waits there already.
    """
    row = _locked(incoming, Arrival.ATTACHED, Arrival.ASIDE)
    if IncomingFile.objects.filter(review_id=row.review_id, sha256=row.sha256, state__in=WAITING).exists():
        raise NotAllowedNow("The same file waits in the tray already.")
    file, row.file, row.state, row.settled_at = row.file, None, Arrival.TRAY, None
    row.save()
    if file is None:
        _log(verb="bring file back", member=member, row=row)
    else:
        _take_off(member, file, row)
    return row


def _take_off(member: Membership, file: ReportFile, row: IncomingFile) -> None:
    ReportFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=timezone.now())
    record = file.report.record
    audit(
        verb="undo file of report", review_id=row.review_id, actor=member.user, subject=("report", record.pk, record.title),
        before={"name": file.name, "sha256": file.sha256},
    )  # fmt: skip
    others = file.report.files.filter(removed_at__isnull=True, kind=FileKind.MAIN).exists()
    under_review = record.items.filter(stage=Stage.FULL_TEXT, votes_in__gt=0).exists()
    if row.kind == FileKind.MAIN and not others and not under_review:
        restore_status(member=member, record=record, status=row.status_before, cause=row.cause_before)


def _locked(incoming: IncomingFile, *states: Arrival) -> IncomingFile:
    row = (
        IncomingFile.objects.select_for_update(of=("self",)).select_related("file__report__record").get(pk=incoming.pk)
    )
    if row.state not in states:
        raise NotAllowedNow(
            f"{row.name} has moved on meanwhile: {row.get_state_display().lower()}. Open the tray again."
        )
    return row


def _log(*, verb: str, member: Membership, row: IncomingFile) -> None:
    subject = ("incoming file", row.pk, row.name)
    audit(verb=verb, review_id=row.review_id, actor=member.user, subject=subject, after={"sha256": row.sha256})


@transaction.atomic
def read_again(*, review_id: int) -> None:
    """Ask for the job once more, where files still wait to be read: it stopped, or was given up."""
    if IncomingFile.objects.filter(review_id=review_id, state=Arrival.READING).exists():
        enqueue(name=JOB, review_id=review_id)


def waiting_n(review_id: int) -> tuple[int, int]:
    """How many files still wait to be read, and how many for somebody's word."""
    waiting = IncomingFile.objects.filter(review_id=review_id, state__in=WAITING).values_list("state")
    found = dict(waiting.order_by().annotate(n=Count("pk")))
    unread = found.pop(Arrival.READING, 0)
    return unread, sum(found.values())


def unpacked(row: IncomingFile, said: str) -> None:
    """A zip whose files are rows of their own: its bytes are needed no more."""
    row.state, row.said, row.settled_at = Arrival.UNPACKED, said, timezone.now()
    row.save()
    sha256, review_id = row.sha256, row.review_id
    transaction.on_commit(lambda: storage.forget(review_id=review_id, sha256=sha256))
