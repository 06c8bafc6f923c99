"""Placing records that moved: the tallies that are kept, and the lists that hang on them, catch up with the rows.

Acts only leave a note of what moved (`records.changes.mark_moved`), so that nobody who votes waits for a tally. Readers count what
moved by its rows; the worker places it a while later, in batches. A sealed outcome is never placed: a note counts from the reveal on (B2).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Left
from django.utils import timezone

from screening.prisma.counts import Key, fates_of, key_of
from screening.records.models import KeptTally, Moved, Place, Record
from screening.records.placed import TITLE

# Another machine's clock may be behind: it shows a seal as such for as long, and must not find it placed.
SEALS_PASSED = timedelta(seconds=10)
AT_ONCE = {"sqlite": 500, "postgresql": 2000}
BUDGET = 5.0  # seconds of one turn of the clockwork, which has more to do
_NAMES = ("run_id", "source_id", "bucket", "reason", "merged_by", "lead_kind", "between", "late")


def place_moved() -> None:
    """Place what moved in all reviews, for some seconds: what is left waits for the next turn."""
    until = time.monotonic() + BUDGET
    due = Moved.objects.filter(at__lte=timezone.now() - SEALS_PASSED).order_by()
    for review_id in due.values_list("review_id", flat=True).distinct():
        while time.monotonic() < until and place_some(review_id):
            pass


@transaction.atomic
def place_some(review_id: int, *, age: timedelta = SEALS_PASSED) -> int:
    """Place one batch of what moved at least ``age`` ago; returns how many notes are done with."""
    moment = timezone.now()
    tallies = _locked(review_id)
    notes = Moved.objects.filter(review_id=review_id, at__lte=moment - age).order_by("pk")
    found = dict(notes.values_list("pk", "record_id")[: AT_ONCE[connection.vendor]])
    records = sorted(set(found.values()))
    before = dict(Place.objects.filter(pk__in=records).values_list("pk", "tally_id"))
    fates = {fate.record_id: key_of(fate) for fate in fates_of(review_id, records, moment)}
    after = {pk: tallies.get(key) or _new(review_id, key, tallies) for pk, key in fates.items()}
    _write(records, after)
    _add(Counter(after.values()), Counter(before.values()))
    Moved.objects.filter(pk__in=list(found)).delete()
    return len(found)


def _locked(review_id: int) -> dict[Key, int]:
    """The tallies that the review has, for this transaction alone: of two that place, the second waits. No act takes these locks."""
    rows = KeptTally.objects.select_for_update().filter(review_id=review_id).order_by("pk")
    return {tuple(key): pk for pk, *key in rows.values_list("pk", *_NAMES)}


def _new(review_id: int, key: Key, tallies: dict[Key, int]) -> int:
    made = KeptTally.objects.create(review_id=review_id, **dict(zip(_NAMES, key, strict=True)))
    tallies[key] = made.pk
    return made.pk


def _write(records: Iterable[int], after: Mapping[int, int]) -> None:
    """The places of ``records``: those that left the review have none."""
    Place.objects.filter(pk__in=[pk for pk in records if pk not in after]).delete()
    rows = Record.objects.filter(pk__in=after).order_by().values_list("pk", "number", "year", Left("title", TITLE))
    places = [Place(pk, after[pk], number, year or 0, title) for pk, number, year, title in rows]
    names = ("tally", "number", "year", "title")
    Place.objects.bulk_create(places, update_conflicts=True, unique_fields=["record_id"], update_fields=names)


def _add(after: Counter[int], before: Counter[int]) -> None:
    for pk in sorted(after.keys() | before.keys()):
        if after[pk] != before[pk]:
            KeptTally.objects.filter(pk=pk).update(n=F("n") + after[pk] - before[pk])
