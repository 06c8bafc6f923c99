"""The page by which a lead says who takes what, in which order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.piloting.rounds import readers_of
from screening.decisions.sharing import plan as planning
from screening.decisions.sharing.addresses import stage_named
from screening.decisions.sharing.forms import PlanForm
from screening.decisions.sharing.models import SharedBy
from screening.decisions.verdict import Stage
from screening.reviews.access import requires
from screening.reviews.forms import language_words
from screening.reviews.models import Membership
from screening.roles import Permission

UNPROCESSABLE = 422


@require_safe
@requires(Permission.MANAGE_TEAM)
def team_work(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Who is offered what, in which order."""
    here = stage_named(stage)
    plan = planning.plan_of(member.review, here)
    readers = list(readers_of(member.review))
    form = PlanForm.of(plan, planning.shares_of(plan), readers)
    return _work_page(request, member, here, form)


def _work_page(
    request: HttpRequest,
    member: Membership,
    stage: Stage,
    form: PlanForm,
    taken: dict[int, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    outlook = planning.outlook(member.review, stage)
    too_few = planning.read_by_too_few(member.review, stage)
    context: dict[str, Any] = {
        "stage": stage,
        "stages": list(Stage),
        "form": form,
        "rows": _rows(form, outlook, taken or {}),
        "outlook": outlook,
        "taken": taken,
        "voters": planning.voters_of(member.review, stage),
        "unread": [(language_words([code]), *found) for code, found in too_few.items()],
        "job": planning.job_of(member.review, stage),
    }
    return render(request, "screening/decisions/team/work.html", context, status=status)


def _rows(form: PlanForm, outlook: planning.Outlook, taken: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "member": one,
            "languages": language_words(one.languages),
            "given": outlook.given.get(one.pk, 0),
            "kept": outlook.kept.get(one.pk, 0),
            "fields": form.fields_of(one),
            "takes": taken.get(one.pk, 0),
        }
        for one in form.members
    ]


def _would_take(
    member: Membership, stage: Stage, shared_by: SharedBy, shares: dict[int, planning.Share]
) -> dict[int, int]:
    if shared_by != SharedBy.PARTS:
        return {pk: one.share for pk, one in shares.items()}
    without_key = planning.without_key_voter(member.review, stage, shares)
    return planning.outlook(member.review, stage).parts(shares, without_key=without_key)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_work_save(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Save the plan, or show first what each would take by it."""
    here = stage_named(stage)
    form = PlanForm(request.POST, members=list(readers_of(member.review)))
    if not form.is_valid():
        return _work_page(request, member, here, form, status=UNPROCESSABLE)
    shared_by, shares = SharedBy(form.cleaned_data["shared_by"]), form.shares()
    if "preview" in request.POST:
        return _work_page(request, member, here, form, _would_take(member, here, shared_by, shares))
    asked = {"order": form.cleaned_data["order"], "seed": form.cleaned_data["seed"]}
    try:
        planning.save_plan(lead=member, stage=here, shared_by=shared_by, shares=shares, **asked)
    except NotAllowedNow as refusal:
        form.add_error(None, str(refusal))
        return _work_page(request, member, here, form, status=UNPROCESSABLE)
    messages.success(request, "Saved. Records are put in their places in a moment; votes that were given stay.")
    return redirect("team_work", member.review.slug, stage)
