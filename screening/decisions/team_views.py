"""Pages by which a lead runs the team of a stage: who takes what in which order, pilot rounds, re-screens; and the re-reader's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions import assigning_plan, piloting_rounds, rescreening_rounds
from screening.decisions.models import Item
from screening.decisions.own.queue import reading_of
from screening.decisions.queue import with_all_shown
from screening.decisions.rescreening import SIZES, bound
from screening.decisions.screen import questions_for
from screening.decisions.team_forms import AgainForm, EndPilotForm, PilotForm, PlanForm, RescreenForm
from screening.decisions.verdict import Decision, Stage
from screening.decisions.work import SharedBy
from screening.dedupe.shown import as_shown
from screening.protocol.versions import Versions
from screening.reviews.access import requires
from screening.reviews.forms import language_words
from screening.reviews.models import Membership
from screening.roles import Permission

UNPROCESSABLE = 422


def _stage(value: str) -> Stage:
    """The stage that an address names. Raises Http404 for another word."""
    found = next((stage for stage in Stage if stage.slug == value), None)
    if found is None:
        raise Http404
    return found


@require_safe
@requires(Permission.MANAGE_TEAM)
def team_work(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Who is offered what, in which order."""
    here = _stage(stage)
    plan = assigning_plan.plan_of(member.review, here)
    readers = list(piloting_rounds.readers_of(member.review))
    form = PlanForm.of(plan, assigning_plan.shares_of(plan), readers)
    return _work_page(request, member, here, form)


