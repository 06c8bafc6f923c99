"""The account of a person: signs in by e-mail address, keeps the person's preferences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes accounts; addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account for ``email``; without a password it can only be entered through a reset link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractBaseUser, PermissionsMixin):
    """A person. ``undo_seconds`` is the undo window of the person's own votes (S1; WCAG 2.2.1).

    ``screens_by_list`` is how the person screens titles and abstracts: many cards on a page, else one record at a time.
    """

    UNDO_CHOICES = ((6, "6 seconds"), (15, "15 seconds"), (60, "1 minute"))

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    shortcuts_on = models.BooleanField(default=True)
    undo_seconds = models.PositiveSmallIntegerField(default=6, choices=UNDO_CHOICES)
    screens_by_list = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def address_to_confirm(self) -> str:
        """The address that stands between this person and a second factor, empty where none does."""
        if settings.MFA_ALLOW_UNVERIFIED_EMAIL:
            return ""
        found: str | None = self.emailaddress_set.filter(verified=False).values_list("email", flat=True).first()  # type: ignore[attr-defined]
        return found or ""

    @property
    def theme_choices(self) -> list[tuple[str, str]]:
        return list(Theme.choices)

    def get_full_name(self) -> str:
        return str(self)
