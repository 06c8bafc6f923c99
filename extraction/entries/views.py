"""The overview of extraction, the places in it, and one's own entry beside the PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.entries import actions
from extraction.entries.filling import asked, figures, missing
from extraction.entries.forms import Posted, posted
from extraction.entries.models import Entry, EntryRole, ValueStatus
from extraction.entries.overview import rows_of
from extraction.entries.queue import files_of, said_of, spec_of
from extraction.entries.shown import checked_by, pins_of, shown_entry, shown_form
from extraction.tables.access import form_in
from extraction.tables.models import Form
from extraction.tables.queue import draft_version, forms_in_use, present_spec
from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.models import ReportFile
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study


def overview_page(request: HttpRequest, member: Membership, **said: Any) -> HttpResponse:
    """Included studies with each form in use; one's own next entry first."""
    forms = forms_in_use(member.review)
    tables = [(form, rows_of(member, form)) for form in forms]
    to_do = [(form, row) for form, rows in tables for row in rows if row.is_to_do]
    to_settle = [
        (form, row) for form, rows in tables for row in rows if row.extraction and row.extraction.state == "differ"
    ]
    context = {
        "with_free_places": {form.pk for form, rows in tables for row in rows if row.free and not row.is_revealed},
        "tables": tables, "next": to_do[0] if to_do else None, "to_do": len(to_do), "to_settle": to_settle,
        "may_extract": member.may(Permission.EXTRACT), "may_assign": member.may(Permission.EDIT_FORMS),
        "people": _reviewers(member) if member.may(Permission.EDIT_FORMS) else [],
        "may_settle": member.may(Permission.SETTLE), **said,
    }  # fmt: skip
    return render(request, "extraction/entries/overview.html", context)


def _reviewers(member: Membership) -> list[Membership]:
    """Reviewers, and whoever left the review and has a place still: it stays theirs until a lead gives it to another."""
    seated = Entry.objects.filter(review=member.review, left_at__isnull=True).values("extractor")
    rows = Membership.objects.filter(review=member.review).filter(
        Q(is_reviewer=True, active_to__isnull=True) | Q(pk__in=seated)
    )
    return list(rows.select_related("user").order_by("user__name", "pk"))