def _work_page(
    request: HttpRequest,
    member: Membership,
    stage: Stage,
    form: PlanForm,
    taken: dict[int, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    outlook = assigning_plan.outlook(member.review, stage)
    rows = [
        {
            "member": one,
            "languages": language_words(one.languages),
            "given": outlook.given.get(one.pk, 0),
            "kept": outlook.kept.get(one.pk, 0),
            "fields": form.fields_of(one),
            "takes": (taken or {}).get(one.pk, 0),
        }
        for one in form.members
    ]
    too_few = assigning_plan.read_by_too_few(member.review, stage)
    context: dict[str, Any] = {
        "stage": stage,
        "stages": list(Stage),
        "form": form,
        "rows": rows,
        "outlook": outlook,
        "taken": taken,
        "voters": assigning_plan.voters_of(member.review, stage),
        "unread": [(language_words([code]), *found) for code, found in too_few.items()],
        "job": assigning_plan.job_of(member.review, stage),
    }
    return render(request, "screening/decisions/team/work.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_work_save(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Save the plan, or show first what each would take by it."""
    here = _stage(stage)
    form = PlanForm(request.POST, members=list(piloting_rounds.readers_of(member.review)))
    if not form.is_valid():
        return _work_page(request, member, here, form, status=UNPROCESSABLE)
    shared_by, shares = SharedBy(form.cleaned_data["shared_by"]), form.shares()
    if "preview" in request.POST:
        outlook = assigning_plan.outlook(member.review, here)
        by_parts = shared_by == SharedBy.PARTS
        taken = outlook.parts(shares) if by_parts else {pk: one.share for pk, one in shares.items()}
        return _work_page(request, member, here, form, taken)
    asked = {"order": form.cleaned_data["order"], "seed": form.cleaned_data["seed"]}
    try:
        assigning_plan.save_plan(lead=member, stage=here, shared_by=shared_by, shares=shares, **asked)
    except NotAllowedNow as refusal:
        form.add_error(None, str(refusal))
        return _work_page(request, member, here, form, status=UNPROCESSABLE)
    messages.success(request, "Saved. Records are put in their places in a moment; votes that were given stay.")
    return redirect("team_work", member.review.slug, stage)


@require_safe
@requires(Permission.SEE_RESULTS)
def team_pilot(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """The pilot round under way, how it goes, and those before it."""
    here = _stage(stage)
    return _pilot_page(request, member, here, PilotForm(readers=piloting_rounds.readers_of(member.review)))


def _pilot_page(
    request: HttpRequest, member: Membership, stage: Stage, form: PilotForm, status: int = 200
) -> HttpResponse:
    last = piloting_rounds.pilot_of(member.review_id, stage)
    under_way = last if last and last.ended_at is None else None
    tally = piloting_rounds.tally_of(under_way) if under_way else None
    context = {
        "stage": stage,
        "stages": list(Stage),
        "pilot": under_way,
        "tally": tally,
        "passed": tally and under_way and tally.passes(under_way.gate),
        "readers": piloting_rounds.votes_by_reviewer(under_way) if under_way else [],
        "ended": piloting_rounds.ended_rounds(member.review_id, stage),
        "form": form,
        "end_form": EndPilotForm(),
        "manages": member.may(Permission.MANAGE_TEAM),
    }
    return render(request, "screening/decisions/team/pilot.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_pilot_start(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Draw a round."""
    here = _stage(stage)
    form = PilotForm(request.POST, readers=piloting_rounds.readers_of(member.review))
    if form.is_valid():
        try:
            pilot = piloting_rounds.start_pilot(
                lead=member, stage=here, size=form.cleaned_data["size"], gate=form.cleaned_data["gate"],
                readers=list(form.cleaned_data["readers"]),
            )  # fmt: skip
        except NotAllowedNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Pilot round {pilot.number} has begun with {pilot.size} records.")
            return redirect("team_pilot", member.review.slug, stage)
    return _pilot_page(request, member, here, form, UNPROCESSABLE)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_pilot_end(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """End the round: the stage opens, or another round is to come."""
    here, again = _stage(stage), "again" in request.POST
    asked = EndPilotForm(request.POST)
    asked.is_valid()
    reason, void = asked.cleaned_data.get("reason", ""), asked.cleaned_data.get("void", False)
    pilot = piloting_rounds.end_pilot(lead=member, stage=here, again=again, reason=reason, void=void)
    opened = "Start the next one when you are ready." if again else "All records of the stage are offered now."
    messages.success(request, f"Pilot round {pilot.number} has ended. {opened}")
    return redirect("team_pilot", member.review.slug, stage)


@require_safe
@requires(Permission.SEE_RESULTS)
def team_rescreen(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """What a sample of exclusions, read again blind, would prove or has proven."""
    here = _stage(stage)
    form = RescreenForm(request.GET if "n" in request.GET else None)
    population = rescreening_rounds.agreed_exclusions(member.review_id, here).count()
    asked = form.cleaned_data["n"] if form.is_bound and form.is_valid() else SIZES[1]
    sizes = sorted({n for n in (*SIZES, asked, population) if 0 < n <= population})
    every = rescreening_rounds.rescreens_of(member.review_id, here)
    context = {
        "stage": here,
        "stages": list(Stage),
        "form": form if form.is_bound else RescreenForm(),
        "population": population,
        "bounds": [bound(0, n, population) for n in sizes],
        "asked": min(asked, population),
        "under_way": rescreening_rounds.progress_of(every.filter(ended_at__isnull=True).first()),
        "ended": [rescreening_rounds.outcome_of(one) for one in every.filter(ended_at__isnull=False)],
        "manages": member.may(Permission.REOPEN),
    }
    return render(request, "screening/decisions/team/rescreen.html", context)


@require_POST
@requires(Permission.REOPEN)
def team_rescreen_start(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Draw a sample."""
    form = RescreenForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow("Say how many records are read again: a number from 1. Nothing was drawn.")
    rescreen = rescreening_rounds.start_rescreen(lead=member, stage=_stage(stage), size=form.cleaned_data["n"])
    messages.success(request, f"{rescreen.readings.count()} records wait to be read again.")
    return redirect("team_rescreen", member.review.slug, stage)


@require_POST
@requires(Permission.REOPEN)
def team_rescreen_end(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """End it, and open what was found."""
    _, opened = rescreening_rounds.end_rescreen(lead=member, stage=_stage(stage))
    told = f"{opened} record{'' if opened == 1 else 's'} opened for a new round" if opened else "no record was found"
    messages.success(request, f"The re-screen has ended: {told}.")
    return redirect("team_rescreen", member.review.slug, stage)


@require_safe
@requires(Permission.SCREEN)
def screening_again(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """The next record that one reads again, bare: neither votes nor names."""
    here = _stage(stage)
    waiting = rescreening_rounds.readings_of(member, here)
    unread = waiting.filter(read_at__isnull=True)
    wanted = request.GET.get("record", "")
    asked = waiting.filter(item__record__number=int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else unread
    again = asked.first() or unread.first()
    context: dict[str, Any] = {"stage": here, "again": again, "n": waiting.count(), "left": unread.count()}
    context["done"] = waiting.filter(read_at__isnull=False).order_by("-read_at").first()
    version = Versions(member.review).active
    if again and version:
        item = with_all_shown(Item.objects.filter(pk=again.item_id)).get()
        record = as_shown(item.record)
        context |= {"record": record, "version": version, "questions": questions_for(record, version, {}, here)}
        context["reading"] = reading_of(member, item.pk)
    return render(request, "screening/decisions/team/again.html", context)


@require_POST
@requires(Permission.SCREEN)
def screening_again_read(request: HttpRequest, member: Membership, stage: str, number: int) -> HttpResponse:
    """Store what one says of it, and show the next."""
    form = AgainForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow("Choose Include, Maybe or Exclude. Nothing was stored.")
    decision = Decision(form.cleaned_data["decision"])
    note = form.cleaned_data["note"]
    rescreening_rounds.read_again(member=member, stage=_stage(stage), number=number, decision=decision, note=note)
    messages.success(request, f"Record {number}: you said {decision.label}.")
    return redirect("screening_again", member.review.slug, stage)
