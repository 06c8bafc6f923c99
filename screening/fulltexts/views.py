"""Full texts: the board of reports sought, one report with its attempts and files, and the review of what is at hand."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import postpone, withdraw_vote
from screening.decisions.forms import submission_key
from screening.decisions.models import Item, Vote
from screening.decisions.queue import items_of, next_item, with_all_shown
from screening.decisions.screen import own_vote, own_votes, progress, screen_context
from screening.decisions.turn import take_turn, undoable_vote
from screening.dedupe.shown import as_shown
from screening.fulltexts import queue, storage, waiting
from screening.fulltexts.actions import (
    add_file,
    attach_pdf,
    log_attempt,
    mark_not_retrieved,
    mark_retrieved,
    remove_file,
    seek_again,
    store_pdf,
)
from screening.fulltexts.filenames import matches
from screening.fulltexts.forms import (
    WAYS,
    AttemptForm,
    NotRetrievedForm,
    RemoveFileForm,
    RetrievedForm,
    SeekAgainForm,
    review_choice,
)
from screening.fulltexts.models import ReportFile
from screening.fulltexts.queue import FT
from screening.protocol.versions import Versions
from screening.records.models import Record
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 50
TOLD_ONE_BY_ONE = 5  # files that went to their report at once; more are told as a number
SCREEN = "screening/fulltexts/screen.html"
framed = csp_update({"frame-src": [SELF]})  # the page shows the PDF beside the criteria


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
    context = {
        "counts": counts,
        "show": show,
        "label": queue.BOARD[show][0],
        "query": query,
        "page": page,
        "waiting": waiting.waiting(request, member.review),
        "may_retrieve": member.may(Permission.RETRIEVE),
        "may_screen": member.may(Permission.SCREEN),
    }
    return render(request, "screening/fulltexts/board.html", context)


@require_POST
@requires(Permission.RETRIEVE)
def fulltexts_upload(request: HttpRequest, member: Membership) -> HttpResponse:
    """Many PDFs at once: those named by a DOI go to their report, the others wait for a person's word."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        messages.error(request, "Choose one or more PDF files first.")
    sure = [said for upload in uploads if (said := _take_in(request, member, upload))]
    for said in sure if len(sure) <= TOLD_ONE_BY_ONE else [f"{len(sure)} files went to their reports, by their DOI."]:
        messages.success(request, said)
    if waiting.waiting(request, member.review):
        return redirect("fulltexts_match", member.review.slug)
    return redirect("fulltexts", member.review.slug)


def _take_in(request: HttpRequest, member: Membership, upload: UploadedFile[bytes]) -> str:
    """Store one file; says whose report it is where its name tells that surely, else lets it wait."""
    name = upload.name or "report.pdf"
    try:
        pdf = store_pdf(review_id=member.review_id, upload=upload)
    except NotAllowedNow as refusal:
        messages.error(request, f"{name}: {refusal}")
        return ""
    found = matches(name, queue.sought_by_name(member.review))
    if found and found[0].is_sure:
        attach_pdf(member=member, record=_sought(member, found[0].number), pdf=pdf)
        return f"{name} is the report of record {found[0].number}, by its DOI."
    likely = found[0].number if found and found[0].is_likely else 0
    waiting.add(request, member.review, pdf, [one.number for one in found], likely)
    return ""


def _sought(member: Membership, number: int) -> Record:
    """The record of a sought report, by its number."""
    items = queue.sought(member.review_id).select_related("record")
    return get_object_or_404(items, record__number=number).record


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RETRIEVE)
def fulltexts_match(request: HttpRequest, member: Membership) -> HttpResponse:
    """Say which report each waiting PDF is."""
    files = waiting.waiting(request, member.review)
    if request.method == "POST":
        return _matched(request, member, files)
    if not files:
        return redirect("fulltexts", member.review.slug)
    reports = {item.record.number: item.record for item in queue.board_rows(member.review, "sought")}
    rows = [(file, [reports[number] for number in file.offered if number in reports]) for file in files]
    return render(request, "screening/fulltexts/match.html", {"rows": rows, "reports": list(reports.values())})


def _matched(request: HttpRequest, member: Membership, files: list[waiting.WaitingPdf]) -> HttpResponse:
    for file in files:
        said = request.POST.get(file.field, "")
        said = request.POST.get(f"{file.field}-other", "") if said == "other" else said
        if said == "none":
            waiting.remove(request, member.review, file.pdf.sha256)
        elif said.isdecimal() and len(said) < 10:
            attach_pdf(member=member, record=_sought(member, int(said)), pdf=file.pdf)
            waiting.remove(request, member.review, file.pdf.sha256)
            messages.success(request, f"{file.pdf.name} is the report of record {said}.")
    left = len(waiting.waiting(request, member.review))
    return redirect("fulltexts_match" if left else "fulltexts", member.review.slug)


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
        "attempt_form": AttemptForm(initial={"on": timezone.localdate()}),
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
    """PDFs of this report: each is told on its own, and one that is refused keeps no other out."""
    record, uploads = _sought(member, number), request.FILES.getlist("files")
    if not uploads:
        messages.error(request, "Choose a PDF file first.")
    for upload in uploads:
        try:
            file = add_file(member=member, record=record, upload=upload)
        except NotAllowedNow as refusal:
            messages.error(request, f"{upload.name}: {refusal}")
        else:
            messages.success(request, f"{file.name} is stored: the report of record {number} can be reviewed.")
    return _to_report(record)


