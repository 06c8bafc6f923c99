"""Where allauth asks us: names, redirects, and secrets at rest."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from reviewapp.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Takes the name from the sign-up form; says in the site's words what is wrong and what to do."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and password do not belong together. Check both, or ask for a new password below.",
        "incorrect_password": "That is not your password. Try again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
        "email_taken": "There is an account with this address already. Sign in with it, or ask for a new password.",
        "duplicate_email": "Your account has this address already.",
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "").strip()
        saved: User = super().save_user(request, user, form, commit)
        return saved


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Seals the secrets of the second factor (P6): allauth's default stores them in clear."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right, or no longer. Enter the one that the app shows now.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
