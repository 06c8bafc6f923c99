"""The door for scripts: a token instead of a session, then the same membership and permission as at the door of the pages."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, get_args

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Router, Schema, Status
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer

from reviewapp.accounts.models import User
from screening.api.actions import hashed, note_use
from screening.api.limits import count_request
from screening.api.models import ApiToken
from screening.api.problems import REFUSALS, BadInput
from screening.api.scopes import Scope
from screening.reviews.access import membership
from screening.reviews.models import Membership
from screening.roles import Permission

Act = TypeVar("Act", bound=Callable[..., Any])
SIGN_IN = "Send a token that works: `Authorization: Bearer reviewapp_…`. Tokens are made on the page API tokens of your account."


class Token(HttpBearer):
    """Opens one operation: finds the token's account, and in a review its membership, before anything that was sent is read.

    Raises, in this order: 401 without a token that works, 429 for too many requests, 404 to strangers, 403 to members whose roles
    lack the permission and to tokens that lack the scope.
    """

    openapi_bearerFormat = "reviewapp_ and 64 hexadecimal digits"

    def __init__(self, permission: Permission, scope: Scope) -> None:
        super().__init__()
        self.permission = permission
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Membership | User:
        """The member who asks, outside a review the person."""
        found = valid_token(token)
        if found is None:
            raise AuthenticationError(message=SIGN_IN)
        request.user = found.user
        count_request(found.user_id)
        note_use(token=found)
        member = self._member(request, found.user)
        if isinstance(member, Membership) and not member.may(self.permission):
            raise AuthorizationError(message=f"Your role in this review does not let you do this ({self.permission}).")
        if self.scope not in found.scopes:
            raise AuthorizationError(message=f"This token may not do this: make one with the scope “{self.scope}”.")
        return member

    def _member(self, request: HttpRequest, user: User) -> Membership | User:
        if self.permission is Permission.ACCOUNT:
            return user
        slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
        if slug is None:
            raise Http404
        return membership(user=user, slug=slug)


def valid_token(secret: str) -> ApiToken | None:
    """The token with this secret, None where it is revoked, expired, its account deactivated, or there is none."""
    found = ApiToken.objects.select_related("user").filter(
        sha256=hashed(secret), revoked_at__isnull=True, user__is_active=True
    )
    token = found.first()
    if token is None or (token.expires_at is not None and token.expires_at <= timezone.now()):
        return None
    return token


def opens(
    router: Router,
    method: str,
    path: str,
    permission: Permission,
    *,
    gives: Any,
    scope: Scope = Scope.READ,
    status: int = 200,
    files: tuple[str, ...] = (),
) -> Callable[[Act], Act]:
    """Make a function the operation ``method path`` under one permission and one scope, and put it into the description.

    The function gets the request, then the member (outside a review the person), then what was sent. ``files`` are the content
    types of an answer that is no JSON.
    """

    def decorate(act: Act) -> Act:
        words = inspect.getdoc(act) or ""
        extra: dict[str, Any] = {"x-permission": permission.value, "x-scope": scope.value}
        if files:
            told = {"description": "The file", "content": {media_type: _file(media_type) for media_type in files}}
            extra["responses"] = {status: told}
        router.api_operation(
            [method],
            path,
            auth=Token(permission, scope),
            response={status: gives, **REFUSALS},
            operation_id=act.__name__,
            url_name=f"api_{act.__name__}",
            summary=words.partition("\n")[0].rstrip("."),
            description=words,
            openapi_extra=extra,
        )(_handed(act, permission, status))
        return act

    return decorate


def _file(media_type: str) -> dict[str, Any]:
    return {"schema": {} if media_type == "application/json" else {"type": "string", "format": "binary"}}


def _handed(act: Callable[..., Any], permission: Permission, status: int) -> Callable[..., Any]:
    """The function as the router calls it: whom the door let in, in the place of the review's slug."""
    in_review = permission is not Permission.ACCOUNT
    first, _, *others = inspect.signature(act, eval_str=True).parameters.values()
    asked = [name for one in others for name in _names(one)]

    @wraps(act)
    def handed(request: HttpRequest, **given: Any) -> Any:
        given.pop("slug", None)
        for name in request.GET:
            if name not in asked:
                takes = f"takes {', '.join(asked)}" if asked else "takes nothing in its address"
                raise BadInput(f"{name[:60]}: this operation {takes}. Nothing was read or done.")
        result = act(request, request.auth, **given)  # type: ignore[attr-defined]
        return result if isinstance(result, HttpResponseBase) else Status(status, result)

    slug = inspect.Parameter("slug", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=str)
    handed.__signature__ = inspect.Signature([first, *([slug] if in_review else []), *others])  # type: ignore[attr-defined]
    handed.permission = permission  # type: ignore[attr-defined]
    return handed


def _names(parameter: inspect.Parameter) -> list[str]:
    """What a parameter is called in a query; a mistyped filter that was passed over would read as one that holds."""
    kind = get_args(parameter.annotation)[:1] or (parameter.annotation,)
    if isinstance(kind[0], type) and issubclass(kind[0], Schema):
        return [field.alias or name for name, field in kind[0].model_fields.items()]
    return [parameter.name]
