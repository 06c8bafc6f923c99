"""`manage.py demo`: the demo review and its accounts; running it again changes nothing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.accounts.models import User
from reviewapp.demo.accounts import demo_password
from reviewapp.demo.load import demo_accounts, load_demo
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership, Review


class Command(BaseCommand):
    """Load the demo, then say who may sign in and how."""

    help = "Load a demo review that stands half-way, an empty one beside it, and the accounts of both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is not there yet."""
        try:
            loaded = load_demo()
        except NotAllowedNow as refusal:
            raise CommandError(str(refusal)) from refusal
        review, *others = loaded.reviews
        accounts = [_facts(user, review) for user in demo_accounts()]
        if options["json"]:
            found = {"review": review.slug, "accounts": accounts, "password": demo_password()}
            self.stdout.write(json.dumps({**found, "reviews": [one.slug for one in (review, *others)]}))
            return
        self.stdout.write(f"The demo review{'' if loaded.fresh else ' is here already'}: {review.title}")
        self.stdout.write(f"Demo accounts, for this machine only. Password of each: {demo_password()}")
        for account in accounts:
            self.stdout.write(f"  {account['email']:30} {', '.join(account['roles'])}")


def _facts(user: User, review: Review) -> dict[str, Any]:
    member = Membership.objects.filter(user=user, review=review).first()
    return {"email": user.email, "name": user.name, "roles": [role.value for role in member.roles] if member else []}
