"""The page of a pilot round: started, told in numbers, ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.piloting import rounds
from screening.decisions.piloting.forms import EndPilotForm, PilotForm
from screening.decisions.sharing.addresses import stage_named
from screening.decisions.verdict import Stage
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

UNPROCESSABLE = 422


@require_safe
@requires(Permission.SEE_RESULTS)
def team_pilot(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """The pilot round under way, how it goes, and those before it."""
    here = stage_named(stage)
    return _pilot_page(request, member, here, PilotForm(readers=rounds.readers_of(member.review)))


def _pilot_page(
    request: HttpRequest, member: Membership, stage: Stage, form: PilotForm, status: int = 200
) -> HttpResponse:
    last = rounds.pilot_of(member.review_id, stage)
    under_way = last if last and last.ended_at is None else None
    tally = rounds.tally_of(under_way) if under_way else None
    context = {
        "stage": stage,
        "stages": list(Stage),
        "pilot": under_way,
        "tally": tally,
        "passed": tally and under_way and tally.passes(under_way.gate),
        "readers": rounds.votes_by_reviewer(under_way) if under_way else [],
        "ended": rounds.ended_rounds(member.review_id, stage),
        "form": form,
        "end_form": EndPilotForm(),
        "manages": member.may(Permission.MANAGE_TEAM),
    }
    return render(request, "screening/decisions/team/pilot.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_pilot_start(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """Draw a round."""
    here = stage_named(stage)
    form = PilotForm(request.POST, readers=rounds.readers_of(member.review))
    if form.is_valid():
        try:
            pilot = rounds.start_pilot(
                lead=member, stage=here, size=form.cleaned_data["size"], gate=form.cleaned_data["gate"],
                readers=list(form.cleaned_data["readers"]),
            )  # fmt: skip
        except NotAllowedNow as refusal:
            form.add_error(None, str(refusal))
        else:
            fewer = pilot.size < form.cleaned_data["size"]
            why = " No others are without votes and in a language that all of them read." if fewer else ""
            messages.success(request, f"Pilot round {pilot.number} has begun with {pilot.size} records.{why}")
            return redirect("team_pilot", member.review.slug, stage)
    return _pilot_page(request, member, here, form, UNPROCESSABLE)


@require_POST
@requires(Permission.MANAGE_TEAM)
def team_pilot_end(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """End the round: the stage opens, or another round is to come."""
    here, again = stage_named(stage), "again" in request.POST
    asked = EndPilotForm(request.POST)
    asked.is_valid()
    reason, void = asked.cleaned_data.get("reason", ""), asked.cleaned_data.get("void", False)
    pilot = rounds.end_pilot(lead=member, stage=here, again=again, reason=reason, void=void)
    opened = "Start the next one when you are ready." if again else "All records of the stage are offered now."
    messages.success(request, f"Pilot round {pilot.number} has ended. {opened}")
    return redirect("team_pilot", member.review.slug, stage)
