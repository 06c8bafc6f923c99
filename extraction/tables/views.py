"""The builder: forms of a review, one form with its sections and fields, its versions and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.tables import actions, building
from extraction.tables.access import form_in
from extraction.tables.changes import differences
from extraction.tables.computing import check_formula
from extraction.tables.exchange import LARGEST, FormFile, read_file, to_json
from extraction.tables.fields import KINDS, Field, FormError, FormSpec, read_form, written
from extraction.tables.forms import BLANK, FILE, FieldForm, NewFormForm, SettingsForm
from extraction.tables.linting import remarks
from extraction.tables.models import Form, FormKind
from extraction.tables.queue import draft_version, keys_ever, present_spec, published_version, to_revisit
from extraction.tables.sheets import TOO_LARGE, sheets_of
from screening.audit.refusal import NotAllowedNow
from screening.exports.workbook import CONTENT_TYPE, workbook
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Permission.SEE_REVIEW)
def forms(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every form of the review with its version in force and its draft; retired ones last."""
    every = [(one, _row(one)) for one in Form.objects.filter(review=member.review)]
    context = {
        "rows": [row for one, row in every if one.retired_at is None],
        "retired": [row for one, row in every if one.retired_at is not None],
        "may_edit": member.may(Permission.EDIT_FORMS),
    }
    return render(request, "extraction/tables/forms.html", context)


def _row(one: Form) -> dict[str, Any]:
    fields = len(present_spec(one).fields)
    return {"form": one, "published": published_version(one), "draft": draft_version(one), "fields": fields}


@require_http_methods(FORM)
@requires(Permission.EDIT_FORMS)
def form_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """A form from a preset, a file, or nothing."""
    form = NewFormForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        begin: dict[str, Any] = {"preset": said["start"]}
        try:
            if said["start"] in (BLANK, FILE):
                begin = _from_file(said["file"]) if said["start"] == FILE else {}
            made = actions.make_form(member=member, name=said["name"], mode=said["mode"], **begin)
        except (FormError, NotAllowedNow) as refusal:
            form.add_error("file" if said["start"] == FILE else "name", str(refusal))
        else:
            messages.success(request, f"{made.name} is a draft. Read it, change what differs, then publish it.")
            return _to(member, made)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "extraction/tables/new.html", {"form": form}, status=status)


def _from_file(file: Any) -> dict[str, Any]:
    found = _read(file)
    return {"content": written(found.spec), "kind": found.kind}


def _read(file: Any) -> FormFile:
    if file.size > LARGEST:
        raise FormError(TOO_LARGE)
    return read_file(file.read(), file.name or "")


