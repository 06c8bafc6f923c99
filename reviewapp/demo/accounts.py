"""The demo's accounts: marked as such, so that they sign in from the machine itself only, with one password a site."""

from __future__ import annotations

import base64
import hashlib
import hmac

from allauth.account.models import EmailAddress
from django.conf import settings

from reviewapp.accounts.models import User
from reviewapp.demo.script import Account
from screening.audit.refusal import NotAllowedNow


def demo_password() -> str:
    """The password that the demo accounts of this site share; made from its secret, so that no two sites have the same (P8)."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"demo accounts", hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def make_account(account: Account) -> User:
    """The demo account. Raises NotAllowedNow where a person has that address."""
    found = User.objects.filter(email__iexact=account.email).first()
    if found is not None and not found.is_demo:
        raise NotAllowedNow(f"{account.email} is somebody's account, so the demo cannot use it. Nothing was loaded.")
    user = found or User.objects.create_user(account.email, demo_password(), name=account.name, is_demo=True)
    _confirm_address(user)
    return user


def _confirm_address(user: User) -> None:
    """Nobody reads the mail of a demo account, and a second factor asks for a confirmed address."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def renew_accounts() -> None:
    """Give the demo accounts their confirmed address, and the present password where the site's secret has changed since."""
    for user in User.objects.filter(is_demo=True):
        _confirm_address(user)
        if not user.check_password(demo_password()):
            user.set_password(demo_password())
            user.save(update_fields=["password"])
