"""Records by token: those behind a number or in a list of the flow, a page at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.exports.queue import LISTS
from screening.prisma.counts import record_ids
from screening.prisma.placing import place_some
from screening.records.models import Record
from tests.factories import lead
from tests.screening.api.clients import script
from tests.screening.exports.worlds import world

pytestmark = pytest.mark.django_db


def test_i12_a_number_and_a_list_of_the_flow_hold_their_records() -> None:
    review, _ = world()
    place_some(review.pk, age=timedelta())
    asker = script(lead(review).user)
    wanted = {f"list={name}": keys for name, (_, keys) in LISTS.items()}
    wanted |= {f"box={key}": (key,) for key in ("duplicates", "dbr_excluded:Focus", "pending", "other_identified")}
    for asked, keys in wanted.items():
        ids = {pk for key in keys for pk in record_ids(review, key)}
        expected = sorted(Record.objects.filter(pk__in=ids).values_list("number", flat=True))
        page = asker.get(f"/api/v1/reviews/{review.slug}/records?limit=500&{asked}").json()
        assert [item["number"] for item in page["items"]] == expected, asked
