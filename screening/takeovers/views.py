"""Bringing votes in that were made elsewhere: upload, say who is who, see what fits, then bring it in."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from screening.audit.refusal import NotAllowedNow
from screening.audit.spreadsheet import spreadsheet_safe
from screening.decisions.verdict import Stage
from screening.decisions.votes_file import VotesFile
from screening.imports.parsed import Refusal
from screening.protocol.versions import Versions
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.takeovers import actions, forms
from screening.takeovers.models import Takeover, TakeoverState
from screening.takeovers.queue import criteria_of, job_of, takeovers_of, team_of
from screening.takeovers.trying import fit_of, misfits_of, read

PAGE = "screening/takeovers/takeover.html"
LISTED = 20  # rows that do not fit, on the page; the download has all


@requires(Permission.BRING_IN_VOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def takeovers(request: HttpRequest, member: Membership) -> HttpResponse:
    """The files that were brought in, and a form for another one."""
    refused, stage = "", forms.stage_of(request.POST.get("stage", ""))
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None or stage is None:
            refused = "Choose a stage and a file, then upload."
        else:
            try:
                received = actions.receive(member=member, stage=stage, upload=upload, name=upload.name or "")
                return redirect("takeover", member.review.slug, received.pk)
            except NotAllowedNow as refusal:
                refused = str(refusal)
    context = {
        "takeovers": takeovers_of(member.review),
        "stages": list(Stage),
        "chosen": stage or Stage.TITLE_ABSTRACT,
        "refused": refused,
        "is_frozen": Versions(member.review).active is not None,
    }
    return render(request, "screening/takeovers/takeovers.html", context, status=422 if refused else 200)


@requires(Permission.BRING_IN_VOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def takeover(request: HttpRequest, member: Membership, takeover_id: int) -> HttpResponse:
    """What is in the file, who is who, and what fits; or how far the job is; or what came of it."""
    one = _takeover(member, takeover_id)
    job = job_of(one)
    if request.htmx:  # type: ignore[attr-defined]
        over = job is None or job.is_over
        return (
            HttpResponse(headers={"HX-Refresh": "true"})
            if over
            else render(request, f"{PAGE}#job", {"job": job, "one": one})
        )
    is_mine = one.uploaded_by_id == member.user_id
    context: dict[str, Any] = {"one": one, "job": job, "is_mine": is_mine, "stage": Stage(one.stage)}
    if is_mine and one.state == TakeoverState.WAITING:
        try:
            file = read(one)
        except Refusal as refusal:
            return _unread(request, member, one, refusal, context)
        if request.method == "POST":
            return _mapped(request, member, one, file)
        context |= _trial(member, one, file)
    return render(request, PAGE, context)


def _unread(
    request: HttpRequest, member: Membership, one: Takeover, refusal: Refusal, context: dict[str, Any]
) -> HttpResponse:
    """A file in an unknown encoding is shown in each that it may be in; the right one is chosen."""
    chosen = request.POST.get("encoding", "")
    if chosen in refusal.previews:
        actions.choose_encoding(takeover=one, member=member, encoding=chosen)
        return redirect("takeover", member.review.slug, one.pk)
    return render(request, PAGE, context | {"unread": refusal.sentence, "previews": refusal.previews})


def _mapped(request: HttpRequest, member: Membership, one: Takeover, file: VotesFile) -> HttpResponse:
    criteria, team = criteria_of(one), team_of(member.review)
    actions.map_file(
        takeover=one,
        member=member,
        people=forms.people_from(request.POST, file, team),
        reasons=forms.reasons_from(request.POST, file, criteria),
        whole=forms.whole_from(request.POST),
    )
    messages.success(request, "Kept, and tried again: nothing is brought in yet.")
    return redirect("takeover", member.review.slug, one.pk)


def _trial(member: Membership, one: Takeover, file: VotesFile) -> dict[str, Any]:
    fit = fit_of(one, file, member)
    people = forms.asked_people(one, file, team_of(member.review))
    return {
        "file": file,
        "fit": fit,
        "people": people,
        "is_open": any(asked.is_open for asked in people),
        "reasons": forms.asked_reasons(one, file, criteria_of(one)),
        "listed": fit.misfits[:LISTED],
        "more": max(0, len(fit.misfits) - LISTED),
    }


def _takeover(member: Membership, takeover_id: int) -> Takeover:
    return get_object_or_404(takeovers_of(member.review), pk=takeover_id)


@requires(Permission.BRING_IN_VOTES)
@require_POST
def takeover_apply(request: HttpRequest, member: Membership, takeover_id: int) -> HttpResponse:
    """Bring the rows that fit in."""
    actions.apply(takeover=_takeover(member, takeover_id), member=member)
    return redirect("takeover", member.review.slug, takeover_id)


@requires(Permission.BRING_IN_VOTES)
@require_POST
def takeover_set_aside(request: HttpRequest, member: Membership, takeover_id: int) -> HttpResponse:
    """Take the file off the list."""
    one = _takeover(member, takeover_id)
    actions.set_aside(takeover=one, member=member)
    messages.success(request, f"{one.name} is set aside. Nothing of it was brought in.")
    return redirect("takeovers", member.review.slug)


@requires(Permission.BRING_IN_VOTES)
@require_GET
def takeover_misfits(request: HttpRequest, member: Membership, takeover_id: int) -> HttpResponse:
    """The rows that do not fit, or were not brought in, with the reason; for whoever uploaded them."""
    one = _takeover(member, takeover_id)
    if one.uploaded_by_id != member.user_id:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="not-brought-in-{one.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["line", "record", "title", "reviewer", "why"])
    for misfit in misfits_of(one, member):
        cells = (misfit.line, misfit.record, misfit.title, misfit.reviewer, misfit.why)
        writer.writerow([spreadsheet_safe(str(cell)) for cell in cells])
    return response
