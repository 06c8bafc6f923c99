"""Django's entry for screening: guards step aside for migrations and stand again after each; tokens end with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.apps import AppConfig
from django.contrib import messages
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate
from django.http import HttpRequest

if TYPE_CHECKING:
    from reviewapp.accounts.models import User


def lift_guards(*, plan: list[Any], **_: Any) -> None:
    """SQLite makes a changed table anew, which no trigger that reads from it survives; PostgreSQL changes it as it stands."""
    from screening.audit.guards import drop

    if plan and connection.vendor == "sqlite":
        drop()


def install_guards(**_: Any) -> None:
    """All of them, also those that a migration has made room for."""
    from screening.audit.guards import install

    install()


def revoke_tokens(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever changes a password that another may know wants nothing left that the other made with it."""
    from screening.api.actions import revoke_all

    n = revoke_all(user=user)
    if n:
        tokens = "1 API token no longer works" if n == 1 else f"{n} API tokens no longer work"
        messages.info(request, f"{tokens}, as the password is another one. Make new tokens where scripts need them.")


class ScreeningConfig(AppConfig):
    name = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="screening.guards lifted")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="screening.guards")
        for changed in (password_changed, password_reset, password_set):
            changed.connect(revoke_tokens, dispatch_uid="screening.tokens")
