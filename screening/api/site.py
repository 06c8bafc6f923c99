"""The API as a whole: its operations by step of the review, and how it refuses."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError

from screening.api.access import SIGN_IN
from screening.api.limits import TooMany
from screening.api.problems import BadInput, sentence_of
from screening.api.reading import PlainParser
from screening.audit.refusal import NotAllowedNow

VERSION = "1"
DESCRIPTION = """\
Everything of the pages that a script needs, under the same rules: what you may read and do here is what your roles in a review allow,
nobody's vote is told before the pages tell it, and every act is in the review's history under your name.

Send `Authorization: Bearer reviewapp_…` with a token of your account. Times are ISO 8601 in UTC. Lists come a page at a time: send
`next` of a page as `cursor` for the following one. A refusal is one sentence in `detail`."""

UNREADABLE = "The body cannot be read: send JSON in UTF-8, or a form with its file where the operation takes a file; /api/ shows which."

#: (title, operations) of each part, in order. Settings name them: steps that stand above this one have a part as well.
PARTS: list[tuple[str, Router]] = [part for name in settings.API_PARTS for part in import_string(name)]

api = NinjaAPI(
    title="reviewapp",
    version=VERSION,
    description=DESCRIPTION,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=PlainParser(),
    openapi_extra={"tags": [{"name": title} for title, _ in PARTS]},
)
for part, router in PARTS:
    api.add_router("", router, tags=[part])


@cache
def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1, the same for everybody."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def _refusal(request: HttpRequest, status: int, detail: str, rule: str = "") -> HttpResponse:
    return api.create_response(request, {"detail": detail, "rule": rule}, status=status)


@api.exception_handler(NotAllowedNow)
def _forbidden_by_state(request: HttpRequest, refusal: NotAllowedNow) -> HttpResponse:
    return _refusal(request, 409, str(refusal), refusal.rule)


@api.exception_handler(BadInput)
def _bad_input(request: HttpRequest, problem: BadInput) -> HttpResponse:
    return _refusal(request, 422, str(problem))


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    return _refusal(request, 422, sentence_of(problem.errors))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, problem: Http404) -> HttpResponse:
    return _refusal(request, 404, "There is no such thing here.")


@api.exception_handler(PermissionDenied)
def _not_permitted(request: HttpRequest, problem: PermissionDenied) -> HttpResponse:
    return _refusal(request, 403, "Your role in this review does not let you do this.")


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, problem: TooMany) -> HttpResponse:
    response = _refusal(request, 429, str(problem))
    response["Retry-After"] = str(problem.wait)
    return response


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, problem: HttpError) -> HttpResponse:
    detail = {400: UNREADABLE, 401: SIGN_IN}.get(
        problem.status_code, str(problem)
    )  # Ninja's own words say nothing to do
    response = _refusal(request, problem.status_code, detail)
    if problem.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="reviewapp"'
    return response
