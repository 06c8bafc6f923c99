"""Pages of the protocol: a new review, Table 1, its draft, the freeze, amendments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.protocol import actions
from screening.protocol.access import draft_criterion, present_draft, version_in
from screening.protocol.forms import (
    BLANK,
    LIBERAL_WARNING,
    SINGLE_WARNING,
    AmendmentForm,
    CriterionForm,
    NewReviewForm,
    StageRulesForm,
    mode_warnings,
)
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.presets import PRESETS
from screening.protocol.queue import changes_of, items_with_votes, previous_of, rule_words
from screening.protocol.versions import active_protocol, draft_of
from screening.reviews.access import person, requires, signed_in
from screening.reviews.models import Membership
from screening.roles import Permission

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]


@signed_in
@require_http_methods(FORM)
def review_new(request: HttpRequest) -> HttpResponse:
    """A new review, from a preset or blank; whoever creates it leads it."""
    form = NewReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        preset = None if asked["preset"] == BLANK else asked["preset"]
        review = actions.set_up_review(lead=person(request), **{**asked, "preset": preset})
        then = "Read Table 1, change what differs, then freeze it." if preset else "Write Table 1, then freeze it."
        messages.success(request, f"The review is set up. {then}")
        return redirect("protocol", slug=review.slug)
    return render(request, "screening/protocol/new.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.SEE_REVIEW)
@require_safe
def protocol(request: HttpRequest, member: Membership) -> HttpResponse:
    """Table 1 in force, or its first draft."""
    version = active_protocol(member.review) or draft_of(member.review)
    return _protocol_page(request, member, version)


@requires(Permission.SEE_REVIEW)
@require_safe
def protocol_version(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Any version, the draft included."""
    return _protocol_page(request, member, version_in(member, number))


def _protocol_page(request: HttpRequest, member: Membership, version: ProtocolVersion | None) -> HttpResponse:
    context: dict[str, Any] = {
        "version": version,
        "active": active_protocol(member.review),
        "draft": draft_of(member.review),
        "versions": member.review.protocol_versions.order_by("-number"),
        "may_edit": member.may(Permission.EDIT_PROTOCOL),
        "presets": PRESETS.values(),
    }
    if version is not None:
        context |= {
            "criteria": [_row(one) for one in version.criteria.all()],
            "warnings": mode_warnings(version),
            "changes": changes_of(version),
            "previous": previous_of(version),
            "proposed": version.proposals.count() if member.may(Permission.EDIT_PROTOCOL) else 0,
        }
    return render(request, "screening/protocol/protocol.html", context)


def _row(criterion: Criterion) -> dict[str, Any]:
    """A row of Table 1 with its hint and examples in words."""
    return {
        "criterion": criterion,
        "hint": rule_words(criterion.rule) if criterion.rule else "",
        "examples_met": criterion.examples_met.splitlines(),
        "examples_not_met": criterion.examples_not_met.splitlines(),
    }


@requires(Permission.EDIT_PROTOCOL)
@require_POST
def protocol_preset(request: HttpRequest, member: Membership) -> HttpResponse:
    """Fill the empty draft from a preset."""
    preset = PRESETS.get(request.POST.get("preset", ""))
    if preset is None:
        messages.error(request, "Choose one of the presets; nothing was changed.")
    else:
        actions.load_preset(version=present_draft(member), preset=preset.name, actor=person(request))
        messages.success(request, f"Loaded {preset.title}: {len(preset.criteria)} criteria.")
    return _to_draft(member)


def _to_draft(member: Membership) -> HttpResponse:
    draft = draft_of(member.review)
    if draft is None:
        return redirect("protocol", slug=member.review.slug)
    return redirect("protocol_version", slug=member.review.slug, number=draft.number)


@requires(Permission.EDIT_PROTOCOL)
@require_http_methods(FORM)
def criterion_add(request: HttpRequest, member: Membership) -> HttpResponse:
    """A new row of Table 1."""
    draft = present_draft(member)
    form = CriterionForm(request.POST or None, version=draft)
    if request.method == "POST" and form.is_valid():
        added = actions.add_criterion(version=draft, actor=person(request), **form.wording())
        messages.success(request, f"Added {added.label}.")
        return _to_draft(member)
    return _criterion_page(request, draft, form)


