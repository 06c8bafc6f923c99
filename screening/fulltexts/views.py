"""Full texts: the board of reports sought, and one report with its attempts, requests and files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.dedupe.shown import as_shown
from screening.fulltexts import incoming, queue
from screening.fulltexts.actions import (
    add_file,
    change_kind,
    log_attempt,
    mark_not_retrieved,
    mark_retrieved,
    remove_file,
    seek_again,
    set_link_resolver,
)
from screening.fulltexts.forms import (
    WAYS,
    AttemptForm,
    CloseRequestForm,
    NotRetrievedForm,
    RemoveFileForm,
    RequestForm,
    ResolverForm,
    RetrievedForm,
    SeekAgainForm,
)
from screening.fulltexts.models import FileKind, LinkResolver, ReportFile, RetrievalAttempt
from screening.fulltexts.requesting import WEEKS, close_request, request_report
from screening.records.models import Record
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 50


@require_safe
@requires(Permission.SEE_RESULTS)
def fulltexts(request: HttpRequest, member: Membership) -> HttpResponse:
    """The board: how many reports are sought, and one list of them."""
    counts = queue.board_counts(member.review)
    asked = request.GET.get("show", "")
    default = "to-retrieve" if next(n for name, _, n in counts if name == "to-retrieve") else "sought"
    show = asked if asked in queue.BOARD else default
    query = request.GET.get("q", "").strip()[:200]
    page = Paginator(queue.board_rows(member.review, show, query), PER_PAGE).get_page(request.GET.get("page"))
    unread, waiting = incoming.waiting_n(member.review_id)
    context = {
        "counts": counts,
        "show": show,
        "label": queue.BOARD[show][0],
        "query": query,
        "page": page,
        "unread": unread,
        "waiting": waiting,
        "today": timezone.localdate(),
        "may_edit": member.may(Permission.EDIT_REVIEW),
        "may_retrieve": member.may(Permission.RETRIEVE),
        "may_screen": member.may(Permission.SCREEN),
    }
    return render(request, "screening/fulltexts/board.html", context)


def _sought(member: Membership, number: int) -> Record:
    """The record of a sought report, by its number."""
    items = queue.sought(member.review_id).select_related("record")
    return get_object_or_404(items, record__number=number).record


@require_safe
@requires(Permission.SEE_RESULTS)
def report(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One report: citation, attempts, outcome of seeking, files."""
    return _report_page(request, member, _sought(member, number))


def _report_page(request: HttpRequest, member: Membership, record: Record, **bound: Form) -> HttpResponse:
    """The page of a report; a form that was refused comes back with its errors, and nothing is lost (U6)."""
    context: dict[str, Any] = {
        "record": as_shown(record),
        "report": queue.report_of(record),
        "attempts": queue.attempts_of(record),
        "files": queue.files_of(record),
        "removed_files": queue.removed_files_of(record),
        "outcome": queue.outcome_of(record),
        "links": queue.links_to(as_shown(record)),
        "quoted": queue.quotes_behind(member, record),
        "kinds": FileKind.choices,
        "attempt_form": AttemptForm(initial={"on": timezone.localdate()}),
        "request_form": RequestForm(initial={"on": timezone.localdate(), "due_on": timezone.localdate() + WEEKS}),
        "today": timezone.localdate(),
        "retrieved_form": RetrievedForm(),
        "not_retrieved_form": NotRetrievedForm(),
        "seek_form": SeekAgainForm(),
        "ways": WAYS,
        "may_retrieve": member.may(Permission.RETRIEVE),
        "may_screen": member.may(Permission.SCREEN),
        "may_reopen": member.may(Permission.REOPEN),
    }
    context |= bound
    return render(request, "screening/fulltexts/report.html", context, status=422 if bound else 200)


def _to_report(record: Record) -> HttpResponse:
    return redirect("report", record.review.slug, record.number)


