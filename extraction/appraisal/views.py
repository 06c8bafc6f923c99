"""The page of the appraisal: instruments, where each study stands, totals that the site computes, the plot, and files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from extraction.appraisal.actions import take_instrument
from extraction.appraisal.instruments import LARGEST, Instrument, instruments, read_instrument
from extraction.appraisal.plot import PlotRow, draw
from extraction.appraisal.queue import Appraisal, appraisals_of, lines_of
from extraction.appraisal.scoring import domain_totals, has_total, items
from extraction.appraisal.written import table_of
from extraction.tables.fields import FormError
from extraction.tables.models import FormKind
from extraction.tables.queue import forms_of, published_version
from screening.audit.refusal import NotAllowedNow
from screening.manuscript.written import FORMATS
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

FILES = ("csv", "xlsx", "docx")


@require_safe
@requires(Permission.SEE_REVIEW)
def appraisal(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every instrument in use with the included studies: state, totals by domain, the plot of what is settled."""
    drafts = [one for one in forms_of(member.review, FormKind.APPRAISAL) if published_version(one) is None]
    context = {
        "parts": [_part(member, one) for one in appraisals_of(member.review)],
        "drafts": drafts,
        "instruments": instruments().values(),
        "may_edit": member.may(Permission.EDIT_FORMS),
        "may_export": member.may(Permission.EXPORT),
        "files": FILES,
    }
    return render(request, "extraction/appraisal/appraisal.html", context)


def _part(member: Membership, found: Appraisal) -> dict[str, Any]:
    spec = found.spec
    return {
        "form": found.form,
        "spec": spec,
        "has_total": has_total(spec),
        "domains": [title for title, _ in domain_totals(spec, {})] if has_total(spec) else [],
        "lines": lines_of(member, found),
        "settled": len(found.settled),
        "drawing": SafeString(_plot(found, inline=True)) if found.settled else "",
    }


def _plot(found: Appraisal, *, inline: bool) -> str:
    rows = [PlotRow(one.label, one.scores, one.total) for one in found.settled]
    return draw(rows, items(found.spec), title=f"{found.form.name}: appraisal of the included studies", inline=inline)


@require_POST
@requires(Permission.EDIT_FORMS)
def appraisal_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Take an instrument into use: one that comes along, or one from a file."""
    form = take_instrument(member=member, instrument=_instrument(request))
    messages.success(request, f"{form.name} is a draft. Read it, then publish it, and the team can begin.")
    return redirect("form", member.review.slug, form.pk)


def _instrument(request: HttpRequest) -> Instrument:
    file = request.FILES.get("file")
    if file is None:
        found = instruments().get(request.POST.get("instrument", ""))
        if found is None:
            raise NotAllowedNow("Choose an instrument, or a file with one. Nothing was changed.")
        return found
    try:
        return read_instrument(file.read(LARGEST + 1))
    except FormError as refusal:
        raise NotAllowedNow(f"{refusal} Nothing was changed.") from refusal


@require_safe
@requires(Permission.EXPORT)
def appraisal_file(request: HttpRequest, member: Membership, form_id: int, ending: str) -> HttpResponse:
    """The settled appraisals of an instrument as a table, or the plot as SVG."""
    found = next((one for one in appraisals_of(member.review) if one.form.pk == form_id), None)
    if found is None or ending not in (*FILES, "svg"):
        raise Http404
    if ending == "svg":
        data, kind = _plot(found, inline=False).encode(), "image/svg+xml"
    else:
        data, kind = FORMATS[ending].write(found.form.name, [], [table_of(found)]), FORMATS[ending].content_type
    name = f"{member.review.slug}-appraisal-{form_id}.{ending}"
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
