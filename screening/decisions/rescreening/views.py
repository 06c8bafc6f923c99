"""The pages of a re-screen: what its lead sees, and the bare record that its reader reads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.decisions.own.queue import reading_of
from screening.decisions.queue import with_all_shown
from screening.decisions.rescreening import rounds
from screening.decisions.rescreening.bound import SIZES, bound
from screening.decisions.rescreening.forms import AgainForm, RescreenForm
from screening.decisions.screen import questions_for
from screening.decisions.sharing.addresses import stage_named
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.shown import as_shown
from screening.protocol.versions import Versions
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


@require_safe
@requires(Permission.SEE_RESULTS)
def team_rescreen(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """What a sample of exclusions, read again blind, would prove or has proven."""
    here = stage_named(stage)
    form = RescreenForm(request.GET if "n" in request.GET else None)
    population = rounds.agreed_exclusions(member.review_id, here).count()
    asked = form.cleaned_data["n"] if form.is_bound and form.is_valid() else SIZES[1]
    sizes = sorted({n for n in (*SIZES, asked, population) if 0 < n <= population})
    every = rounds.rescreens_of(member.review_id, here)
    context = {
        "stage": here,
        "stages": list(Stage),
        "form": form if form.is_bound else RescreenForm(),
        "population": population,
        "bounds": [bound(0, n, population) for n in sizes],
        "asked": min(asked, population),
        "under_way": rounds.progress_of(every.filter(ended_at__isnull=True).first()),
        "ended": [rounds.outcome_of(one) for one in every.filter(ended_at__isnull=False)],
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
    rescreen = rounds.start_rescreen(lead=member, stage=stage_named(stage), size=form.cleaned_data["n"])
    n = rescreen.readings.count()
    messages.success(request, "1 record waits to be read again." if n == 1 else f"{n} records wait to be read again.")
    return redirect("team_rescreen", member.review.slug, stage)


@require_POST
@requires(Permission.REOPEN)
def team_rescreen_end(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """End it, and open what was found."""
    _, opened = rounds.end_rescreen(lead=member, stage=stage_named(stage))
    told = f"{opened} record{'' if opened == 1 else 's'} opened for a new round" if opened else "no record was found"
    messages.success(request, f"The re-screen has ended: {told}.")
    return redirect("team_rescreen", member.review.slug, stage)


@require_safe
@requires(Permission.SCREEN)
def screening_again(request: HttpRequest, member: Membership, stage: str) -> HttpResponse:
    """The next record that one reads again, bare: neither votes nor names."""
    here = stage_named(stage)
    waiting = rounds.readings_of(member, here)
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
    rounds.read_again(member=member, stage=stage_named(stage), number=number, decision=decision, note=note)
    messages.success(request, f"Record {number}: you said {decision.label}.")
    return redirect("screening_again", member.review.slug, stage)
