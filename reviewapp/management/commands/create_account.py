"""`manage.py create_account`: an account, with a password from a file or a one-time link to set one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from reviewapp.accounts.models import User

LOCAL = "http://127.0.0.1:8000"


class Command(BaseCommand):
    """Make an account for an e-mail address."""

    help = "Make an account. Without a password file it prints a one-time link to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("email", help="the e-mail address to sign in with")
        parser.add_argument("--name", default="", help="the person's name (default: the part before the @)")
        parser.add_argument("--password-file", type=Path, help="a file whose first line is the password")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, email: str, name: str, password_file: Path | None, **options: Any) -> None:
        """Refuse a known or malformed address and a weak password, with one sentence."""
        address = email.strip().lower()
        _check_address(address)
        user = User(email=address, name=name.strip() or address.split("@")[0])
        password = _password(password_file, user) if password_file else None
        made = User.objects.create_user(address, password, name=user.name)
        link = "" if password_file else _link(made)
        if options["json"]:
            self.stdout.write(json.dumps({"account": made.email, **({"link": link} if link else {})}))
            return
        self.stdout.write(f"Made the account {made.email}.")
        if link:
            self.stdout.write(f"Set the password within {settings.PASSWORD_RESET_TIMEOUT // 60} minutes at {link}")


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as problem:
        raise CommandError(f"{address} is not an e-mail address.") from problem
    if User.objects.filter(email__iexact=address).exists():
        raise CommandError(f"An account for {address} exists already.")


def _password(file: Path, user: User) -> str:
    try:
        password = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"The password file {file} cannot be read: {problem}") from problem
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from problem
    return password


def _link(user: User) -> str:
    """The reset link that allauth would mail: works once, for `PASSWORD_RESET_TIMEOUT` seconds (P5)."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    return (settings.BASE_URL or LOCAL).rstrip("/") + path
