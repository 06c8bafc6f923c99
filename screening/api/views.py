"""The page of one's tokens, and the description of the API for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.api.actions import make_token, revoke_token
from screening.api.forms import TokenForm
from screening.api.models import ApiToken
from screening.api.reference import parts_of, plain
from screening.api.site import DESCRIPTION, description
from screening.reviews.access import View, person, public, signed_in

# Whoever finds a browser signed in makes no key for later; what was sent waits for the password.
asks_password: Callable[[View], View] = reauthentication_required(allow_get=True)


@signed_in
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
def api_tokens(request: HttpRequest) -> HttpResponse:
    """My tokens, and the form of a new one. The answer to the form is the one page that ever shows the token."""
    user = person(request)
    form = TokenForm(request.POST or None)
    secret, status = "", 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        _, secret = make_token(user=user, **form.asked())
        form, status = TokenForm(), 201
    context: dict[str, Any] = {"form": form, "secret": secret, "tokens": ApiToken.objects.filter(user=user)}
    return render(request, "screening/api/tokens.html", context, status=status)


@signed_in
@require_POST
def api_token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of my tokens."""
    token = get_object_or_404(ApiToken, pk=token_id, user=person(request))
    revoke_token(token=token)
    messages.success(request, f"The token “{token.name}” is revoked. It opens nothing any more.")
    return redirect("api_tokens")


def told(operation: View) -> View:
    """The operations of one address, with a refusal of any other method that reads like the others."""

    @wraps(operation)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = operation(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        takes = ", ".join(sorted(response.headers["Allow"].split(", ")))
        sentence = f"This address takes {takes}, not {request.method}."
        return JsonResponse({"detail": sentence, "rule": ""}, status=405, headers={"Allow": takes})

    return answered


@public
def api_nowhere(request: HttpRequest) -> HttpResponse:
    """An address of the API that leads nowhere says so as the API does."""
    return JsonResponse({"detail": "The API has no such address. /api/ lists all it has.", "rule": ""}, status=404)


@public
@require_safe
def api_description(request: HttpRequest) -> HttpResponse:
    """The API in OpenAPI 3.1; the same bytes for everybody."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@public
@require_safe
def api_reference(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes, made from the description."""
    context = {"parts": parts_of(description()), "about": plain(DESCRIPTION).split("\n\n")}
    return render(request, "screening/api/reference.html", context)
