"""Pages of imports: upload several files, describe each, watch them load, read the report, undo."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.audit.spreadsheet import spreadsheet_safe
from screening.imports import waiting
from screening.imports.actions import (
    AlreadyImported,
    accept_damage,
    answer_columns,
    answer_encoding,
    cancel_import,
    edit_import,
    give_title,
    is_held,
    read_again,
    restore_import,
    same_file,
    settle_rejected,
    start_import,
    undo_import,
)
from screening.imports.databases import DATABASES, PLATFORMS
from screening.imports.forms import ColumnsForm, DescriptionForm, EditForm, TitleForm, shared
from screening.imports.models import Import, ImportState, WaitingFile
from screening.imports.queue import (
    Progress,
    flagged_records,
    next_step,
    progress_of,
    rejected_rows,
    untitled_records,
)
from screening.imports.receiving import Received, receive
from screening.imports.undoing import GivenBack, before_and_after, preview_undo, successions
from screening.jobs.sweeper import worker_seen_seconds_ago
from screening.records.models import Record
from screening.reviews.access import person, requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun
from screening.searches.queue import runs_of
from screening.searches.views import run_or_404

_LISTED = 100
_GROUPS_LISTED = 20


def _import_or_404(member: Membership, import_id: int) -> Import:
    rows = Import.objects.select_related("review", "run", "source", "uploaded_by")
    return get_object_or_404(rows, review=member.review, pk=import_id)


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Step 1: several files at once; each is stored, hashed and recognised. Below, how far the files of this search are."""
    run = run_or_404(member, number)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "screening/imports/upload.html#files", {"run": run, **_files(member, run)})
    refused: list[Received] = []
    if request.method == "POST":
        for file in request.FILES.getlist("files"):
            got = receive(review=member.review, upload=file, name=file.name or "")
            if got.file is None:
                refused.append(got)
            else:
                waiting.let_wait(
                    run=run, actor=person(request), file=got.file, format_name=got.format, left_out=got.left_out
                )
        if not refused and waiting.waiting(run).exists():
            return redirect("imports_describe", slug=member.review.slug, number=number)
    context = {
        "run": run,
        "refused": refused,
        "waiting": waiting.waiting(run),
        "is_post": request.method == "POST",
        **_files(member, run),
    }
    return render(request, "screening/imports/upload.html", context, status=200 if not refused else 422)


def _files(member: Membership, run: SearchRun) -> dict[str, object]:
    """The last files of a search with their stages, in the order of their reading; ``told`` is spoken when nothing moves any more."""
    imports = run.imports.exclude(state=ImportState.CANCELLED).select_related("source", "review").order_by("-pk")
    files = progress_of(run.review_id, list(imports[:_LISTED])[::-1])
    stored = sum(1 for one in files if one.imported.state == ImportState.STORED)
    return {
        "files": files,
        "is_moving": any(one.is_moving for one in files),
        "no_worker": any(one.is_moving for one in files) and _no_worker(),
        "told": f"{stored} of {len(files)} files stored.",
        "may_import": member.may(Permission.IMPORT),
    }


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Step 2: who was asked, when and how, for each file; then they are imported together."""
    run = run_or_404(member, number)
    files = list(waiting.waiting(run))
    if not files:
        return redirect("imports_upload", slug=member.review.slug, number=number)
    known = [(file, same_file(review=member.review, sha256=file.file.sha256)) for file in files]
    fresh = [file for file, first in known if first is None]
    forms = _description_forms(request, fresh)
    if request.method == "POST" and not [form for form in forms if not form.is_valid()]:
        return _start_all(request, member, run, list(zip(fresh, forms, strict=True)))
    context = {
        "run": run,
        "rows": list(zip(fresh, forms, strict=True)),
        "files": files,
        "fresh_n": len(fresh),
        "is_post": request.method == "POST",
        "known": [(file, first) for file, first in known if first is not None],
        "databases": DATABASES,
        "platforms": PLATFORMS,
    }
    return render(request, "screening/imports/describe.html", context, status=422 if request.method == "POST" else 200)


def _description_forms(request: HttpRequest, files: list[WaitingFile]) -> list[DescriptionForm]:
    if request.method != "POST":
        return [DescriptionForm.for_file(file.file.name, file.format, file.prefix) for file in files]
    prefixes = [file.prefix for file in files]
    data = request.POST.dict()
    data = shared(data, prefixes) if "same" in data else data
    return [DescriptionForm(data, prefix=prefix) for prefix in prefixes]


def _start_all(
    request: HttpRequest, member: Membership, run: SearchRun, described: list[tuple[WaitingFile, DescriptionForm]]
) -> HttpResponse:
    started: list[Import] = []
    for file, form in described:
        try:
            description = form.description()
            started.append(start_import(run=run, actor=person(request), file=file.file, description=description))
        except AlreadyImported as already:
            messages.info(request, str(already))
    waiting.end_known(run=run)
    if len(started) == 1:
        return redirect("import_report", slug=member.review.slug, import_id=started[0].pk)
    return _to_files(run) if started else redirect("searches", slug=member.review.slug)


def _to_files(run: SearchRun) -> HttpResponse:
    """The upload page, at the files of the search and their stages."""
    return redirect(reverse("imports_upload", args=[run.review.slug, run.number]) + "#imports")


@requires(Permission.IMPORT)
@require_POST
def forget_file(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Take an uploaded file off the list of those that wait for a description."""
    run = run_or_404(member, number)
    waiting.remove(run=run, actor=person(request), sha256=request.POST.get("sha256", ""))
    return redirect("imports_describe", slug=member.review.slug, number=number)


