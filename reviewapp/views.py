"""Pages outside any review: the front page, invitations, preferences, health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviewapp.accounts.forms import PreferencesForm
from reviewapp.middleware import way_back
from screening.audit.refusal import NotAllowedNow
from screening.home.tasks import next_task
from screening.jobs.models import Worker
from screening.reviews.access import person, public, signed_in
from screening.reviews.actions import accept_invitation, invitation_of
from screening.reviews.queue import my_memberships


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: nothing was changed."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read; where it is only too much at once, how much the site takes (U6)."""
    too_much = isinstance(exception, TooManyFilesSent | TooManyFieldsSent | RequestDataTooBig)
    if request.path.startswith("/api/"):
        sentence = "That is more than the site takes at once." if too_much else "What was sent cannot be read."
        return JsonResponse({"detail": sentence, "rule": ""}, status=413 if too_much else 400)
    if not too_much:
        return render(request, "400.html", status=400)
    files = settings.DATA_UPLOAD_MAX_NUMBER_FILES if isinstance(exception, TooManyFilesSent) else 0
    return render(request, "413.html", {"files": files, "back": way_back(request)}, status=413)


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """My reviews, each with what waits for me; for visitors, what the site is for."""
    if not request.user.is_authenticated:
        return render(request, "front.html")
    mine = [{"member": member, "task": next_task(member)} for member in my_memberships(person(request))]
    mine.sort(key=lambda one: one["task"] is None)  # what waits for me first
    return render(request, "reviews.html", {"mine": mine})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens: sign in or sign up, then one press to join (P7). Reading it changes nothing."""
    found = invitation_of(token)
    if found is None:
        raise Http404
    if request.method == "POST" and request.user.is_authenticated:
        member = accept_invitation(invitation=found, user=person(request))
        messages.success(request, f"Welcome. You joined as {member.role_words.lower()}.")
        return redirect("review_home", slug=found.review.slug)
    here = urlencode({"next": request.path, "email": found.email})
    context: dict[str, Any] = {
        "invitation": found,
        "sign_in": f"{reverse('account_login')}?{here}",
        "sign_up": f"{reverse('account_signup')}?{here}",
        "is_mine": request.user.is_authenticated and person(request).email.lower() == found.email.lower(),
    }
    return render(request, "invitation.html", context)


@signed_in
@require_POST
def account_preferences(request: HttpRequest) -> HttpResponse:
    """Theme, single-key shortcuts, undo window; then back to where the form was."""
    form = PreferencesForm(request.POST, instance=person(request))
    if not form.is_valid():
        raise NotAllowedNow("Choose one of the values offered; your preferences were not changed.")
    form.save()
    messages.success(request, "Your preferences are saved.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "front")


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For a load balancer or a person: whether the database answers, and how many seconds ago a worker was seen."""
    try:
        seen = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    except DatabaseError:
        return JsonResponse({"database": False, "worker_seen_seconds": None}, status=503)
    ago = round((timezone.now() - seen).total_seconds()) if seen else None
    return JsonResponse({"database": True, "worker_seen_seconds": ago})


@public
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness in confidence (RFC 9116)."""
    base = settings.BASE_URL or f"{request.scheme}://{request.get_host()}"
    expires = (datetime.now(UTC) + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, zh",
        f"Canonical: {base.rstrip('/')}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