@requires(Permission.EDIT_PROTOCOL)
@require_http_methods(FORM)
def criterion_edit(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Change a row of the draft's Table 1."""
    criterion = draft_criterion(member, pk)
    draft = criterion.version
    form = CriterionForm(request.POST or None, instance=criterion, version=draft)
    if request.method == "POST" and form.is_valid():
        saved = actions.edit_criterion(criterion=criterion, actor=person(request), **form.wording())
        messages.success(request, f"Saved {saved.label}.")
        return _to_draft(member)
    return _criterion_page(request, draft, form)


def _criterion_page(request: HttpRequest, draft: ProtocolVersion, form: CriterionForm) -> HttpResponse:
    hints = [form[name] for name in form.HINTS]
    context = {"form": form, "draft": draft, "hints": hints, "hints_open": any(bound.errors for bound in hints)}
    return render(request, "screening/protocol/criterion.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.EDIT_PROTOCOL)
@require_POST
def criterion_move(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """One place up or down."""
    actions.move_criterion(
        criterion=draft_criterion(member, pk), actor=person(request), up=request.POST.get("direction") == "up"
    )
    return _to_draft(member)


@requires(Permission.EDIT_PROTOCOL)
@require_POST
def criterion_delete(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Take a row out of the draft."""
    criterion = draft_criterion(member, pk)
    actions.delete_criterion(criterion=criterion, actor=person(request))
    messages.success(request, f"Deleted {criterion.label} from the draft.")
    return _to_draft(member)


@requires(Permission.EDIT_PROTOCOL)
@require_http_methods(FORM)
def protocol_rules(request: HttpRequest, member: Membership) -> HttpResponse:
    """Modes, the Maybe rule, the clash of reasons."""
    draft = present_draft(member)
    form = StageRulesForm(request.POST or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        actions.set_stage_rules(version=draft, actor=person(request), **form.cleaned_data)
        messages.success(request, "Saved the stage rules.")
        return _to_draft(member)
    context = {"form": form, "draft": draft, "cautions": (SINGLE_WARNING, LIBERAL_WARNING)}
    return render(request, "screening/protocol/rules.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.EDIT_PROTOCOL)
@require_http_methods(FORM)
def protocol_freeze(request: HttpRequest, member: Membership) -> HttpResponse:
    """Ask once, then freeze the draft."""
    draft = present_draft(member)
    if request.method == "POST":
        actions.freeze_protocol(version=draft, actor=person(request))
        messages.success(request, f"Version {draft.number} is frozen. Reviewers screen against it from now on.")
        if draft.number > 1:  # what it touches, and may be screened again
            return redirect("amendment", member.review.slug, draft.number)
        return redirect("review_home", slug=member.review.slug)
    context = {
        "draft": draft,
        "criteria": draft.criteria.all(),
        "changes": changes_of(draft),
        "warnings": mode_warnings(draft),
        "voted": items_with_votes(member.review),
    }
    return render(request, "screening/protocol/freeze.html", context)


@requires(Permission.EDIT_PROTOCOL)
@require_http_methods(FORM)
def protocol_amend(request: HttpRequest, member: Membership) -> HttpResponse:
    """Start the next version as a copy of the one in force."""
    active = actions.amendable(member.review)
    form = AmendmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = actions.start_amendment(review=member.review, actor=person(request), **form.cleaned_data)
        messages.success(request, f"Version {draft.number} is a draft now. Version {draft.number - 1} stays in force.")
        return _to_draft(member)
    context = {"form": form, "active": active, "voted": items_with_votes(member.review)}
    return render(request, "screening/protocol/amend.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.EDIT_PROTOCOL)
@require_POST
def protocol_discard(request: HttpRequest, member: Membership) -> HttpResponse:
    """Throw the amendment's draft away."""
    actions.discard_draft(version=present_draft(member), actor=person(request))
    messages.success(request, "The draft is discarded. The version in force was not touched.")
    return redirect("protocol", slug=member.review.slug)
