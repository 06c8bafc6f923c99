"""The world of the ledger test, in a process of its own: `python -m tests.reliability.ledger seed RECORDS` makes a review that two
people screen and an import that waits for a worker; `... hurry` ends the leases of killed workers; `... imported` says whether the
import is done; `... check` reads the acknowledged votes and prints what does not agree.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

django.setup()

from django.test import Client  # noqa: E402  the settings come first

from screening.audit.models import AuditEvent  # noqa: E402
from screening.decisions.models import Vote  # noqa: E402
from screening.imports.models import Import  # noqa: E402
from screening.jobs.actions import retry  # noqa: E402
from screening.jobs.models import Job  # noqa: E402
from screening.prisma.check import check  # noqa: E402
from screening.records.models import Record  # noqa: E402
from screening.reviews.models import Review  # noqa: E402
from tests.factories import alice, bob, make_import, make_review, open_screening  # noqa: E402
from tests.reliability.test_import_kill import let_time_pass  # noqa: E402
from tests.screening.imports.uploads import numbered, queued  # noqa: E402

IMPORTED = 1_000


def seed(records: int) -> dict[str, object]:
    """The review's slug and the cookies of two signed-in reviewers, by their e-mail address."""
    review = make_review()
    make_import(review, records=records)
    open_screening(review)
    cookies = {}
    for member in (alice(review), bob(review)):
        client = Client()
        client.force_login(member.user)
        cookies[member.user.email] = {name: morsel.value for name, morsel in client.cookies.items()}
    queued(review, numbered(IMPORTED))
    return {"slug": review.slug, "cookies": cookies}


def hurry() -> None:
    """The leases of the dead are over; a job that was killed more often than it may be is asked for again, as a person would."""
    let_time_pass()
    for job in Job.objects.filter(state="failed"):
        retry(job=job)


def is_imported() -> bool:
    """Whether the worker has stored the import."""
    return Import.objects.filter(parsed=IMPORTED, state="stored").exists()


def disagreements(ledger: list[list[str]]) -> list[str]:
    """What the database holds otherwise than was acknowledged: rows of (e-mail, record number, decision)."""
    kept = Vote.objects.values_list("reviewer__user__email", "item__record__number", "decision", "withdrawn_at")
    stored = Counter((email, str(number), decision) for email, number, decision, withdrawn in kept if not withdrawn)
    told = Counter((email, number, decision) for email, number, decision in ledger)
    found = [f"acknowledged, but not stored once: {row} ({stored[row]})" for row in told if stored[row] != 1]
    found += [f"stored, but never acknowledged: {row}" for row in stored if row not in told]
    cast = AuditEvent.objects.filter(verb="cast vote").count()
    if cast != len(ledger):
        found.append(f"{len(ledger)} votes were acknowledged, the history tells of {cast}")
    if (n := Record.objects.filter(imported_from__parsed=IMPORTED).count()) != IMPORTED:
        found.append(f"{n} of {IMPORTED} records were imported")
    return [*found, *(line for review in Review.objects.all() for line in check(review).violations)]


if __name__ == "__main__":
    task = sys.argv[1]
    if task == "seed":
        sys.stdout.write(json.dumps(seed(int(sys.argv[2]))))
    elif task == "hurry":
        hurry()
    elif task == "imported":
        sys.stdout.write(json.dumps(is_imported()))
    else:
        sys.stdout.write(json.dumps(disagreements(json.load(sys.stdin))))
