"""Pages outside any review."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: nothing was changed."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
