"""`manage.py deduplicate`: look for duplicates in a review, store what is found, and wait for it."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.management.commands.import_records import find_review
from screening.dedupe.actions import ask_for_duplicates
from screening.dedupe.finding import FOLLOWER
from screening.jobs.actions import enqueue
from screening.jobs.models import Job
from screening.jobs.run import wait
from screening.pipeline import HANDLERS
from screening.reviews.models import Membership, Review


class Command(BaseCommand):
    """Find duplicates, then open what is left for screening."""

    help = "Find duplicates in a review, as its duplicates page does, and open the remaining records for screening."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("review", help="slug or id of the review")
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")

    def handle(self, *args: Any, review: str, **options: Any) -> None:
        """Do the job here, or wait for the worker that has it."""
        target = find_review(review)
        found = _done(ask_for_duplicates(member=_lead(target))).result
        _done(enqueue(name=FOLLOWER, review_id=target.pk))
        counts = {name: found[name] for name in ("merged", "groups", "queue")}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write(
            f"{counts['merged']} records merged into {counts['groups']} groups; {counts['queue']} questions wait for a person."
        )


def _done(job: Job) -> Job:
    try:
        done = wait(job, HANDLERS)
    except TimeoutError as late:
        raise CommandError(str(late)) from late
    if done.state != "done":
        raise CommandError(done.error or "The search for duplicates was cancelled. Start it again.")
    return done


def _lead(review: Review) -> Membership:
    leads = Membership.objects.select_related("user", "review").filter(
        review=review, is_lead=True, active_to__isnull=True
    )
    member = leads.order_by("pk").first()
    if member is None:
        raise CommandError("This review has no lead, so that nobody answers for the merging. Make somebody its lead.")
    return member