def _place(request: HttpRequest, member: Membership) -> tuple[Study, Form]:
    study = get_object_or_404(Study, review=member.review, pk=_number(request.POST.get("study")))
    return study, get_object_or_404(Form, review=member.review, pk=_number(request.POST.get("form")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_POST
@requires(Permission.EDIT_FORMS)
def extraction_assign(request: HttpRequest, member: Membership) -> HttpResponse:
    """Who extracts a study; ``people`` in their order, empty ones left out."""
    study, form = _place(request, member)
    chosen = [_number(one) for one in request.POST.getlist("people") if one]
    found = {one.pk: one for one in _reviewers(member)}
    people, said = [found[pk] for pk in dict.fromkeys(chosen) if pk in found], request.POST
    actions.assign(
        member=member, study=study, form=form, people=people, is_pilot="pilot" in said, goes_on="goes_on" in said
    )
    messages.success(request, f"Assigned: {study.label}.")
    return _overview(member)


@require_POST
@requires(Permission.EDIT_FORMS)
def extraction_assign_all(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every free place, evenly among those chosen."""
    form = get_object_or_404(Form, review=member.review, pk=_number(request.POST.get("form")))
    chosen = {_number(one) for one in request.POST.getlist("people")}
    people = [one for one in _reviewers(member) if one.pk in chosen and one.active_to is None]
    filled = actions.assign_evenly(member=member, form=form, people=people)
    messages.success(request, f"{filled} place{'' if filled == 1 else 's'} filled.")
    return _overview(member)


@require_POST
@requires(Permission.EXTRACT)
def extraction_start(request: HttpRequest, member: Membership) -> HttpResponse:
    """Take a free place and begin."""
    study, form = _place(request, member)
    return redirect(_page(member, actions.take_place(member=member, study=study, form=form)))


def _overview(member: Membership) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("extraction", args=[member.review.slug]))


def _page(member: Membership, entry: Entry) -> str:
    return reverse("entry", args=[member.review.slug, entry.pk])


def entry_of(member: Membership, entry_id: int) -> Entry:
    """One's own entry. Raises Http404 for anybody else's."""
    rows = Entry.objects.visible_to(member).filter(extractor=member)
    return get_object_or_404(
        rows.select_related("version", "extraction__version", "extraction__study", "extraction__form"), pk=entry_id
    )


@require_safe
@requires(Permission.EXTRACT)
def entry(request: HttpRequest, member: Membership, entry_id: int) -> HttpResponse:
    """The form on the left, the report beside it."""
    return entry_page(request, member, entry_of(member, entry_id))


def entry_page(
    request: HttpRequest, member: Membership, found: Entry, typed: Posted | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    """The page of an entry, with what was typed and the sentences about it where it could not be kept."""
    files = files_of(found.extraction.study)
    sections = shown_entry(member, found, files, typed)
    context = {
        "entry": found, "extraction": found.extraction, "study": found.extraction.study, "files": files, "sections": sections,
        "changed": [one for part in sections for one in part.fields if one.change], "is_open": is_open(found),
        "is_check": found.role == EntryRole.VERIFIER, "is_there_to_check": bool(checked_by(member, found)),
        "statuses": ValueStatus.choices, **said,
    }  # fmt: skip
    return render(request, "extraction/entries/entry.html", context, status=status)


def is_open(found: Entry) -> bool:
    """True while its author may type in it."""
    here = found.left_at is None and found.extraction.revealed_at is None and found.round == found.extraction.round
    return here and found.state != "submitted"


@require_POST
@requires(Permission.EXTRACT)
def entry_save(request: HttpRequest, member: Membership, entry_id: int) -> HttpResponse:
    """Keep the draft, and pin or unpin a quote where that was pressed; JSON for the page's script."""
    found = entry_of(member, entry_id)
    typed = posted(spec_of(found.extraction.version), request.POST)
    sentence = keep(request, member, found, typed)
    found = entry_of(member, entry_id)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(_told(request, found, typed, sentence), status=409 if sentence else 200)
    if sentence or typed.problems:
        return entry_page(request, member, found, typed, 409 if sentence else 422, refused=sentence)
    messages.success(request, "Saved.")
    return redirect(_page(member, found) + (f"#q-{request.POST['field']}" if request.POST.get("act") == "pin" else ""))


def _told(request: HttpRequest, found: Entry, typed: Posted, sentence: str) -> dict[str, Any]:
    """What the script of the page shows: when it was saved, what could not be, which fields are asked now, and what follows."""
    saved = "" if sentence else f"Saved {date_format(timezone.localtime(), 'H:i')}"
    if saved and is_behind(request, found):
        saved += ". The form has changed meanwhile: open this page again."
    spec, said = spec_of(found.extraction.version), said_of([found])[found.pk]
    return {
        "saves": found.saves,
        "saved": saved,
        "sentence": sentence,
        "problems": typed.problems,
        "asked": [one.key for one in asked(spec, said)],
        "computed": figures(spec, said),
        "quotes": _quoted(request, found) if request.POST.get("act") else None,
    }


def _quoted(request: HttpRequest, found: Entry) -> dict[str, str]:
    """The quotes of each field that has some, as the page shows them."""
    pins = pins_of(found, files_of(found.extraction.study))
    page = "extraction/entries/_pins.html"
    return {key: render_to_string(page, {"pins": each, "is_open": True}, request) for key, each in pins.items()}


def is_behind(request: HttpRequest, found: Entry) -> bool:
    """True where the page was opened before the form changed, so that its author has not seen what it asks now."""
    now = str(found.extraction.version_id)
    return request.POST.get("version", now) != now


def keep(request: HttpRequest, member: Membership, found: Entry, typed: Posted) -> str:
    """Save what can be saved; the sentence of a refusal, or nothing. A quote that cannot be pinned is a problem of its field alone."""
    try:
        actions.save_entry(member=member, entry_id=found.pk, said=typed.said, saves=_number(request.POST.get("saves")))
    except NotAllowedNow as refusal:
        return str(refusal)
    try:
        _quotes(request, member, found)
    except NotAllowedNow as refusal:
        typed.problems[request.POST.get("field", "")] = str(refusal)
    return ""


def _quotes(request: HttpRequest, member: Membership, found: Entry) -> None:
    act, _, subject = request.POST.get("act", "").partition(":")
    if act == "unpin":
        actions.unpin(member=member, entry_id=found.pk, anchor_id=_uuid(subject))
    if act != "pin":
        return
    file = get_object_or_404(ReportFile, review=member.review, removed_at=None, pk=_number(request.POST.get("file")))
    said = {name: request.POST.get(name, "") for name in ("before", "after", "field")}
    page, quote = _number(request.POST.get("page")), request.POST.get("text", "")
    actions.pin(member=member, entry_id=found.pk, file=file, page=page, quote=quote, **said)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


@require_POST
@requires(Permission.EXTRACT)
def entry_take_back(request: HttpRequest, member: Membership, entry_id: int) -> HttpResponse:
    """Open one's own submitted entry again, until the other has submitted."""
    actions.take_back(member=member, entry_id=entry_of(member, entry_id).pk)
    messages.success(request, "Taken back. Submit it again when it is right.")
    return redirect("entry", member.review.slug, entry_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_REVIEW)
def form_preview(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """A form as extractors will see it, to be tried: what is typed is checked and computed, and nothing is kept."""
    found = form_in(member, form_id)
    spec = present_spec(found)
    typed = posted(spec, request.POST) if request.method == "POST" else None
    pinned = {one.key for one in spec.fields}  # there is no report here to pin to
    lacks = [one for one in missing(spec, typed.said, pinned) if one.key not in typed.problems] if typed else []
    context = {
        "form": found, "draft": draft_version(found), "sections": shown_form(spec, {}, typed), "typed": typed, "lacks": lacks,
        "statuses": ValueStatus.choices,
    }  # fmt: skip
    return render(request, "extraction/entries/preview.html", context)