@requires(Permission.SEE_REVIEW)
@require_safe
def report(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Progress while it loads, the question it asks, or the report whose sum closes (IM1, IM10)."""
    imported = _import_or_404(member, import_id)
    [one] = progress_of(member.review_id, [imported])
    context = {"imported": imported, "one": one, "no_worker": one.is_moving and _no_worker(), "loads": _loads(one)}
    if request.htmx:  # type: ignore[attr-defined]
        if "loading" in request.GET and not _loads(one):
            return HttpResponse(headers={"HX-Refresh": "true"})  # the page has something new to show as a whole
        return render(request, "screening/imports/import.html#progress", context)
    context |= {"terms": _terms(imported), "sum_closes": imported.markers == imported.parsed + imported.rejected}
    context |= {"may_import": member.may(Permission.IMPORT), "next": next_step(member, imported), **_rows(imported)}
    return render(request, "screening/imports/import.html", context)


def _loads(one: Progress) -> bool:
    """True while a worker reads the file, or will."""
    return one.imported.state in (ImportState.QUEUED, ImportState.LOADING) and not one.is_broken


def _terms(imported: Import) -> list[dict[str, object]]:
    """markers = imported + rejected, each number opening what it counts (IM1, U1)."""
    opened = f"{reverse('records', args=[imported.review.slug])}?import={imported.pk}"
    return [
        {"n": imported.markers, "label": "marked in the file"},
        {"n": imported.parsed, "label": "imported", "url": opened if imported.state == ImportState.STORED else ""},
        {"n": imported.rejected, "label": "rejected", "url": "#rejected" if imported.rejected else ""},
    ]


def _rows(imported: Import) -> dict[str, object]:
    return {
        "untitled": untitled_records(imported)[:_LISTED],
        "untitled_n": untitled_records(imported).count(),
        "flagged": flagged_records(imported)[:_LISTED],
        "flagged_n": flagged_records(imported).count(),
        "rejected": rejected_rows(imported)[:_LISTED],
        "rejected_n": rejected_rows(imported).count(),
        "columns_form": _columns_form(imported),
    }


def _no_worker() -> bool:
    """True when no worker has shown a sign of life for half a minute."""
    seen = worker_seen_seconds_ago()
    return seen is None or seen > 30


def _columns_form(imported: Import, data: object = None) -> ColumnsForm | None:
    question = imported.question
    if "columns" not in question:
        return None
    return ColumnsForm(data, columns=question["columns"], sample=question["sample"], guesses=imported.mapping)


class _Echo:
    """A file that hands back what is written: the csv module writes, the response streams."""

    def write(self, text: str) -> str:
        return text


@requires(Permission.SEE_REVIEW)
@require_safe
def rejected_csv(request: HttpRequest, member: Membership, import_id: int) -> HttpResponseBase:
    """Rejected rows with line, reason and raw text, to be repaired and imported (IM13)."""
    imported = _import_or_404(member, import_id)
    writer = csv.writer(_Echo())
    found = rejected_rows(imported).iterator(chunk_size=500)
    rows: Iterator[list[object]] = ([row.line, row.reason, spreadsheet_safe(row.raw)] for row in found)
    headed: Iterator[list[object]] = chain([["line", "reason", "raw"]], rows)
    lines = (writer.writerow(row) for row in headed)
    name = f"rejected-import-{imported.pk}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _back(member: Membership, imported: Import) -> HttpResponse:
    return redirect("import_report", slug=member.review.slug, import_id=imported.pk)


@requires(Permission.IMPORT)
@require_POST
def encoding(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """The encoding in which the preview looks right."""
    imported = _import_or_404(member, import_id)
    chosen = request.POST.get("encoding", "")
    if chosen not in imported.question.get("previews", {}):
        raise NotAllowedNow("Choose the preview in which the text can be read, then import it.")
    answer_encoding(imported=imported, actor=person(request), encoding=chosen)
    return _back(member, imported)


@requires(Permission.IMPORT)
@require_POST
def columns(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Which column holds what."""
    imported = _import_or_404(member, import_id)
    form = _columns_form(imported, request.POST)
    if form is None:
        return _back(member, imported)
    if not form.is_valid():
        [one] = progress_of(member.review_id, [imported])
        context = {"imported": imported, "one": one, "may_import": True, **_rows(imported), "columns_form": form}
        return render(request, "screening/imports/import.html", context, status=422)
    answer_columns(imported=imported, actor=person(request), mapping=form.mapping())
    return _back(member, imported)


@requires(Permission.IMPORT)
@require_POST
def accept(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Take what could be read of a damaged file."""
    imported = _import_or_404(member, import_id)
    accept_damage(imported=imported, actor=person(request))
    return _back(member, imported)


@requires(Permission.IMPORT)
@require_POST
def again(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Read a refused or interrupted file once more."""
    imported = _import_or_404(member, import_id)
    read_again(imported=imported, actor=person(request))
    return _back(member, imported)


@requires(Permission.IMPORT)
@require_POST
def cancel(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Stop an import under way, or remove one that cannot be read."""
    imported = _import_or_404(member, import_id)
    cancel_import(imported=imported, actor=person(request))
    messages.success(request, f"{imported.file_name} is removed. Nothing of it was imported.")
    return _to_files(imported.run)


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Correct what was written down about an import."""
    imported = _import_or_404(member, import_id)
    runs = runs_of(member.review)
    form = EditForm.of(imported, runs) if request.method != "POST" else EditForm(request.POST, runs=runs)
    if request.method == "POST" and form.is_valid():
        edit_import(imported=imported, actor=person(request), run=form.run(), description=form.description())
        return _back(member, imported)
    context = {"imported": imported, "form": form, "databases": DATABASES, "platforms": PLATFORMS}
    return render(request, "screening/imports/edit.html", context, status=422 if form.errors else 200)


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """What undoing takes along, in numbers; then the undoing (IM11, U4)."""
    imported = _import_or_404(member, import_id)
    if request.method != "POST":
        return render(request, "screening/imports/undo.html", {"imported": imported, **_undoing(imported)})
    undo_import(imported=imported, actor=person(request), reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, f"{imported.file_name} is undone. You can restore it on this page.")
    return _back(member, imported)


def _undoing(imported: Import) -> dict[str, object]:
    preview = preview_undo(imported)
    now, then = before_and_after(imported, preview)
    kept = successions(imported, _GROUPS_LISTED)
    more = preview.kept - len(kept)
    return {"preview": preview, "now": now, "then": then, "kept": kept, "more": more, "is_held": is_held(imported)}


@requires(Permission.IMPORT)
@require_POST
def restore(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Bring an undone import back, with what stood of it."""
    imported = _import_or_404(member, import_id)
    given = restore_import(imported=imported, actor=person(request))
    messages.success(request, " ".join([f"The records of {imported.file_name} are back.", *_given_back(given)]))
    return _back(member, imported)


@requires(Permission.IMPORT)
@require_POST
def settle_rows(request: HttpRequest, member: Membership, import_id: int) -> HttpResponse:
    """Say what became of the rejected rows (IM13)."""
    settle_rejected(
        imported=_import_or_404(member, import_id), actor=person(request), how=request.POST.get("how", "")[:1000]
    )
    messages.success(request, "Kept, with your words. These rows no longer stand in the way of final numbers.")
    return redirect("import_report", slug=member.review.slug, import_id=import_id)


def _given_back(given: GivenBack) -> Iterator[str]:
    """What stands as before, and what the search for duplicates has to find anew."""
    if given.merged:
        yield f"Merged as before: {given.merged}."
    if given.removed:
        yield f"Removed as before: {given.removed}."
    if given.changed:
        yield f"Not merged as before, because their groups have changed since: {given.changed}."
    yield "Duplicates are being looked for again."


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def title(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Give a record the title that its file lacked, with its raw text in sight."""
    rows = Record.objects.select_related("text").filter(review=member.review, standing__isnull=False)
    found = get_object_or_404(rows, number=number)
    form = TitleForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        give_title(record_id=found.pk, actor=person(request), **form.cleaned_data)
        messages.success(
            request, f"Record {number} has its title. It is screened once it was compared with the others."
        )
        return redirect("record", slug=member.review.slug, number=number)
    context = {"record": found, "form": form, "title": "", "repairs": found.repairs.select_related("by")}
    return render(request, "screening/imports/title.html", context, status=422 if form else 200)
