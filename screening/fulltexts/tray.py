"""Many files at once: they are taken in, read by the worker, and those that no sign places wait in a tray for a person's word."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts import queue
from screening.fulltexts.actions import StoredFile, store
from screening.fulltexts.incoming import JOB, bring_back, place, put_aside, read_again, take_in
from screening.fulltexts.media_types import MANY
from screening.fulltexts.models import Arrival, FileKind, IncomingFile
from screening.jobs.models import Job
from screening.jobs.sweeper import worker_seen_seconds_ago
from screening.records.models import Record
from screening.reviews.access import person, requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 25
LISTED = 100  # settled files
SETTLED_FOR = timedelta(days=14)  # during which the tray lists what became of a file
OFFERED = 500  # records in the list of suggestions; any number may be typed


@require_POST
@requires(Permission.RETRIEVE)
def fulltexts_upload(request: HttpRequest, member: Membership) -> HttpResponse:
    """Many PDFs, or zips of them: each is stored at once and read by the worker; one that is refused keeps no other out."""
    uploads = request.FILES.getlist("files")
    stored: list[StoredFile] = []
    for upload in uploads:
        try:
            stored.append(store(review_id=member.review_id, upload=upload, takes=MANY))
        except NotAllowedNow as refusal:
            messages.error(request, f"{upload.name}: {refusal}")
    if not uploads:
        messages.error(request, "Choose one or more PDF files first.")
    if not stored:
        return redirect("fulltexts", member.review.slug)
    rows = take_in(review_id=member.review_id, by=person(request), files=stored)
    for row in rows:
        if row.state == Arrival.KNOWN:
            messages.info(request, f"{row.name}: {row.said}")
    return redirect("fulltexts_match", member.review.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RETRIEVE)
def fulltexts_match(request: HttpRequest, member: Membership) -> HttpResponse:
    """What became of the files that came, and the tray of those that wait for a person's word."""
    if request.method == "POST" and "again" in request.POST:
        read_again(review_id=member.review_id)
        return redirect("fulltexts_match", member.review.slug)
    if request.method == "POST":
        return _confirmed(request, member)
    job = Job.objects.filter(review_id=member.review_id, name=JOB).order_by("-pk").first()
    reading = _rows(member, Arrival.READING).count()
    if request.htmx and job is not None:  # type: ignore[attr-defined]
        if not reading or job.is_over:
            return HttpResponse(headers={"HX-Refresh": "true"})  # the page has something new to show as a whole
        return render(request, "screening/fulltexts/tray.html#progress", _progress(job, reading))
    context = {**_progress(job, reading), **_tray(request, member), **_settled(member)}
    return render(request, "screening/fulltexts/tray.html", context)


def _progress(job: Job | None, reading: int) -> dict[str, object]:
    seen = worker_seen_seconds_ago()
    is_moving = job is not None and not job.is_over and reading > 0
    return {
        "job": job,
        "is_moving": is_moving,
        "reading": reading,
        "no_worker": is_moving and (seen is None or seen > 30),
    }


def _rows(member: Membership, *states: Arrival) -> QuerySet[IncomingFile]:
    return IncomingFile.objects.filter(review=member.review, state__in=states).select_related(
        "file__by", "file__report__record"
    )


def _tray(request: HttpRequest, member: Membership) -> dict[str, object]:
    page = Paginator(_rows(member, Arrival.TRAY), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.get("q", "").strip()[:200]
    offered = {number for row in page for number in row.offered}
    sought = queue.sought(member.review_id).select_related("record")
    records = {item.record.number: item.record for item in sought.filter(record__number__in=offered)}
    found = queue.board_rows(member.review, "sought" if query else "to-retrieve", query)
    return {
        "page": page,
        "rows": [(row, [records[number] for number in row.offered if number in records]) for row in page],
        "targets": [item.record for item in found[:OFFERED]],
        "query": query,
        "kinds": FileKind.choices,
    }


def _settled(member: Membership) -> dict[str, object]:
    since = timezone.now() - SETTLED_FOR
    rows = _rows(member, Arrival.ATTACHED, Arrival.KNOWN, Arrival.UNPACKED).filter(settled_at__gte=since)
    return {
        "settled": rows.order_by("-settled_at", "-pk")[:LISTED],
        "aside": _rows(member, Arrival.ASIDE).order_by("-settled_at")[:LISTED],
    }


def _confirmed(request: HttpRequest, member: Membership) -> HttpResponse:
    """Each file of the form with its answer: a record's number, none of them, or nothing yet."""
    for row in _rows(member, Arrival.TRAY):
        said = request.POST.get(f"f{row.pk}", "")
        said = request.POST.get(f"f{row.pk}-other", "").strip() if said == "other" else said
        try:
            _answer(request, member, row, said)
        except NotAllowedNow as refusal:
            messages.error(request, f"{row.name}: {refusal}")
    return redirect("fulltexts_match", member.review.slug)


def _answer(request: HttpRequest, member: Membership, row: IncomingFile, said: str) -> None:
    if said == "none":
        put_aside(member=member, incoming=row)
    elif said:
        kind = request.POST.get(f"f{row.pk}-kind", FileKind.MAIN)
        place(member=member, incoming=row, record=_sought(member, said), kind=kind)
        messages.success(request, f"{row.name} is attached to record {said}.")


def _sought(member: Membership, said: str) -> Record:
    """The record whose report is sought, by its number as typed. Raises NotAllowedNow where there is none."""
    items = queue.sought(member.review_id).select_related("record")
    found = items.filter(record__number=int(said)).first() if said.isdecimal() and len(said) < 10 else None
    if found is None:
        raise NotAllowedNow(f"No report with the number {said[:20]} is sought. Choose one of the list.", rule="R3")
    return found.record


@require_POST
@requires(Permission.RETRIEVE)
def fulltexts_place(request: HttpRequest, member: Membership, incoming_id: int) -> HttpResponse:
    """One file was dropped on one record."""
    row = get_object_or_404(IncomingFile, review=member.review, pk=incoming_id)
    record = _sought(member, request.POST.get("record", ""))
    place(member=member, incoming=row, record=record, kind=request.POST.get("kind", FileKind.MAIN))
    messages.success(request, f"{row.name} is attached to record {record.number}.")
    return redirect("fulltexts_match", member.review.slug)


@require_POST
@requires(Permission.RETRIEVE)
def fulltexts_bring_back(request: HttpRequest, member: Membership, incoming_id: int) -> HttpResponse:
    """Undo: a file that was attached or put aside waits in the tray again."""
    row = get_object_or_404(IncomingFile, review=member.review, pk=incoming_id)
    bring_back(member=member, incoming=row)
    messages.success(request, f"{row.name} waits in the tray again.")
    return redirect("fulltexts_match", member.review.slug)
