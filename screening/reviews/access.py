"""The one door to a review: loads the membership, checks the permission, and hands the member to the view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from reviewapp.accounts.models import User
from screening.reviews.models import Membership
from screening.roles import Permission

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
MemberView = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]


def membership(*, user: User, slug: str) -> Membership:
    """The active membership of ``user`` in the review ``slug``. Raises Http404 to strangers, as for a review that does not exist."""
    found = (
        Membership.objects.select_related("review")
        .filter(review__slug=slug, user=user, active_to__isnull=True, user__is_active=True)
        .first()
    )
    if found is None:
        raise Http404
    found.user = user
    return found


def requires(permission: Permission) -> Callable[[MemberView[P]], View]:
    """Open ``/r/<slug>/...`` to members whom `roles.GRANTS` gives ``permission``: strangers get 404, other members 403."""

    def decorate(view: MemberView[P]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            assert isinstance(request.user, User)  # noqa: S101  LoginRequiredMiddleware stands before
            member = membership(user=request.user, slug=slug)
            request.member = member  # type: ignore[attr-defined]  # before the refusal: its page has the menu of the review
            if not member.may(permission):
                raise PermissionDenied
            return view(request, member, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """A page that needs no account."""
    open_view = login_not_required(view)
    open_view.permission = Permission.PUBLIC  # type: ignore[attr-defined]
    return open_view


def signed_in(view: View) -> View:
    """A page of one's own account, outside any review."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    guarded.permission = Permission.ACCOUNT  # type: ignore[attr-defined]
    return guarded


def person(request: HttpRequest) -> User:
    """The signed-in user, typed."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
