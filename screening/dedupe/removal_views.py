"""Pages of records that leave before screening for another reason: one by a person, or all that a criterion's rule calls not met."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.dedupe.actions import put_back, remove_by_automation, remove_record, undo_automation
from screening.dedupe.automation import acts, criteria_with_rules, previews
from screening.dedupe.forms import AutomationForm, AutomationUndoForm, RemovalForm, checked
from screening.dedupe.queue import record_in_play
from screening.protocol.models import Criterion
from screening.records.listing import page_of
from screening.records.models import Record
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


@require_POST
@requires(Permission.REMOVE_RECORDS)
def record_remove(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Take a record out before screening, with a reason (box 3, other)."""
    reason = checked(RemovalForm(request.POST))["reason"]
    remove_record(member=member, record=record_in_play(member.review, number), reason=reason)
    messages.success(request, f"Record {number} is removed. It can be put back on its page.")
    return redirect("record", member.review.slug, number)


@require_POST
@requires(Permission.REMOVE_RECORDS)
def record_put_back(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Undo a removal."""
    put_back(member=member, record=record_in_play(member.review, number))
    messages.success(request, f"Record {number} is back in the review.")
    return redirect("record", member.review.slug, number)


@require_safe
@requires(Permission.REMOVE_RECORDS)
def record_automation(request: HttpRequest, member: Membership) -> HttpResponse:
    """What each criterion's rule would remove, in numbers, and what was removed so."""
    context = {"previews": previews(member.review, criteria_with_rules(member.review)), "acts": acts(member)}
    return render(request, "screening/dedupe/automation.html", context)


def _criterion(member: Membership, key: str) -> Criterion:
    found = next((one for one in criteria_with_rules(member.review) if one.key == key), None)
    if found is None:
        raise Http404
    return found


@require_safe
@requires(Permission.REMOVE_RECORDS)
def record_automation_list(request: HttpRequest, member: Membership, key: str) -> HttpResponse:
    """The very records that a criterion's rule would remove, with the button that does."""
    (found,) = previews(member.review, [_criterion(member, key)])
    records = Record.objects.filter(review=member.review, pk__in=found.ineligible)
    context = {"preview": found, "n": len(found.ineligible), **page_of(records, request)}
    return render(request, "screening/dedupe/automation_list.html", context)


@require_POST
@requires(Permission.REMOVE_RECORDS)
def record_automation_remove(request: HttpRequest, member: Membership, key: str) -> HttpResponse:
    """Mark them as ineligible by automation (box 3); one undo takes the act back."""
    expected = checked(AutomationForm(request.POST))["records"]
    n = remove_by_automation(member=member, criterion=_criterion(member, key), expected=expected)
    messages.success(request, f"{n} record{'' if n == 1 else 's'} marked as ineligible. The act can be undone below.")
    return redirect("record_automation", member.review.slug)


@require_POST
@requires(Permission.REMOVE_RECORDS)
def record_automation_undo(request: HttpRequest, member: Membership) -> HttpResponse:
    """Put back what one act removed."""
    n = undo_automation(member=member, act=checked(AutomationUndoForm(request.POST))["act"])
    messages.success(request, f"{n} record{'' if n == 1 else 's'} back in the review.")
    return redirect("record_automation", member.review.slug)
