"""Who may sign in."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet
from django.http import HttpRequest

from reviewapp.accounts.models import User
from reviewapp.compiled import compiled


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's sign-in by e-mail; demo accounts only from the machine itself (P8)."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and user.is_demo and request is not None and not _is_local(request):
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        user = _account.first(int(user_id))
        return user if user and self.user_can_authenticate(user) else None


@compiled
def _account(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)


def _is_local(request: HttpRequest) -> bool:
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    return host == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "testserver"
