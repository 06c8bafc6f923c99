"""`manage.py create_review`: a review with its Table 1 and its team, from accounts that exist."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from reviewapp.accounts.models import User
from screening.audit.refusal import NotAllowedNow
from screening.protocol.actions import freeze_protocol, set_up_review
from screening.protocol.presets import PRESETS
from screening.protocol.versions import draft_of
from screening.reviews.actions import add_member, change_roles
from screening.reviews.models import Membership, Review, ReviewKind
from screening.roles import Role


class Command(BaseCommand):
    """Make a review; a preset's criteria are frozen at once unless asked otherwise."""

    help = "Make a review with its team. Accounts must exist: make them with create_account."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("title")
        parser.add_argument("--lead", required=True, metavar="USER", help="e-mail address of the lead")
        parser.add_argument("--preset", choices=sorted(PRESETS), help="criteria to load and freeze as version 1")
        parser.add_argument(
            "--draft", action="store_true", help="leave the preset's criteria a draft, to be edited and frozen"
        )
        parser.add_argument("--kind", choices=ReviewKind.values, default=ReviewKind.SYSTEMATIC.value)
        parser.add_argument("--question", default="")
        for role in (Role.REVIEWER, Role.ADJUDICATOR, Role.LIBRARIAN, Role.OBSERVER):
            parser.add_argument(
                f"--{role.value}", action="append", default=[], metavar="USER", help=f"e-mail of a {role.value}"
            )
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, title: str, lead: str, preset: str | None, **options: Any) -> None:
        """Everything or nothing: an unknown address leaves no review behind."""
        if not title.strip():
            raise CommandError("Give the review a title.")
        try:
            with transaction.atomic():
                review = _review(title, _account(lead), preset, options)
        except NotAllowedNow as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"review": review.slug}) if options["json"] else f"Made the review {review.slug}.")


def _review(title: str, lead: User, preset: str | None, options: dict[str, Any]) -> Review:
    review = set_up_review(title=title, lead=lead, preset=preset, kind=options["kind"], question=options["question"])
    draft = draft_of(review)
    if preset and draft and not options["draft"]:
        freeze_protocol(version=draft, actor=lead)
    for role in (Role.REVIEWER, Role.ADJUDICATOR, Role.LIBRARIAN, Role.OBSERVER):
        for email in options[role.value]:
            _join(review, _account(email), role, lead)
    return review


def _join(review: Review, user: User, role: Role, actor: User) -> None:
    """One person may be named for several roles."""
    member = Membership.objects.select_related("review", "user").filter(review=review, user=user).first()
    if member is None:
        add_member(review=review, user=user, roles=[role], actor=actor)
    elif role not in member.roles:
        change_roles(member=member, roles=[*member.roles, role], actor=actor)


def _account(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise CommandError(f"No account for {email}. Make it with: manage.py create_account {email}")
    return user
