"""The home of a review: four steps with their counts, the equation, my next task, who has voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from screening.decisions.numbers import Numbers, numbers_for, numbers_of
from screening.decisions.verdict import Stage
from screening.home.steps import Here, equation, steps
from screening.home.tasks import tasks_of
from screening.prisma.counts import flow_of
from screening.protocol.versions import active_protocol, draft_of
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@requires(Permission.SEE_REVIEW)
@require_safe
def review_home(request: HttpRequest, member: Membership) -> HttpResponse:
    """Where the review stands and what waits for me."""
    reviewers = _reviewers(member)
    numbers = {TA: numbers_of([member, *reviewers], TA), FT: {member.pk: numbers_for(member, FT)}}
    here = Here(member, flow_of(member.review), lambda one, stage: numbers[stage][one.pk])
    tasks = list(tasks_of(member, here.count))
    context = {
        "protocol": active_protocol(member.review) or draft_of(member.review),
        "flow": here.flow,
        "equation": equation(here),
        "boxes": steps(here),
        "task": tasks[0] if tasks else None,
        "then": tasks[1:],
        "progress": _progress(member, reviewers, numbers[TA]),
    }
    return render(request, "screening/home.html", context)


def _reviewers(member: Membership) -> list[Membership]:
    present = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True).select_related("user")
    return list(present.order_by("user__name", "pk"))


def _progress(
    member: Membership, reviewers: Sequence[Membership], numbers: Mapping[int, Numbers]
) -> list[dict[str, object]]:
    """How many votes each reviewer has given at title and abstract, never which (I27)."""
    return [
        {
            "name": str(one.user),
            "voted": own.voted,
            "left": own.left,
            "all": own.voted + own.left,
            "me": one.pk == member.pk,
        }
        for one in reviewers
        for own in [numbers[one.pk]]
    ]
