"""Fills a database with one large review: N records, one reviewer far ahead of the other. For benchmarks only.

DATABASE_URL=... python -m benchmarks.seed 100000 [READERS]
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import django
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

if TYPE_CHECKING:
    from screening.imports.models import Import
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
    from screening.prisma.placing import place_some
    from screening.reviews.models import Review

    seeded = Review.objects.filter(title=TITLE, last_number=records).first()
    review = seeded or _review(records)
    while place_some(review.pk, age=timedelta()):
        pass  # as the worker does in the minutes after
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
    from screening.records.changes import mark_all_moved
    from screening.records.models import Standing
    from tests.factories import alice, bob, lead, make_review

    review = make_review(TITLE)
    for member in (alice(review), bob(review), lead(review)):
        member.user.set_password(PASSWORD)
        member.user.save()
    _screen(review, _records(review, records))
    review.last_number = records
    review.save()
    mark_all_moved(Standing.objects.filter(review=review))
    return review


def _records(review: Review, records: int) -> list[tuple[int, int]]:
    """Four files of two searches, every fifth record a duplicate; (id, number) of those that are none."""
    from screening.records.models import Change, ChangeOf, Standing

    leads: list[tuple[int, int]] = []
    for imported, first, after in _files(review, records):
        # The second search finds again what the first one had; within the first, a record is found twice in a row.
        back = records // 10 * 4 // 5 if imported.run.number > 1 else 0
        for start in range(first, after, BATCH):
            places = range(start, min(start + BATCH, after))
            with transaction.atomic():
                keys = dict(zip(_stored(imported, places, first), places, strict=True))
                leads += [(pk, n + 1) for pk, n in keys.items() if (n + 1) % 5]
                lead_of = {pk: leads[(n + 1) // 5 * 4 - 1 - back][0] for pk, n in keys.items() if (n + 1) % 5 == 0}
                _insert(
                    Standing(
                        record_id=pk, review=review, run=imported.run, source=imported.source, imported_from=imported,
                        lead_id=lead_of.get(pk), merged_by="rule" if pk in lead_of else "",
                    )
                    for pk in keys
                )  # fmt: skip
                _insert(
                    Change(review=review, record_id=pk, fact=ChangeOf.LEAD, value=f"{lead} rule")
                    for pk, lead in lead_of.items()
                )
    return leads


def _files(review: Review, records: int) -> list[tuple[Import, int, int]]:
    """Each file with the places of its records: the first one, and the one after its last."""
    from screening.imports.models import Import
    from screening.searches.models import SearchRun, Source
    from tests.factories import lead

    found = []
    runs = [SearchRun.objects.create(review=review, number=n, label=f"Search {n}") for n in (1, 2)]
    for name, run, first, after in (
        ("MEDLINE", 0, 0, 4),
        ("Embase", 0, 4, 7),
        ("ERIC", 0, 7, 9),
        ("PsycInfo", 1, 9, 10),
    ):
        source = Source.objects.create(review=review, name=name, kind="database")
        places = (records * first // 10, records * after // 10)
        imported = Import.objects.create(
            review=review, run=runs[run], source=source, query="research", searched_on=date(2022, 8, 1), file_name=f"{name}.ris",
            sha256=uuid.uuid4().hex, state="stored", stored_at=timezone.now(), markers=places[1] - places[0],
            parsed=places[1] - places[0], uploaded_by=lead(review).user,
        )  # fmt: skip
        found.append((imported, *places))
    return found


def _stored(imported: Import, places: range, first: int) -> list[int]:
    """The wide rows of one batch; their ids."""
    from screening.imports.bulk import take_ids
    from screening.records.models import Record, RecordText

    keys = take_ids(Record, len(places))
    rows = [
        Record(
            review_id=imported.review_id, imported_from=imported, number=n + 1, position=n - first, line=n + 1,
            title=f"Record {n} on taking part in research", abstract=ABSTRACT, year=2000 + n % 25, journal="Journal of Seeds",
            authors=["Seed, A."],
        )
        for n in places
    ]  # fmt: skip
    _insert(rows, keys)
    _insert(RecordText(record_id=key, folded=row.title.casefold()) for key, row in zip(keys, rows, strict=True))
    return keys


def _screen(review: Review, leads: list[tuple[int, int]]) -> None:
    """A tenth has two votes, which agree; up to the half has one."""
    from screening.decisions.models import Item, Vote
    from screening.imports.bulk import take_ids
    from screening.protocol.versions import active_protocol
    from screening.records.models import Change, ChangeOf
    from tests.factories import alice, bob

    version, past = active_protocol(review), timezone.now() - timedelta(days=1)
    voters = (alice(review), bob(review))
    both, one = len(leads) // 10, len(leads) // 2
    for start in range(0, len(leads), BATCH):
        batch = leads[start : start + BATCH]
        with transaction.atomic():
            keys = take_ids(Item, len(batch))
            items = [_item(review, *found, place, both, one, version, past) for place, found in enumerate(batch, start)]
            _insert(items, keys)
            _insert(
                Vote(
                    review=review, item_id=key, reviewer=who, round=1, slot=slot, protocol=version, cast_at=past,
                    decision="include" if place % 20 == 0 else "exclude",
                )
                for place, (key, item) in enumerate(zip(keys, items, strict=True), start)
                for slot, who in enumerate(voters[: item.votes_in], 1)
            )  # fmt: skip
            _insert(
                Change(
                    review=review, record_id=item.record_id, fact=ChangeOf.TA, value=f"final {item.decision}", at=past
                )
                for item in items
                if item.state == "final"
            )


def _insert(rows: Iterable[Model], keys: Sequence[int] | None = None) -> None:
    """COPY on PostgreSQL: a million rows in the time of a hundred thousand."""
    from screening.imports.bulk import insert, values_of

    found = list(rows)
    if found:
        insert(type(found[0]), values_of(found), keys=keys)


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
