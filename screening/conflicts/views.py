"""The conflict queue, the card of one conflict, and the adjudicator's three steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from screening.audit.refusal import NotAllowedNow
from screening.conflicts import actions, arguments
from screening.conflicts.listing import Asked, Clash, clashes, filters
from screening.conflicts.models import Escalation, OwnReading, Position
from screening.conflicts.queue import callable_by, mine_to_settle, nobody_rules_on, to_rule_on, unread_mentions
from screening.decisions.forms import answers_from
from screening.decisions.models import Item, ItemQuerySet
from screening.decisions.screen import questions_for
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.dedupe.shown import as_shown
from screening.protocol.models import Criterion
from screening.protocol.versions import criteria_for
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 25


@require_GET
@requires(Permission.SEE_CONFLICTS)
def conflicts(request: HttpRequest, member: Membership) -> HttpResponse:
    """Open conflicts of both stages, oldest first, under filters that live in the address (U2)."""
    found, asked = clashes(member), Asked.of(request.GET.dict())
    page = Paginator([one for one in found if asked.takes(one, timezone.now())], PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": _rows(member, list(page)),
        "filters": filters(member, found, asked),
        "query": asked.query(),
        "total": len(found),
    }
    return render(request, "screening/conflicts/list.html", context)


def _rows(member: Membership, shown: list[Clash]) -> list[dict[str, Any]]:
    items = Item.objects.select_related("record", "protocol").prefetch_related("protocol__criteria")
    by_id = items.in_bulk([clash.item_id for clash in shown])
    people = {one.pk: str(one.user) for one in Membership.objects.filter(review=member.review).select_related("user")}
    return [_row(clash, by_id[clash.item_id], people) for clash in shown]


def _row(clash: Clash, item: Item, people: dict[int, str]) -> dict[str, Any]:
    criteria = item.protocol.criteria.all() if item.protocol else ()
    return {
        "clash": clash,
        "item": item,
        "record": item.record,
        "differing": [one.label for one in criteria if one.key in clash.differing],
        "names": sorted(people[pk] for pk in clash.pair),
        "to_rule": clash.state == ItemState.ARBITRATION and clash.is_mine and not clash.is_called,
    }


def _item(member: Membership, item_id: int) -> Item:
    """A revealed item of this review; anything else is as good as none (B2)."""
    return get_object_or_404(_shown().revealed(), pk=item_id, review_id=member.review_id)


def _item_or_its_past(member: Membership, item_id: int) -> Item:
    """The same, or one that was opened again, whose earlier rounds are open: of the present one nothing may show."""
    told = Q(reveal_at__lte=timezone.now()) | Q(round__gt=1)
    return get_object_or_404(_shown().filter(told), pk=item_id, review_id=member.review_id)


def _shown() -> ItemQuerySet:
    return Item.objects.select_related("record__standing", "protocol")


@require_GET
@requires(Permission.SEE_CONFLICTS)
def conflict(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Both votes with their answers, the thread, and what may be done next."""
    item = _item_or_its_past(member, item_id)
    if arguments.is_masked(member, item):
        return redirect("ruling", member.review.slug, item.pk)
    context: dict[str, Any] = {
        "item": item,
        "record": as_shown(item.record),
        "earlier": arguments.earlier_rounds(item),
        "waiting": _next_after(member, item),
        "told": item.is_revealed(),
    }
    if item.is_revealed():
        context |= _card(member, item)
    return render(request, "screening/conflicts/card.html", context)


def _card(member: Membership, item: Item) -> dict[str, Any]:
    """What is said of the present round, and what may be done about it."""
    sides, is_voter = arguments.sides(member, item), actions.is_voter(member, item)
    may_step_in = is_voter or member.may(Permission.REOPEN)
    is_open = item.state in actions.UNSETTLED
    return {
        "sides": sides,
        "named": {side.vote.reason: side.reason for side in sides}.items(),
        "rows": arguments.rows(item.protocol, item, [side.vote.answers for side in sides]),
        "thread": arguments.thread(member, item),
        "ruling": arguments.ruling_of(item),
        "is_voter": is_voter,
        "own": Position.objects.filter(item=item, round=item.round, member=member).first(),
        "reason": arguments.reason_label(item.protocol_id, item.reason),
        "reasons": _reasons(item),
        "open": is_open,
        "may_talk": item.state in actions.TALKABLE,
        "may_step_in": may_step_in,
        "callable": callable_by(member, item) if is_open and is_voter else [],
        "called": unread_mentions(member).filter(comment__item=item).exists(),
        "handed": _handed(item),
        "opened": OwnReading.objects.filter(item=item, round=item.round).exists(),
        "criteria": criteria_for(item.protocol, item.stage) if item.protocol else [],
        **_awaited(member, item, sides),
    }


def _handed(item: Item) -> Escalation | None:
    """The hand-over that stands, if the item is with the adjudicator."""
    if item.state != ItemState.ARBITRATION:
        return None
    return Escalation.objects.filter(item=item, round=item.round, taken_back_at__isnull=True).first()


def _awaited(member: Membership, item: Item, sides: list[arguments.Side]) -> dict[str, Any]:
    """Who has yet to say what it should be now, who left before saying it, and whether nobody may rule."""
    silent = [side for side in sides if not side.position and side.vote.reviewer_id != member.pk]
    return {
        "awaited": [side.name for side in silent if _may_discuss(side.vote.reviewer)],
        "gone": [side.name for side in silent if not _may_discuss(side.vote.reviewer)],
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
    chosen = {int(pk) for pk in request.POST.getlist("call") if pk.isdecimal() and len(pk) < 19}
    actions.add_comment(member=member, item_id=item_id, text=request.POST.get("text", ""), mentions=chosen)
    return redirect(f"{reverse('conflict', args=[member.review.slug, item_id])}#latest")


@require_POST
@requires(Permission.SEE_CONFLICTS)
def conflict_read(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Whoever was called says that it is read."""
    actions.read_mentions(member=member, item_id=_item(member, item_id).pk)
    return redirect("conflict", member.review.slug, item_id)


@require_POST
@requires(Permission.SEE_CONFLICTS)
def conflict_take_back(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Take a hand-over back, while no adjudicator has opened it."""
    actions.take_back_hand_over(member=member, item_id=_item(member, item_id).pk)
    messages.success(request, "Taken back from the adjudicator. The talk goes on.")
    return redirect("conflict", member.review.slug, item_id)


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
    messages.info(request, f"Your position is {decision.label}. It is final when all who voted say the same.")
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
    """The next item to rule on, after the one that ``after`` names; then from the beginning."""
    waiting = [pk for stage in Stage for pk in to_rule_on(member, stage).values_list("pk", flat=True)]
    after = request.GET.get("after", "")
    place = waiting.index(int(after)) + 1 if after.isdecimal() and int(after) in waiting else 0
    if not waiting:
        messages.info(request, "Nothing to rule on.")
        return redirect("conflicts", member.review.slug)
    return redirect("ruling", member.review.slug, waiting[place % len(waiting)])


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
    context["left"] = sum(to_rule_on(member, stage).count() for stage in Stage)
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
def ruling_later(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """Undecided: keep the words and go on with the next conflict."""
    actions.put_off_ruling(member=member, item_id=item_id, draft=request.POST.get("rationale", ""))
    messages.info(request, "Put off. Your words are kept; it comes again after the others.")
    return redirect(f"{reverse('rulings', args=[member.review.slug])}?after={item_id}")


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
