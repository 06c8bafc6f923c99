"""The conflict queue, the card of one conflict, and the adjudicator's three steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from screening.audit.refusal import NotAllowedNow
from screening.conflicts import actions, arguments
from screening.conflicts.models import OwnReading, Position
from screening.conflicts.queue import mine_to_settle, nobody_rules_on, open_conflicts, to_rule_on
from screening.decisions.forms import answers_from
from screening.decisions.models import Item
from screening.decisions.screen import questions_for
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.dedupe.shown import as_shown
from screening.protocol.models import Criterion
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


@require_GET
@requires(Permission.SEE_CONFLICTS)
def conflicts(request: HttpRequest, member: Membership) -> HttpResponse:
    """Open conflicts of both stages, those that wait for me first."""
    return render(
        request, "screening/conflicts/list.html", {"stages": _stages(member, request.GET.get("criterion", ""))}
    )


def _stages(member: Membership, criterion: str) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage,
            "items": [
                _entry(member, item) for item in open_conflicts(member, stage).select_related("record", "protocol")
            ],
        }
        for stage in Stage
    ]


def _entry(member: Membership, item: Item) -> dict[str, Any]:
    mine = mine_to_settle(member, Stage(item.stage)).filter(pk=item.pk).exists()
    may_see = _may_see_arguments(member, item)
    answers = [side.vote.answers for side in arguments.sides(member, item)] if may_see else []
    tells_votes = item.state == ItemState.REASON_CONFLICT and not may_see  # "same decision" would say that both exclude
    differing = [row.criterion.label for row in arguments.rows(item.protocol, item, answers) if row.differs]
    return {
        "item": item,
        "record": item.record,
        "mine": mine,
        "state": ItemState.CONFLICT.label if tells_votes else item.get_state_display(),
        "differing": differing,
        "to_rule": item.state == ItemState.ARBITRATION,
    }


def _may_see_arguments(member: Membership, item: Item) -> bool:
    """Whoever may rule sees nothing of the votes before their own answers are recorded (S4)."""
    if not item.is_revealed():
        return False
    if not arguments.is_masked(member, item):
        return True
    return OwnReading.objects.filter(item=item, round=item.round, adjudicator=member).exists()


def _item(member: Membership, item_id: int) -> Item:
    """A revealed item of this review; anything else is as good as none (B2)."""
    items = Item.objects.revealed().select_related("record__standing", "protocol")
    return get_object_or_404(items, pk=item_id, review_id=member.review_id)


@require_GET
@requires(Permission.SEE_CONFLICTS)
def conflict(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Both votes with their answers, the thread, and what may be done next."""
    item = _item(member, item_id)
    if arguments.is_masked(member, item):
        return redirect("ruling", member.review.slug, item.pk)
    sides = arguments.sides(member, item)
    own = Position.objects.filter(item=item, round=item.round, member=member).first()
    context = {
        "item": item,
        "record": as_shown(item.record),
        "sides": sides,
        "rows": arguments.rows(item.protocol, item, [side.vote.answers for side in sides]),
        "thread": arguments.thread(member, item),
        "ruling": arguments.ruling_of(member, item),
        "is_voter": actions.is_voter(member, item),
        "own": own,
        "reason": arguments.reason_label(item, item.reason),
        "reasons": _reasons(item),
        "waiting": _next_after(member, item),
        "open": item.state in actions.UNSETTLED,
        "may_talk": item.state in actions.TALKABLE,
        **_stuck(item, sides),
    }
    return render(request, "screening/conflicts/card.html", context)


def _stuck(item: Item, sides: list[arguments.Side]) -> dict[str, Any]:
    """Who left before saying what it should be now, and whether nobody may rule."""
    return {
        "gone": [side.name for side in sides if not side.position and not _may_discuss(side.vote.reviewer)],
        "nobody_rules": nobody_rules_on(Item.objects.filter(pk=item.pk)).exists(),
    }


def _may_discuss(voter: Membership) -> bool:
    return voter.is_active and voter.may(Permission.DISCUSS)


def _reasons(item: Item) -> list[Criterion]:
    """What an exclusion may name at full text; nothing at title and abstract."""
    return list(item.protocol.criteria.filter(at_ft=True)) if item.protocol and item.stage == Stage.FULL_TEXT else []


def _next_after(member: Membership, item: Item) -> list[Item]:
    others = [
        mine_to_settle(member, stage).exclude(pk=item.pk).select_related("record").order_by("reveal_at")[:20]
        for stage in Stage
    ]
    return [one for found in others for one in found]


