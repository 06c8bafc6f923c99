"""The one door to a review: loads the membership, checks the permission, and hands the member to the view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from reviewapp.accounts.models import User
from reviewapp.compiled import compiled
from screening.reviews.models import Membership
from screening.roles import Permission

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
MemberView = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]


def membership(*, user: User, slug: str) -> Membership:
    """The active membership of ``user`` in the review ``slug``. Raises Http404 to strangers, as for a review that does not exist."""
    found = _active.first(slug, user.pk)
    if found is None:
        raise Http404
    found.user = user
    return found


@compiled
def _active(slug: str, user_id: int) -> QuerySet[Membership]:
    here = Membership.objects.filter(review__slug=slug, user=user_id, active_to__isnull=True, user__is_active=True)
    return here.select_related("review")


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