@require_safe
@requires(Permission.SEE_REVIEW)
def form(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """One form: what it asks, section by section, with the builder for whoever may edit it."""
    found = form_in(member, form_id)
    draft, published, spec = draft_version(found), published_version(found), present_spec(found)
    former = read_form(published.content) if published else FormSpec(())
    context = {
        "form": found,
        "draft": draft,
        "published": published,
        "spec": spec,
        "remarks": remarks(spec) if draft else [],
        "changes": differences(former, spec) if draft and published else [],
        "to_revisit": to_revisit(found, former, spec).count() if draft and published else 0,
        "kinds": KINDS,
        "versions": found.versions.filter(published_at__isnull=False).order_by("-number"),
        "settings": SettingsForm(initial={"name": found.name, "mode": found.mode}),
        "may_edit": member.may(Permission.EDIT_FORMS) and found.retired_at is None,
        "may_bring_back": member.may(Permission.EDIT_FORMS) and found.retired_at is not None,
        "may_export": member.may(Permission.EXPORT),
    }
    return render(request, "extraction/tables/form.html", context)


@require_safe
@requires(Permission.SEE_REVIEW)
def form_version(request: HttpRequest, member: Membership, form_id: int, number: int) -> HttpResponse:
    """What a version asked, as it was published."""
    found = form_in(member, form_id)
    version = get_object_or_404(found.versions.filter(published_at__isnull=False), number=number)
    former, spec = found.versions.filter(number=number - 1).first(), read_form(version.content)
    changes = differences(read_form(former.content), spec) if former else []
    context = {"form": found, "version": version, "spec": spec, "kinds": KINDS, "former": former, "changes": changes}
    return render(request, "extraction/tables/version.html", context)


def _place(request: HttpRequest) -> int:
    text = request.POST.get("section", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


#: What a press on the builder's page does to the form: (what was sent, the form) -> the form.
Act = Callable[[HttpRequest, FormSpec], FormSpec]
ACTS: dict[str, Act] = {
    "add-section": lambda sent, spec: building.add_section(spec, sent.POST.get("title", ""), sent.POST.get("help", "")),
    "edit-section": lambda sent, spec: building.edit_section(
        spec, _place(sent), sent.POST.get("title", ""), sent.POST.get("help", "")
    ),
    "section-up": lambda sent, spec: building.move_section(spec, _place(sent), up=True),
    "section-down": lambda sent, spec: building.move_section(spec, _place(sent), up=False),
    "remove-section": lambda sent, spec: building.remove_section(spec, _place(sent)),
    "up": lambda sent, spec: building.move_field(spec, sent.POST.get("key", ""), up=True),
    "down": lambda sent, spec: building.move_field(spec, sent.POST.get("key", ""), up=False),
    "remove": lambda sent, spec: building.remove_field(spec, sent.POST.get("key", "")),
}


@require_POST
@requires(Permission.EDIT_FORMS)
def form_edit(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Add, rename, move or remove a section; move or remove a field."""
    found, act = form_in(member, form_id), ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        changed = act(request, present_spec(found))
    except FormError as refusal:
        raise NotAllowedNow(str(refusal)) from refusal
    actions.edit_draft(member=member, form=found, content=written(changed))
    key = request.POST.get("key", "")
    return _to(member, found, f"#f-{key}" if changed.field(key) else "#sections")


@require_http_methods(FORM)
@requires(Permission.EDIT_FORMS)
def form_field(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """A new field of a kind in a section, or one that is there, named by its key."""
    found = form_in(member, form_id)
    spec, former, kind = _asked_field(request, found)
    rest: dict[str, Any] = {
        "spec": spec,
        "kind": kind,
        "form_kind": found.kind,
        "taken": keys_ever(found),
        "former": former,
    }
    filled = FieldForm(request.POST or None, **rest)
    if request.method == "POST" and filled.is_valid():
        try:
            one = filled.field()
            changed = building.put_field(spec, one, _section(request))
            check_formula(changed, one)
            actions.edit_draft(member=member, form=found, content=written(changed))
        except (FormError, NotAllowedNow) as refusal:
            filled.add_error(None, str(refusal))
        else:
            return _to(member, found, f"#f-{one.key}")
    context = {"form": found, "fields": filled, "former": former, "kind": KINDS[kind]}
    return render(request, "extraction/tables/field.html", context, status=UNPROCESSABLE if filled.errors else 200)


def _asked_field(request: HttpRequest, found: Form) -> tuple[FormSpec, Field | None, str]:
    spec = present_spec(found)
    former = spec.field(request.GET.get("key", ""))
    kind = former.kind if former else request.GET.get("kind", "")
    if kind not in KINDS or (former is None and not 0 <= _section(request) < len(spec.sections)):
        raise Http404
    return spec, former, kind


def _section(request: HttpRequest) -> int:
    text = request.GET.get("section", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


@require_POST
@requires(Permission.EDIT_FORMS)
def form_settings(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Another name, or another number of people."""
    filled = SettingsForm(request.POST)
    if not filled.is_valid():
        raise NotAllowedNow(" ".join(str(error) for errors in filled.errors.values() for error in errors))
    changed = actions.change_form(member=member, form=form_in(member, form_id), **filled.cleaned_data)
    messages.success(request, "Saved.")
    return _to(member, changed)


@require_POST
@requires(Permission.EDIT_FORMS)
def form_publish(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Make the draft the version in force."""
    found = form_in(member, form_id)
    version = actions.publish(member=member, form=found, reason=request.POST.get("reason", ""))
    messages.success(request, f"Version {version.number} of {found.name} is published.")
    return _to(member, found)


@require_POST
@requires(Permission.EDIT_FORMS)
def form_discard(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Throw the draft of a later version away."""
    found = form_in(member, form_id)
    actions.discard_draft(member=member, form=found)
    messages.success(request, "The draft is discarded. The version in force was not touched.")
    return _to(member, found)


@require_POST
@requires(Permission.EDIT_FORMS)
def form_retire(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Take a form out of use, or bring it back."""
    found = form_in(member, form_id)
    if request.POST.get("act") == "back":
        actions.bring_back(member=member, form=found)
    else:
        actions.retire(member=member, form=found, reason=request.POST.get("reason", ""))
    return redirect("forms", member.review.slug)


@require_POST
@requires(Permission.EDIT_FORMS)
def form_import(request: HttpRequest, member: Membership, form_id: int) -> HttpResponse:
    """Put what a file says into the draft."""
    found, file = form_in(member, form_id), request.FILES.get("file")
    if file is None:
        raise NotAllowedNow("Choose the file first. Nothing was changed.")
    try:
        told = _read(file)
    except FormError as refusal:
        raise NotAllowedNow(f"{refusal} Nothing was changed.") from refusal
    actions.edit_draft(member=member, form=found, content=written(told.spec))
    messages.success(request, "The draft is as the file says.")
    return _to(member, found)


@require_safe
@requires(Permission.EXPORT)
def form_file(request: HttpRequest, member: Membership, form_id: int, ending: str) -> HttpResponse:
    """The form as JSON or as an Excel file."""
    found = form_in(member, form_id)
    told = FormFile(found.name, FormKind(found.kind).value, present_spec(found))
    if ending not in ("json", "xlsx"):
        raise Http404
    data = to_json(told) if ending == "json" else b"".join(workbook(sheets_of(told.name, told.kind, told.spec)))
    kind = "application/json" if ending == "json" else CONTENT_TYPE
    headers = {"Content-Disposition": f'attachment; filename="{member.review.slug}-form-{found.pk}.{ending}"'}
    return HttpResponse(data, content_type=kind, headers=headers)


def _to(member: Membership, found: Form, anchor: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("form", args=[member.review.slug, found.pk]) + anchor)