@require_POST
@requires(Permission.RETRIEVE)
def report_attempt(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Log an attempt."""
    record, form = _sought(member, number), AttemptForm(request.POST)
    if not form.is_valid():
        return _report_page(request, member, record, attempt_form=form)
    log_attempt(member=member, record=record, **form.cleaned_data)
    return _to_report(record)


@require_POST
@requires(Permission.RETRIEVE)
def report_request(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Somebody was asked for the report."""
    record, form = _sought(member, number), RequestForm(request.POST)
    if not form.is_valid():
        return _report_page(request, member, record, request_form=form)
    request_report(member=member, record=record, **form.cleaned_data)
    messages.success(request, f"The request is noted; an answer is expected by {form.cleaned_data['due_on']:%Y-%m-%d}.")
    return _to_report(record)


@require_POST
@requires(Permission.RETRIEVE)
def report_request_close(request: HttpRequest, member: Membership, number: int, attempt_id: int) -> HttpResponse:
    """What came of a request."""
    attempts = RetrievalAttempt.objects.filter(review=member.review, report__record__number=number)
    attempt, form = get_object_or_404(attempts, pk=attempt_id), CloseRequestForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow("Say what came of the request, in at most 200 characters.")
    close_request(member=member, attempt=attempt, outcome=form.cleaned_data["outcome"])
    return redirect("report", member.review.slug, number)


@require_POST
@requires(Permission.RETRIEVE)
def report_retrieved(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """The report is at hand, by a link or on paper."""
    record, form = _sought(member, number), RetrievedForm(request.POST)
    if not form.is_valid():
        return _report_page(request, member, record, retrieved_form=form)
    mark_retrieved(member=member, record=record, url=form.cleaned_data["url"])
    messages.success(request, f"The report of record {number} is retrieved and can be reviewed.")
    return _to_report(record)


@require_POST
@requires(Permission.RETRIEVE)
def report_not_retrieved(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """The report could not be had."""
    record, form = _sought(member, number), NotRetrievedForm(request.POST)
    if not form.is_valid():
        return _report_page(request, member, record, not_retrieved_form=form)
    mark_not_retrieved(member=member, record=record, cause=form.cleaned_data["cause"])
    messages.success(request, f"The report of record {number} is not retrieved. It can be sought again.")
    return _to_report(record)


@require_POST
@requires(Permission.RETRIEVE)
def report_seek_again(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Back to sought."""
    record, form = _sought(member, number), SeekAgainForm(request.POST)
    if not form.is_valid():
        return _report_page(request, member, record, seek_form=form)
    seek_again(member=member, record=record, reason=form.cleaned_data["reason"])
    return _to_report(record)


@require_POST
@requires(Permission.RETRIEVE)
def report_upload(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Files of this report, of one kind: each is told on its own, and one that is refused keeps no other out."""
    record, uploads = _sought(member, number), request.FILES.getlist("files")
    kind = request.POST.get("kind", FileKind.MAIN)
    if not uploads:
        messages.error(request, "Choose a PDF file first.")
    for upload in uploads:
        try:
            file = add_file(member=member, record=record, upload=upload, kind=kind)
        except NotAllowedNow as refusal:
            messages.error(request, f"{upload.name}: {refusal}")
        else:
            can = ": the report of record {} can be reviewed." if file.kind == FileKind.MAIN else " with record {}."
            messages.success(request, f"{file.name} is stored{can.format(number)}")
            _tell_of_others(request, file)
    return _to_report(record)


def _file(member: Membership, number: int, file_id: int) -> ReportFile:
    files = ReportFile.objects.filter(review=member.review, removed_at__isnull=True)
    return get_object_or_404(files, pk=file_id, report__record__number=number)


def _tell_of_others(request: HttpRequest, file: ReportFile) -> None:
    """The same bytes at another report are a slip more often than not."""
    same = ReportFile.objects.filter(review_id=file.review_id, sha256=file.sha256, removed_at__isnull=True)
    for other in same.exclude(report_id=file.report_id).select_related("report__record")[:1]:
        number = other.report.record.number
        messages.warning(
            request, f"The same file is attached to record {number} too, as {other.name}. Is it at the right report?"
        )


@require_POST
@requires(Permission.RETRIEVE)
def report_file_remove(request: HttpRequest, member: Membership, number: int, file_id: int) -> HttpResponse:
    """Take a file off its report, with a reason."""
    file, form = _file(member, number, file_id), RemoveFileForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow("Say why the file is removed, in at most 200 characters. Nothing was changed.")
    remove_file(member=member, file=file, reason=form.cleaned_data["reason"])
    messages.success(request, f"{file.name} is removed.")
    return redirect("report", member.review.slug, number)


@require_POST
@requires(Permission.RETRIEVE)
def report_file_kind(request: HttpRequest, member: Membership, number: int, file_id: int) -> HttpResponse:
    """Say anew what a file is to its report."""
    file = _file(member, number, file_id)
    change_kind(member=member, file=file, kind=request.POST.get("kind", ""))
    return redirect("report", member.review.slug, number)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_REVIEW)
def fulltexts_library(request: HttpRequest, member: Membership) -> HttpResponse:
    """The library's link resolver, by which people look for a report."""
    stored = LinkResolver.objects.filter(review=member.review).first()
    form = ResolverForm(request.POST or None, initial={"template": stored.template if stored else ""})
    if request.method == "POST" and form.is_valid():
        set_link_resolver(member=member, template=form.cleaned_data["template"])
        messages.success(request, "The link resolver is saved.")
        return redirect("fulltexts", member.review.slug)
    return render(request, "screening/fulltexts/library.html", {"form": form}, status=422 if form.errors else 200)
