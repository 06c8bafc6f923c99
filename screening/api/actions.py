"""Making and revoking tokens, and noting that one was used."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.api.models import ApiToken
from screening.api.scopes import Scope
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow

PREFIX = "reviewapp_"  # with the 64 digits behind it, what a scanner for leaked secrets looks for
AT_MOST = 20  # valid tokens of one account
NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def make_token(*, user: User, name: str, scopes: Collection[Scope], days: int | None) -> tuple[ApiToken, str]:
    """A new token, and the secret that is shown once: a prefix and 256 random bits in hexadecimal.

    ``days`` is how long it lives, None for ever. Raises NotAllowedNow where the account has `AT_MOST` valid ones.
    """
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    standing = ApiToken.objects.filter(user=user, revoked_at__isnull=True).exclude(expires_at__lte=now)
    if standing.count() >= AT_MOST:
        raise NotAllowedNow(
            f"You have {AT_MOST} tokens that work. Revoke one that you no longer need, then make this one."
        )
    secret = PREFIX + secrets.token_hex(32)
    token = ApiToken.objects.create(
        user=user, name=name, sha256=hashed(secret), ending=secret[-4:], created_at=now,
        may_screen=Scope.SCREEN in scopes, may_manage=Scope.MANAGE in scopes,
        expires_at=None if days is None else now + timedelta(days=days),
    )  # fmt: skip
    _log(verb="made an API token", token=token, after={"scopes": list(token.scopes), "days": days})
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken) -> None:
    """Let the token open nothing any more. Raises NotAllowedNow where it does so already."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        raise NotAllowedNow("That token was revoked already.")
    _log(verb="revoked an API token", token=token)


@transaction.atomic
def revoke_all(*, user: User) -> int:
    """Let no token of the account open anything any more, as with its other sessions when the password changes. Returns how many did."""
    valid = [one for one in ApiToken.objects.select_for_update().filter(user=user) if one.state == "valid"]
    for token in valid:
        revoke_token(token=token)
    return len(valid)


def hashed(secret: str) -> str:
    """The hash by which a token is found. Plain, for a secret of 256 random bits cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


def note_use(*, token: ApiToken) -> None:
    """Write down that the token is in use, at most every five minutes (P4)."""
    now = timezone.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _log(*, verb: str, token: ApiToken, after: object = None) -> None:
    audit(verb=verb, review_id=None, actor=token.user, subject=("token", token.pk, token.name), after=after)
