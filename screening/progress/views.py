"""The lead's page: where the review stands, what to do next, and a reminder to somebody for whom records wait."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from screening.decisions.verdict import Stage
from screening.home.tasks import tasks_of
from screening.progress.queue import (
    AGES,
    Colleague,
    ConflictAges,
    colleagues,
    conflict_ages,
    counted,
    reviewers_of,
    stage_agreement,
    stage_progress,
)
from screening.progress.reminding import remind, send_reminder
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission

AT_ONCE = 5_000  # records; in a larger review agreement is read on request


@requires(Permission.SEE_PROGRESS)
@require_safe
def progress(request: HttpRequest, member: Membership) -> HttpResponse:
    """Progress by stage and person, conflicts by age, agreement by pair and by criterion."""
    today, people = timezone.localdate(), reviewers_of(member)
    reads_all = "agreement" in request.GET or member.review.last_number <= AT_ONCE
    conflicts = [conflict_ages(member, stage) for stage in Stage]
    numbers = counted(member, people)
    waited_for = colleagues(member, numbers)
    context = {
        "today": today,
        "tasks": list(tasks_of(member)),
        "team_tasks": list(_team_tasks(member, conflicts, waited_for)),
        "stages": [stage_progress(member, stage, people, numbers, today) for stage in Stage],
        "conflicts": conflicts,
        "ages": [f"{low} to {high} days" if high else f"{low} days or more" for low, high in AGES],
        "colleagues": waited_for,
        "agreements": [stage_agreement(member, stage) for stage in Stage] if reads_all else None,
        "may_remind": member.may(Permission.MANAGE_TEAM),
        "may_see_conflicts": member.may(Permission.SEE_CONFLICTS),
        "may_bring_in": member.may(Permission.BRING_IN_VOTES),
        "is_masked": member.may(Permission.ADJUDICATE),
    }
    return render(request, "screening/progress/progress.html", context)


def _team_tasks(member: Membership, conflicts: list[ConflictAges], waited_for: list[Colleague]) -> Iterator[Task]:
    """What holds the team up: old conflicts, and people for whom records wait and who have not voted for a week."""
    n, oldest = sum(one.n for one in conflicts), max(one.oldest for one in conflicts)
    if n and member.may(Permission.SEE_CONFLICTS):
        detail = f"The oldest has waited {oldest} day{'' if oldest == 1 else 's'}."
        yield Task(
            f"See to {n} open conflict{'' if n == 1 else 's'}", reverse("conflicts", args=[member.review.slug]), detail
        )
    for one in waited_for:
        if one.is_stale and one.may_remind:
            last = f"the last vote came on {one.last_vote}" if one.last_vote else "no vote has come yet"
            wait = "1 record waits" if one.waiting.n == 1 else f"{one.waiting.n} records wait"
            yield Task(f"Remind {one.member.user}", "#people", f"{wait}; {last}.")


@requires(Permission.MANAGE_TEAM)
@require_POST
def progress_remind(request: HttpRequest, member: Membership, person_id: int) -> HttpResponse:
    """Send one person one e-mail that says how many records wait, and where."""
    team = member.review.memberships.select_related("user", "review")
    person = get_object_or_404(team, pk=person_id)
    remind(lead=member, person=person)
    link = request.build_absolute_uri(reverse("review_home", args=[member.review.slug]))
    if send_reminder(lead=member, person=person, link=link):
        messages.success(request, f"{person.user} is reminded by e-mail.")
    else:
        messages.warning(request, f"The e-mail to {person.user} could not be sent. Try again later, or write to them.")
    return redirect(reverse("progress", args=[member.review.slug]) + "#people")
