"""Fills a database with one large review: N records, one reviewer far ahead of the other. For benchmarks only.

DATABASE_URL=... python -m benchmarks.seed 100000 [READERS]
"""

from __future__ import annotations

import os
import sys
import uuid
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import django
from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from screening.reviews.models import Review

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")

TITLE = "A large review"
BATCH = 2_000
READERS = 8
ABSTRACT = "Clinicians who teach were asked what helps and what hinders them in research. " * 14
PASSWORD = "a seeded password"  # noqa: S105


def seed(records: int, readers: int = READERS) -> str:
    """A review of ``records`` records: Alice has voted on half of them, Bob on a tenth, ``readers`` more on none.

    Every fifth is a duplicate of the one before it, which nobody votes on. Returns its slug. A review that was seeded before is kept
    as it is, readers that it lacks are added.
    """
    from screening.reviews.models import Review

    seeded = Review.objects.filter(title=TITLE, last_number=records).first()
    review = seeded or _review(records)
    _add_readers(review, readers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself in the hours between an import and the screening
    return review.slug


def _add_readers(review: Review, readers: int) -> None:
    """More people, each in a stretch of their own of what nobody has voted on, so that no two fill one pair."""
    from screening.decisions.models import Item, QueueCursor
    from tests.factories import make_member

    keys = list(
        Item.objects.filter(review=review, stage="ta", state="open")
        .order_by("order_key")
        .values_list("order_key", flat=True)
    )
    for place in range(readers):
        reader = make_member(review, f"Reader{place} Seed")
        if reader.user.has_usable_password():
            continue
        reader.user.set_password(PASSWORD)
        reader.user.save()
        QueueCursor.objects.create(reviewer=reader, stage="ta", order_key=keys[len(keys) * place // readers])


def _review(records: int) -> Review:
    from screening.decisions.models import Item, Vote
    from screening.imports.models import Import
    from screening.protocol.versions import active_protocol
    from screening.records.models import Record, RecordText, Standing
    from screening.searches.models import SearchRun, Source
    from tests.factories import alice, bob, lead, make_review

    review = make_review(TITLE)
    for member in (alice(review), bob(review), lead(review)):
        member.user.set_password(PASSWORD)
        member.user.save()
    run = SearchRun.objects.create(review=review, number=1, label="Search 1")
    source = Source.objects.create(review=review, name="MEDLINE", kind="database")
    stored = Import.objects.create(
        review=review, run=run, source=source, query="research", searched_on=date(2022, 8, 1), file_name="hits.ris",
        sha256=uuid.uuid4().hex, state="stored", stored_at=timezone.now(), markers=records, parsed=records, uploaded_by=lead(review).user,
    )  # fmt: skip
    ids = []
    for start in range(0, records, BATCH):
        rows = [
            Record(
                review=review, imported_from=stored, number=n + 1, position=n, line=n + 1, title=f"Record {n} on taking part in research",
                abstract=ABSTRACT, year=2000 + n % 25, journal="Journal of Seeds", authors=["Seed, A."],
            )
            for n in range(start, min(start + BATCH, records))
        ]  # fmt: skip
        made = Record.objects.bulk_create(rows)
        ids += [row.pk for row in made]
        RecordText.objects.bulk_create([RecordText(record=row, raw="", folded=row.title.casefold()) for row in made])
        Standing.objects.bulk_create(
            [
                Standing(
                    record=row, review=review, run=run, source=source, imported_from=stored,
                    lead=before if row.number % 5 == 0 else None, merged_by="rule" if row.number % 5 == 0 else "",
                )
                for before, row in pairwise([made[-1], *made])
            ]
        )  # fmt: skip
    review.last_number = records
    review.save()
    version = active_protocol(review)
    past = timezone.now() - timedelta(days=1)
    first, second = alice(review), bob(review)
    leads = [(pk, n + 1) for n, pk in enumerate(ids) if (n + 1) % 5 != 0]
    both, one = len(leads) // 10, len(leads) // 2
    for start in range(0, len(leads), BATCH):
        items = Item.objects.bulk_create(
            [
                _item(review, pk, key, place, both, one, version, past)
                for place, (pk, key) in enumerate(leads[start : start + BATCH], start)
            ]
        )
        votes = []
        for place, item in enumerate(items, start):
            voters = (first, second) if place < both else (first,) if place < one else ()
            votes += [
                Vote(
                    review=review, item=item, reviewer=who, round=1, slot=slot, protocol=version, cast_at=past,
                    decision="include" if place % 20 == 0 else "exclude",
                )
                for slot, who in enumerate(voters, 1)
            ]  # fmt: skip
        Vote.objects.bulk_create(votes)
    return review


def _item(review: Any, pk: int, key: int, place: int, both: int, one: int, version: Any, past: datetime) -> Any:
    from screening.decisions.models import Item

    item = Item(review=review, record_id=pk, stage="ta", order_key=key)
    if place < one:
        item.state, item.votes_in, item.mode, item.protocol = "partial", 1, "dual", version
    if place < both:
        item.state, item.votes_in, item.via, item.reveal_at = "final", 2, "agreement", past
        item.decision = "include" if place % 20 == 0 else "exclude"
    return item


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(seed(*map(int, sys.argv[1:])) + "\n")
