"""Pages of amendments: what was proposed, what a version touches, and which records are screened again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.amendments import actions, queue
from screening.amendments.access import outcome_of, proposal_in, stage_of
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision, Stage
from screening.protocol.access import version_in
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.queue import changes_of, previous_of
from screening.protocol.versions import active_protocol, draft_of
from screening.reviews.access import person, requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 100


@require_POST
@requires(Permission.SEE_CONFLICTS)
def proposal_new(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """From the card of a conflict."""
    actions.propose(
        member=member, item_id=item_id, key=request.POST.get("key", ""), text=request.POST.get("text", "")[:2000]
    )
    messages.success(request, "Proposed. A lead reads it; the votes stay as they are.")
    return redirect("conflict", member.review.slug, item_id)


@require_safe
@requires(Permission.SEE_CONFLICTS)
def proposals(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every proposed change of a criterion and what became of it."""
    page = Paginator(queue.proposals_for(member), PER_PAGE).get_page(request.GET.get("page"))
    criteria = Criterion.objects.filter(version__review=member.review).order_by("version_id")
    labels = dict(criteria.values_list("key", "label"))
    context = {
        "page": page,
        "rows": [(one, labels.get(one.key, one.key)) for one in page],
        "may_edit": member.may(Permission.EDIT_PROTOCOL),
        "draft": draft_of(member.review),
    }
    return render(request, "screening/amendments/proposals.html", context)


@require_POST
@requires(Permission.EDIT_PROTOCOL)
def proposal_take_up(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Into the draft, and on to the criterion there."""
    proposal = proposal_in(member, pk)
    draft = actions.take_up(proposal=proposal, actor=person(request), reason=request.POST.get("reason", "")[:1000])
    messages.success(request, f"Taken into the draft of version {draft.number}. Proposed: {proposal.text}")
    criterion = draft.criteria.filter(key=proposal.key).first()
    if criterion is None:
        return redirect("protocol_version", member.review.slug, draft.number)
    return redirect("protocol_criterion", member.review.slug, criterion.pk)


@require_POST
@requires(Permission.EDIT_PROTOCOL)
def proposal_decline(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """The criterion stays, with an answer."""
    actions.decline(
        proposal=proposal_in(member, pk), actor=person(request), answer=request.POST.get("answer", "")[:2000]
    )
    messages.success(request, "Declined, with your answer.")
    return redirect("proposals", member.review.slug)


@require_safe
@requires(Permission.SEE_RESULTS)
def amendment(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """What a version changes, and how many decided records that touches."""
    version = version_in(member, number)
    context = {
        "version": version,
        "previous": previous_of(version),
        "changes": changes_of(version),
        "touches": queue.touches(version),
        "sealed": queue.count_sealed(version),
        "in_force": active_protocol(member.review) == version,
    }
    return render(request, "screening/amendments/amendment.html", context)


@require_http_methods(["GET", "HEAD"])
@requires(Permission.SEE_RESULTS)
def amendment_records(
    request: HttpRequest, member: Membership, number: int, key: str, stage: str, decision: str
) -> HttpResponse:
    """The records behind one number (U1); a lead chooses among them."""
    version, at, outcome = version_in(member, number), stage_of(stage), outcome_of(decision)
    items = queue.touched(version, key, at).filter(decision=outcome)
    page = Paginator(items.select_related("record").order_by("record__number"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {
        "version": version,
        "key": key,
        "label": _label(version, key),
        "stage": at,
        "decision": outcome,
        "page": page,
        "rows": _rows(member, list(page), key),
        "may_choose": member.may(Permission.REOPEN) and active_protocol(member.review) == version,
    }
    return render(request, "screening/amendments/records.html", context)


def _label(version: ProtocolVersion, key: str) -> str:
    rows = Criterion.objects.filter(version__review=version.review_id, version__number__lte=version.number, key=key)
    return rows.order_by("-version__number").values_list("label", flat=True).first() or key


def _rows(member: Membership, items: list[Item], key: str) -> list[tuple[Item, list[str]]]:
    """Items with what their votes answered to the criterion, without names."""
    answers: dict[int, list[str]] = {}
    for vote in Vote.objects.visible_to(member).active().filter(item__in=items).order_by("slot"):
        answers.setdefault(vote.item_id, []).append(str(vote.answers.get(key, "not answered")).replace("_", " "))
    return [(item, answers.get(item.pk, [])) for item in items]


@require_POST
@requires(Permission.REOPEN)
def amendment_again(
    request: HttpRequest, member: Membership, number: int, key: str, stage: str, decision: str
) -> HttpResponse:
    """Screen the chosen records again: a new round each, the earlier ones kept."""
    chosen = {int(pk) for pk in request.POST.getlist("item") if pk.isdecimal() and len(pk) < 19}
    n = actions.screen_again(
        member=member, version=version_in(member, number), key=key, stage=stage_of(stage), item_ids=chosen,
        reason=request.POST.get("reason", "")[:1000],
    )  # fmt: skip
    was = {Decision.INCLUDE: "included", Decision.EXCLUDE: "excluded"}[outcome_of(decision)]
    records = "1 record is" if n == 1 else f"{n} records are"
    where = Stage(stage).label
    messages.success(request, f"{records} screened again ({where}); {was} until now, pending from now on.")
    return redirect("amendment", member.review.slug, number)
