"""Django's entry for screening; the guards stand again after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install_guards(**_: Any) -> None:
    from screening.audit.guards import install

    install()


class ScreeningConfig(AppConfig):
    name = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="screening.guards")
