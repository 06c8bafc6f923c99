"""One page: when the site may write to me."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from screening.letters.actions import choose_letters
from screening.letters.forms import LettersForm
from screening.reviews.access import requires
from screening.reviews.models import Letters, Membership
from screening.reviews.queue import my_memberships
from screening.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_REVIEW)
def my_letters(request: HttpRequest, member: Membership) -> HttpResponse:
    """Off, daily, or at once for mentions; each review has its own choice."""
    form = LettersForm(request.POST or None, initial={"letters": member.letters})
    if request.method == "POST" and form.is_valid():
        choose_letters(member=member, letters=Letters(form.cleaned_data["letters"]))
        messages.success(request, "Saved.")
        return redirect("my_letters", member.review.slug)
    others = [one for one in my_memberships(member.user) if one.review_id != member.review_id]
    status = 422 if form.errors else 200
    return render(request, "screening/letters/letters.html", {"form": form, "others": others}, status=status)
