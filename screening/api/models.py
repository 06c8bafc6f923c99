"""The tokens by which scripts sign in as a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from screening.api.scopes import Scope


class ApiToken(models.Model):
    """One token of one account. The token itself is kept nowhere: ``sha256`` is its hash, ``ending`` its last characters, to tell it by.

    It opens nothing once ``revoked_at`` is set, ``expires_at`` has passed, or the account is deactivated (P11).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    may_screen = models.BooleanField(default=False)
    may_manage = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="api_token_has_name"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")), name="api_token_lives_a_while"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What it is allowed to do, in the order of `Scope`."""
        given = {Scope.READ: True, Scope.SCREEN: self.may_screen, Scope.MANAGE: self.may_manage}
        return tuple(scope for scope, allowed in given.items() if allowed)

    @property
    def state(self) -> str:
        """``revoked``, ``expired`` or ``valid``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= timezone.now() else "valid"
