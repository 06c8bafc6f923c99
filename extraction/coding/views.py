"""The codebook: its codes, what becomes of them, its versions and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from extraction.coding import actions
from extraction.coding.exchange import MOST_BYTES, CodebookUnreadable, CodeFacts, codebook_csv
from extraction.coding.forms import CodebookForm, CodeForm, FileForm, NewCodeForm
from extraction.coding.grouping import bring_in_sets, keep_set, remove_set, sets_of
from extraction.coding.marking import add_memo
from extraction.coding.models import Code, Codebook, CodeChange, CodingMemo, CodingMode
from extraction.coding.overview import counts_of_codes
from extraction.coding.queue import codebook_of, codes
from extraction.coding.refi import codes_of_file, sets_of_file, write_qdc
from screening.audit.refusal import NotAllowedNow
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


def _checked(form: Form) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    named = [(form.fields[name].label if name in form.fields else "", errors) for name, errors in form.errors.items()]
    raise NotAllowedNow(
        " ".join(f"{label}: {each}" if label else str(each) for label, errors in named for each in errors)
    )


def _codebook(member: Membership) -> Codebook:
    found = codebook_of(member.review)
    if found is None:
        raise Http404
    return found


@require_safe
@requires(Permission.SEE_RESULTS)
def codebook(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every code in its order, what was changed, and the versions; the form that makes a codebook where there is none."""
    found = codebook_of(member.review)
    if found is None:
        return render(
            request,
            "extraction/coding/codebook_new.html",
            {"form": CodebookForm(), "may": member.may(Permission.EDIT_CODEBOOK)},
        )
    counts = counts_of_codes(member, found)
    changes = CodeChange.objects.filter(review=member.review).select_related("code", "into", "made_by__user")
    rows = codes(member.review)
    names = {row.guid: row.name for row in rows}
    context = {
        "codebook": found,
        "rows": [(row, counts.get(row.id, 0)) for row in rows],
        "sets": [(one, [names[guid] for guid in one.codes if guid in names]) for one in sets_of(found)],
        "changes": changes[:100],
        "versions": found.versions.select_related("made_by__user"),
        "form": NewCodeForm(levels=found.levels),
        "modes": CodingMode.choices,
        "may": member.may(Permission.EDIT_CODEBOOK),
    }
    return render(request, "extraction/coding/codebook.html", context)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def codebook_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Make the codebook."""
    actions.make_codebook(member=member, **_checked(CodebookForm(request.POST)))
    return redirect("codebook", member.review.slug)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def codebook_mode(request: HttpRequest, member: Membership) -> HttpResponse:
    """Another way of coding."""
    actions.change_mode(member=member, codebook=_codebook(member), mode=request.POST.get("mode", ""))
    messages.success(request, "The way of coding is changed.")
    return redirect("codebook", member.review.slug)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def codebook_freeze(request: HttpRequest, member: Membership) -> HttpResponse:
    """Keep this version."""
    version = actions.freeze_codebook(member=member, reason=request.POST.get("reason", ""))
    messages.success(request, f"Version {version.number} is kept.")
    return redirect("codebook", member.review.slug)


@require_safe
@requires(Permission.SEE_RESULTS)
def codebook_version(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """The codebook as it stood."""
    version = get_object_or_404(_codebook(member).versions.select_related("made_by__user"), number=number)
    return render(request, "extraction/coding/version.html", {"version": version})


@require_safe
@requires(Permission.EXPORT)
def codebook_file(request: HttpRequest, member: Membership, ending: str) -> HttpResponse:
    """The codebook as .qdc (REFI-QDA) or CSV."""
    found = codebook_of(member.review)
    facts, sets = (actions.facts_of(codes(member.review)), sets_of(found)) if found else ([], [])
    made: dict[str, tuple[str, Callable[[list[CodeFacts]], bytes]]] = {
        "qdc": ("application/xml", lambda found: write_qdc(found, sets=sets)),
        "csv": ("text/csv; charset=utf-8", lambda found: codebook_csv(found).encode()),
    }
    if ending not in made:
        raise Http404
    kind, write = made[ending]
    name = f"{member.review.slug}-codebook.{ending}"
    return HttpResponse(
        write(facts), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def codebook_import(request: HttpRequest, member: Membership) -> HttpResponse:
    """Add the codes of a file."""
    file = _checked(FileForm(request.POST, request.FILES))["file"]
    try:
        content = file.read(MOST_BYTES + 1)
        found, sets = codes_of_file(content, file.name), sets_of_file(content, file.name)
    except CodebookUnreadable as problem:
        raise NotAllowedNow(str(problem)) from problem
    added, changed = actions.bring_in_codes(member=member, found=found)
    kept = bring_in_sets(member=member, found=sets)
    told = f"{added} {'code' if added == 1 else 'codes'} added, {changed} changed"
    messages.success(request, f"{told}; {kept} {'set' if kept == 1 else 'sets'} brought in." if kept else f"{told}.")
    return redirect("codebook", member.review.slug)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def codebook_sets(request: HttpRequest, member: Membership) -> HttpResponse:
    """Keep a set of codes, or remove one."""
    if guid := request.POST.get("remove", ""):
        remove_set(member=member, guid=guid)
        messages.success(request, "The set is removed; its codes stay.")
    else:
        keep_set(member=member, name=request.POST.get("name", ""), guids=request.POST.getlist("code"))
        messages.success(request, "The set is kept.")
    return HttpResponseRedirect(reverse("codebook", args=[member.review.slug]) + "#sets")


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def code_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """A new code."""
    data = _checked(NewCodeForm(request.POST, levels=_codebook(member).levels))
    code = actions.add_code(member=member, parent=_other(request, member, "parent"), **data)
    messages.success(request, f"{code.name} is added.")
    return redirect("codebook", member.review.slug)


def _other(request: HttpRequest, member: Membership, name: str) -> Code | None:
    number = request.POST.get(name, "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    return get_object_or_404(Code, review=member.review, pk=int(number))


def _code(member: Membership, code_id: int) -> Code:
    return get_object_or_404(Code.objects.select_related("parent", "codebook"), pk=code_id, review=member.review)


@require_safe
@requires(Permission.SEE_RESULTS)
def code(request: HttpRequest, member: Membership, code_id: int) -> HttpResponse:
    """One code: what it says, what can be done with it, its memos and what became of it."""
    found = _code(member, code_id)
    said = {name: getattr(found, name) for name in actions.EDITABLE}
    context = {
        "code": found,
        "said": [(CodeForm.base_fields[name].label, said[name]) for name in actions.EDITABLE if said[name]],
        "form": CodeForm(initial=said, levels=found.codebook.levels),
        "others": [row for row in codes(member.review) if row.id != found.pk],
        "changes": found.changes.select_related("code", "into", "made_by__user"),
        "memos": [
            (memo, str(memo.author.user))
            for memo in CodingMemo.objects.visible_to(member).filter(code=found).select_related("author__user")
        ],
        "may": member.may(Permission.EDIT_CODEBOOK),
        "speaks": found.status in {"active", "split"},
    }
    return render(request, "extraction/coding/code.html", context)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def code_act(request: HttpRequest, member: Membership, code_id: int, act: str) -> HttpResponse:
    """Edit, move, merge, split, rename or retire a code, or write a memo on it."""
    if act not in ACTS:
        raise Http404
    ACTS[act](request, member, _code(member, code_id))
    return redirect("code", member.review.slug, code_id)


def _edit(request: HttpRequest, member: Membership, code: Code) -> None:
    actions.edit_code(member=member, code=code, **_checked(CodeForm(request.POST, levels=code.codebook.levels)))


def _move(request: HttpRequest, member: Membership, code: Code) -> None:
    parent, before = _other(request, member, "parent"), _other(request, member, "before")
    actions.move_code(member=member, code=code, parent=parent, before=before)


def _merge(request: HttpRequest, member: Membership, code: Code) -> None:
    into = _other(request, member, "into")
    if into is None:
        raise NotAllowedNow("Choose the code that speaks for this one from now on.")
    actions.merge_codes(member=member, code=code, into=into, reason=request.POST.get("reason", ""))


def _split(request: HttpRequest, member: Membership, code: Code) -> None:
    names = request.POST.get("names", "").splitlines()
    actions.split_code(member=member, code=code, names=names, reason=request.POST.get("reason", ""))


def _rename(request: HttpRequest, member: Membership, code: Code) -> None:
    name, reason = request.POST.get("name", ""), request.POST.get("reason", "")
    actions.rename_code(member=member, code=code, name=name, reason=reason)


def _retire(request: HttpRequest, member: Membership, code: Code) -> None:
    actions.retire_code(member=member, code=code, reason=request.POST.get("reason", ""))


def _memo(request: HttpRequest, member: Membership, code: Code) -> None:
    add_memo(member=member, code=code, text=request.POST.get("text", ""))


ACTS: dict[str, Callable[[HttpRequest, Membership, Code], None]] = {
    "edit": _edit, "move": _move, "merge": _merge, "split": _split, "rename": _rename, "retire": _retire, "memo": _memo,
}  # fmt: skip


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def code_undo(request: HttpRequest, member: Membership, change_id: int) -> HttpResponse:
    """Take back a change of a code."""
    change = get_object_or_404(CodeChange.objects.select_related("code"), pk=change_id, review=member.review)
    actions.undo_change(member=member, change=change)
    messages.success(request, f"The change of {change.code.name} is undone.")
    return redirect("codebook", member.review.slug)
