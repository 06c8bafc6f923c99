"""Full texts: the reports sought, the attempts to get each, their files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field, HttpUrl

from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.numbers import Id, RecordNumber
from screening.api.paging import Asked, Page, cut
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.decisions.models import Item
from screening.fulltexts import queue
from screening.fulltexts.actions import (
    add_file,
    change_kind,
    log_attempt,
    mark_not_retrieved,
    mark_retrieved,
    remove_file,
    seek_again,
)
from screening.fulltexts.media_types import ATTACHMENTS
from screening.fulltexts.models import FileKind, Report, ReportFile, RetrievalAttempt
from screening.fulltexts.requesting import close_request, request_report
from screening.fulltexts.serving import report_file
from screening.records.models import Record
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/full-texts"
CauseName = Literal["no_access", "no_reply", "broken_link", "unpublished"]


class ReportRow(Schema):
    """A report that is sought."""

    number: int
    title: str
    doi: str
    status: Literal["sought", "retrieved", "not_retrieved"]
    cause: Literal["", "no_access", "no_reply", "broken_link", "unpublished"]
    url: str
    attempts: int


class AttemptShown(Schema):
    """One try to get a report; where somebody was asked, by when an answer is expected."""

    id: int
    on: date
    way: str
    outcome: str
    asked: str
    due_on: date | None
    closed_on: date | None
    by: str


class FileShown(Schema):
    """A file of a report."""

    id: int
    name: str
    kind: FileKind
    media_type: str
    size: int
    sha256: str
    at: datetime


class ReportShown(Schema):
    """One report with its attempts and files. ``outcome`` is what its review came to, as far as that is open; empty before it."""

    number: int
    title: str
    doi: str
    status: Literal["sought", "retrieved", "not_retrieved"]
    cause: Literal["", "no_access", "no_reply", "broken_link", "unpublished"]
    url: str
    attempts: list[AttemptShown]
    files: list[FileShown]
    outcome: str
    reason: str


class AttemptSent(Sent):
    """One try: when, how, what came of it."""

    way: str = Field(min_length=1, max_length=100)
    outcome: str = Field(min_length=1, max_length=200)
    on: date | None = Field(None, description="Today where it is left out.")


class RequestSent(Sent):
    """Whom one asked, how, when, and by when an answer is expected."""

    asked: str = Field(min_length=1, max_length=200, description="A person, a library, a society.")
    way: str = Field(min_length=1, max_length=100)
    on: date | None = Field(None, description="Today where it is left out.")
    due_on: date | None = Field(None, description="Two weeks later where it is left out.")


class CloseSent(Sent):
    """What came of a request."""

    outcome: str = Field(min_length=1, max_length=200)


class FileRemovalSent(Sent):
    """A reason, in words."""

    reason: str = Field(min_length=1, max_length=200)


class RetrievedSent(Sent):
    """At hand, with a link where there is one."""

    url: HttpUrl | None = Field(None)


class NotRetrievedSent(Sent):
    """Given up, with a cause; at least one attempt was logged before."""

    cause: CauseName


class SeekAgainSent(Sent):
    """A reason, in words."""

    reason: str = Field("", max_length=200)


class KindSent(Sent):
    """What the file is to its report."""

    kind: FileKind = FileKind.MAIN


class ReportsWanted(Asked):
    """Which reports."""

    list_name: Literal["sought", "to-retrieve", "requested", "overdue", "retrieved", "not-retrieved"] = Field(
        "sought", alias="list"
    )
    q: str = Field("", max_length=200)


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=Page[ReportRow])
def list_reports(request: HttpRequest, member: Membership, asked: Query[ReportsWanted]) -> Page[ReportRow]:
    """One list of the board, in the order of import."""
    items, following = cut(
        queue.board_rows(member.review, asked.list_name, asked.q.strip()), asked, ("order_key", "pk")
    )
    return Page(items=[_row(item) for item in items], next=following)


@opens(router, "GET", f"{AT}/{{number}}", Permission.SEE_RESULTS, gives=ReportShown)
def read_report(request: HttpRequest, member: Membership, number: RecordNumber) -> ReportShown:
    """One report."""
    return _shown(_sought(member, number))


@opens(router, "POST", f"{AT}/{{number}}/attempts", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def log_one_attempt(request: HttpRequest, member: Membership, number: RecordNumber, sent: AttemptSent) -> ReportShown:
    """Log an attempt."""
    _refuse_future(sent.on)
    record = _sought(member, number)
    log_attempt(member=member, record=record, way=sent.way, outcome=sent.outcome, on=sent.on)
    return _shown(record)


@opens(router, "POST", f"{AT}/{{number}}/requests", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def ask_for_report(request: HttpRequest, member: Membership, number: RecordNumber, sent: RequestSent) -> ReportShown:
    """Somebody was asked for the report; an answer is expected within two weeks unless a day is given."""
    _refuse_future(sent.on)
    record = _sought(member, number)
    request_report(member=member, record=record, **sent.model_dump())
    return _shown(record)


@opens(
    router, "POST", f"{AT}/{{number}}/requests/{{attempt_id}}/close", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE
)  # fmt: skip
def close_one_request(
    request: HttpRequest, member: Membership, number: RecordNumber, attempt_id: Id, sent: CloseSent
) -> ReportShown:
    """What came of a request that did not bring the report."""
    record = _sought(member, number)
    attempts = RetrievalAttempt.objects.filter(review=member.review, report__record=record)
    close_request(member=member, attempt=get_object_or_404(attempts, pk=attempt_id), outcome=sent.outcome)
    return _shown(record)


@opens(router, "POST", f"{AT}/{{number}}/retrieved", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def mark_report_retrieved(
    request: HttpRequest, member: Membership, number: RecordNumber, sent: RetrievedSent
) -> ReportShown:
    """The report is at hand, by a link or on paper."""
    record, url = _sought(member, number), str(sent.url or "")
    if len(url) > 500:
        raise BadInput("url: an address has at most 500 characters.")
    mark_retrieved(member=member, record=record, url=url)
    return _shown(record)


@opens(router, "POST", f"{AT}/{{number}}/not-retrieved", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def mark_report_not_retrieved(
    request: HttpRequest, member: Membership, number: RecordNumber, sent: NotRetrievedSent
) -> ReportShown:
    """The report could not be had."""
    record = _sought(member, number)
    mark_not_retrieved(member=member, record=record, cause=sent.cause)
    return _shown(record)


@opens(router, "POST", f"{AT}/{{number}}/seek-again", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def seek_report_again(
    request: HttpRequest, member: Membership, number: RecordNumber, sent: SeekAgainSent
) -> ReportShown:
    """Back to sought, while nobody has voted on the report."""
    record = _sought(member, number)
    seek_again(member=member, record=record, reason=sent.reason)
    return _shown(record)


@opens(router, "POST", f"{AT}/{{number}}/files", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def upload_report(
    request: HttpRequest, member: Membership, number: RecordNumber, file: File[UploadedFile], sent: Form[KindSent]
) -> ReportShown:
    """Upload a file of the report; the report itself is a PDF, and makes it retrieved. The same file again changes nothing."""
    record = _sought(member, number)
    add_file(member=member, record=record, upload=file, kind=sent.kind.value)
    return _shown(record)


@opens(router, "PUT", f"{AT}/{{number}}/files/{{file_id}}", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE)
def change_kind_of_file(
    request: HttpRequest, member: Membership, number: RecordNumber, file_id: Id, sent: KindSent
) -> ReportShown:
    """Say anew what a file is to its report."""
    record = _sought(member, number)
    change_kind(member=member, file=_file_of(record, file_id), kind=sent.kind.value)
    return _shown(record)


@opens(
    router, "POST", f"{AT}/{{number}}/files/{{file_id}}/remove", Permission.RETRIEVE, gives=ReportShown, scope=Scope.MANAGE
)  # fmt: skip
def remove_one_file(
    request: HttpRequest, member: Membership, number: RecordNumber, file_id: Id, sent: FileRemovalSent
) -> ReportShown:
    """Take a file off its report; its bytes stay, so that it can be told what was reviewed."""
    record = _sought(member, number)
    remove_file(member=member, file=_file_of(record, file_id), reason=sent.reason)
    return _shown(record)


@opens(
    router, "GET", f"{AT}/{{number}}/files/{{file_id}}", Permission.SEE_REVIEW, gives=None,
    files=tuple(sorted(ATTACHMENTS)),
)  # fmt: skip
def read_report_file(request: HttpRequest, member: Membership, number: RecordNumber, file_id: Id) -> HttpResponseBase:
    """A file of a report."""
    return as_page(report_file)(request, member, number=number, file_id=file_id)


def _refuse_future(day: date | None) -> None:
    if day is not None and day > timezone.localdate():
        raise BadInput("on: that day has not come yet. Give the day of the attempt.")


def _file_of(record: Record, file_id: int) -> ReportFile:
    return get_object_or_404(ReportFile, pk=file_id, report__record=record, removed_at__isnull=True)


def _sought(member: Membership, number: int) -> Record:
    items = queue.sought(member.review_id).select_related("record")
    return get_object_or_404(items, record__number=number).record


def _row(item: Item) -> ReportRow:
    report = getattr(item.record, "report", None)
    return ReportRow(**_about(item.record, report), attempts=len(report.attempts.all()) if report else 0)


def _shown(record: Record) -> ReportShown:
    outcome = queue.outcome_of(record)
    return ReportShown(
        **_about(record, queue.report_of(record)),
        attempts=[_attempt(one) for one in queue.attempts_of(record)],
        files=[_file(one) for one in queue.files_of(record)],
        outcome=outcome.word if outcome else "",
        reason=outcome.reason if outcome else "",
    )


def _about(record: Record, report: Report | None) -> dict[str, Any]:
    return {
        "number": record.number,
        "title": record.title or record.title_translated,
        "doi": record.doi,
        "status": (report.status if report else "") or "sought",
        "cause": report.cause if report else "",
        "url": report.url if report else "",
    }


def _attempt(one: RetrievalAttempt) -> AttemptShown:
    return AttemptShown(
        id=one.pk, on=one.on, way=one.way, outcome=one.outcome, asked=one.asked, due_on=one.due_on, closed_on=one.closed_on, by=str(one.by)
    )  # fmt: skip


def _file(one: ReportFile) -> FileShown:
    return FileShown(
        id=one.pk, name=one.name, kind=FileKind(one.kind), media_type=one.media_type, size=one.size, sha256=one.sha256, at=one.at
    )  # fmt: skip
