"""What every request gets: a log line, the header set, and one answer for an act that is refused."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from reviewapp.logs import logger
from reviewapp.turnstile import Turnstile
from screening.audit.refusal import NotAllowedNow

Handler = Callable[[HttpRequest], HttpResponse]
log = logger("reviewapp.request")

# Every browser feature off: a screening site needs none.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


def request_log(get_response: Handler) -> Handler:
    """Bind a request id and log method, route and status; never the query string, which may carry a search term."""

    def middleware(request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex)
        started = time.perf_counter()
        response = get_response(request)
        route = request.resolver_match.route if request.resolver_match else ""
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds)
        return response

    return middleware


def in_line(get_response: Handler) -> Handler:
    """Work on two requests at a time, in the order of their coming; a request that takes long holds nobody up (`Turnstile`)."""
    turnstile = Turnstile(places=2, patience=0.1)

    def middleware(request: HttpRequest) -> HttpResponse:
        with turnstile.place():
            return get_response(request)

    return middleware


def security_headers(get_response: Handler) -> Handler:
    """The headers that no other middleware sets (P27); personal pages are never stored by a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


class _PlainText:
    """Refuse an address or a form that holds a NUL: no keyboard sends one, PostgreSQL raises on it, SQLite would keep it (P25)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        for given in (request.GET, request.POST):
            if any("\0" in text for name, values in given.lists() for text in (name, *values)):
                raise BadRequest("NUL in the request")


plain_text = _PlainText


class _Refusals:
    """Turn `NotAllowedNow` into a message and a way back, or a 409 page for what expects no redirect."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            # Whoever is signed out while sending a form comes back here by the sign-in page's way: tell them, not a blank page.
            response.content = render_to_string("405.html", request=request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotAllowedNow):
            return None
        log.warning("refused", sentence=str(exception), rule=exception.rule)
        context: dict[str, Any] = {"sentence": str(exception), "back": way_back(request)}
        if exception.rule == "I18":  # the one refusal that a word mends: the vote waits in the form for it
            return render(request, "say_why.html", {**context, "entered": _entered(request)}, status=409)
        return render(request, "409.html", context, status=409)


def _entered(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, field by field, but for what the page asks for anew."""
    fields = request.POST.lists()
    return [(name, str(value)) for name, values in fields if name not in ANEW for value in values]


ANEW = frozenset({"csrfmiddlewaretoken", "override"})


def way_back(request: HttpRequest) -> str:
    """The page of this site from which the request was sent, else the first page."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return referer
    return "/"


refusals = _Refusals