@require_POST
@requires(Permission.DISCUSS)
def conflict_comment(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Write in the thread."""
    actions.add_comment(member=member, item_id=item_id, text=request.POST.get("text", ""))
    return redirect(f"{reverse('conflict', args=[member.review.slug, item_id])}#latest")


@require_POST
@requires(Permission.DISCUSS)
def conflict_position(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Agree on Include or Exclude; final when both have."""
    decision = _decision(request)
    item = actions.take_position(
        member=member, item_id=item_id, decision=decision, reason=request.POST.get("reason", "")
    )
    if item.state == ItemState.FINAL:
        messages.success(
            request,
            f"You agree on {decision.label}: record {item.record.number} is settled. First votes stay as they are.",
        )
        return redirect("conflicts", member.review.slug)
    messages.info(request, f"Your position is {decision.label}. It is final when the other reviewer says the same.")
    return redirect("conflict", member.review.slug, item_id)


def _decision(request: HttpRequest) -> Decision:
    try:
        return Decision(request.POST.get("decision", ""))
    except ValueError as unknown:
        raise NotAllowedNow("Choose Include or Exclude. Nothing was changed.") from unknown


@require_POST
@requires(Permission.SEE_CONFLICTS)
def conflict_escalate(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """No consensus: hand the item to the adjudicator. Who may is for the state to say: a voter, or a lead."""
    if member.may(Permission.ADJUDICATE) and not member.may(Permission.DISCUSS) and not member.may(Permission.REOPEN):
        raise PermissionDenied
    actions.escalate(member=member, item_id=item_id, note=request.POST.get("note", ""))
    messages.success(
        request, "Handed to the adjudicator. You will see the ruling with its reason on the record's card."
    )
    return redirect("conflicts", member.review.slug)


@require_POST
@requires(Permission.SEE_CONFLICTS)
def conflict_reason(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Pick one of two reasons for an exclusion on which both agree."""
    item = actions.pick_reason(member=member, item_id=item_id, reason=request.POST.get("reason", ""))
    messages.success(request, f"Record {item.record.number} is excluded with that reason.")
    return redirect("conflicts", member.review.slug)


@require_GET
@requires(Permission.ADJUDICATE)
def rulings(request: HttpRequest, member: Membership) -> HttpResponse:
    """The next item to rule on."""
    for stage in Stage:
        item = to_rule_on(member, stage).first()
        if item is not None:
            return redirect("ruling", member.review.slug, item.pk)
    return redirect("conflicts", member.review.slug)


@require_GET
@requires(Permission.ADJUDICATE)
def ruling(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Step 1: the bare citation and own answers. Step 2: the masked arguments. Step 3: the ruling."""
    item = _item(member, item_id)
    if actions.has_ever_voted(member, item) or item.state == ItemState.FINAL:
        return redirect("conflict", member.review.slug, item.pk)
    reading = OwnReading.objects.filter(item=item, round=item.round, adjudicator=member).first()
    record = as_shown(item.record)
    context: dict[str, Any] = {"item": item, "record": record, "reading": reading, "version": item.protocol}
    if item.protocol is None or item.state not in actions.UNSETTLED:
        raise Http404
    context["questions"] = questions_for(record, item.protocol, reading.answers if reading else {}, Stage(item.stage))
    if reading is not None:
        context |= _arguments(member, item, reading)
    return render(request, "screening/conflicts/ruling.html", context)


def _arguments(member: Membership, item: Item, reading: OwnReading) -> dict[str, Any]:
    sides = arguments.sides(member, item)
    return {
        "sides": sides,
        "rows": arguments.rows(item.protocol, item, [reading.answers, *(side.vote.answers for side in sides)]),
        "thread": arguments.thread(member, item),
        "reasons": _reasons(item),
    }


@require_POST
@requires(Permission.ADJUDICATE)
def ruling_read(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Record one's own answers; the arguments open."""
    item = _item(member, item_id)
    keys = item.protocol.criteria.values_list("key", flat=True) if item.protocol else ()
    actions.record_own_reading(
        member=member,
        item_id=item_id,
        answers={key: one for key, one in answers_from(request.POST).items() if key in keys},
    )
    return redirect("ruling", member.review.slug, item_id)


@require_POST
@requires(Permission.ADJUDICATE)
def ruling_give(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Rule, with a written reason."""
    given = actions.rule(
        member=member, item_id=item_id, decision=_decision(request), rationale=request.POST.get("rationale", ""),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    messages.success(
        request, f"Ruled: {given.get_decision_display()}. Both reviewers read your reason; their first votes stay."
    )
    return redirect("rulings", member.review.slug)
