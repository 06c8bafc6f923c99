"""Django's entry for screening; the guards step aside for migrations and stand again after each."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate


def lift_guards(*, plan: list[Any], **_: Any) -> None:
    """SQLite makes a changed table anew, which no trigger that reads from it survives; PostgreSQL changes it as it stands."""
    from screening.audit.guards import drop

    if plan and connection.vendor == "sqlite":
        drop()


def install_guards(**_: Any) -> None:
    """All of them, also those that a migration has made room for."""
    from screening.audit.guards import install

    install()


class ScreeningConfig(AppConfig):
    name = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="screening.guards lifted")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="screening.guards")