# Whatever a PDF holds, it runs nothing and reaches nothing; only our own pages may frame it (P28).
@csp({"default-src": [NONE], "frame-ancestors": [SELF], "sandbox": True})
@xframe_options_sameorigin
@require_safe
@requires(Permission.SEE_REVIEW)
def report_file(request: HttpRequest, member: Membership, number: int, file_id: int) -> HttpResponseBase:
    """The PDF itself, inline, or as a download with ``?download=1``."""
    file = _file(member, number, file_id)
    path = storage.path_of(member.review_id, file.sha256)
    if not path.is_file():
        raise NotAllowedNow("The file is missing on the server. Upload it again, and tell your administrator.")
    return FileResponse(
        path.open("rb"),
        content_type="application/pdf",
        as_attachment="download" in request.GET,
        filename=file.name,
    )


def _file(member: Membership, number: int, file_id: int) -> ReportFile:
    files = ReportFile.objects.filter(review=member.review, removed_at__isnull=True)
    return get_object_or_404(files, pk=file_id, report__record__number=number)


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


@framed
@require_safe
@requires(Permission.SCREEN)
def screening_ft(request: HttpRequest, member: Membership) -> HttpResponse:
    """The next report of one's queue."""
    undoable = undoable_vote(member, FT, request.GET.get("undo", ""))
    return _screen(request, member, next_item(member, FT), undoable=undoable)


def _screen(
    request: HttpRequest,
    member: Membership,
    item: Item | None,
    *,
    undoable: Vote | None = None,
    said: str = "",
    refused: str = "",
) -> HttpResponse:
    versions = Versions(member.review)
    context: dict[str, Any] = {
        "stage": FT,
        "progress": progress(member, FT),
        "undo": undoable,
        "said": said,
        "refused": refused,
        "protocol": versions.active,
        "to_retrieve": queue.to_retrieve(member.review_id).count(),
        "labels": queue.reason_labels(member.review_id),
    }
    if item is not None:
        context |= screen_context(item, FT, own=own_vote(member, item), versions=versions)
        context |= {"files": queue.files_of(item.record), "report": queue.report_of(item.record)}
    template = f"{SCREEN}#screen" if request.htmx else SCREEN  # type: ignore[attr-defined]
    return render(request, template, context)


@framed
@require_safe
@requires(Permission.SCREEN)
def screening_ft_record(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One report by the number of its record: to come back to it, and to change one's vote while that is allowed."""
    return _screen(request, member, _item(member, number))


def _item(member: Membership, number: int) -> Item:
    return get_object_or_404(with_all_shown(items_of(member, FT)), record__number=number)


@require_POST
@requires(Permission.SCREEN)
def vote_ft(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Store a vote and show the next report. The same form twice is one vote (P31)."""
    form = request.POST
    turn = take_turn(
        member=member, stage=FT, number=number, choice=review_choice(form), key=submission_key(form), known=form.get("known", ""),
        versions=Versions(member.review),
    )  # fmt: skip
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, turn.following, undoable=turn.undoable, said=turn.said, refused=turn.refused)
    if turn.refused:
        messages.warning(request, turn.refused)
    return redirect(f"{reverse('screening_ft', args=[member.review.slug])}?undo={number}")


@require_POST
@requires(Permission.SCREEN)
def vote_ft_take_back(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Undo: take one's vote back and return to that report."""
    withdraw_vote(member=member, item_id=_item(member, number).pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, _item(member, number), said=f"Vote on record {number} taken back.")
    messages.success(request, f"Your vote on record {number} is taken back.")
    return redirect("screening_ft_record", member.review.slug, number)


@require_POST
@requires(Permission.SCREEN)
def vote_ft_postpone(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Put the report at the end of one's queue."""
    postpone(member=member, item_id=_item(member, number).pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, next_item(member, FT), said=f"Record {number} comes at the end.")
    return redirect("screening_ft", member.review.slug)


TITLES = {
    "to-review": "To review",
    "my-votes": "My votes",
    "awaiting": "Awaiting other reviewer",
    "conflicts": "Conflicts",
    "excluded": "Excluded at full text",
    "included": "Included",
}


@require_safe
@requires(Permission.SEE_REVIEW)
def screening_ft_list(request: HttpRequest, member: Membership, name: str) -> HttpResponse:
    """One of the lists of the stage; outcomes and reasons only where they are revealed."""
    items = queue.stage_lists(member).get(name)
    if items is None:
        raise Http404
    labels, reason = queue.reason_labels(member.review_id), request.GET.get("reason", "")
    if name == "excluded" and reason in labels:
        items = items.filter(reason=reason)
    page = Paginator(items.select_related("record").order_by("order_key", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    own = own_votes(member, [item.pk for item in page])
    is_open = name in ("excluded", "included")
    rows = [(item, own.get(item.pk), labels.get(item.reason, "") if is_open else "") for item in page]
    context = {
        "stage": FT, "name": name, "title": TITLES[name], "page": page, "rows": rows, "progress": progress(member, FT), "labels": labels,
        "reasons": queue.reasons(member.review_id) if name == "excluded" else [], "reason": reason,
    }  # fmt: skip
    return render(request, "screening/fulltexts/list.html", context)
