"""Every value as rows: submitted entries that are no longer sealed, and what was settled."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from extraction.consensus.actions import settle, submit
from extraction.consensus.models import Chosen
from extraction.entries.actions import save_entry, take_place
from extraction.entries.filling import Said
from extraction.exports.queue import HEADINGS, long_table
from extraction.tables.actions import make_form, publish
from extraction.tables.models import Form
from screening.reviews.models import Membership, Review
from screening.studies.models import Study
from tests.factories import alice, bob, carol, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ASKED = {"sections": [{"title": "", "fields": [{"key": "n", "kind": "integer", "label": "People"}]}]}


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def form(review: Review) -> Form:
    made = make_form(member=lead(review), name="Short", content=ASKED)
    publish(member=lead(review), form=made)
    return made


def enter(member: Membership, study: Study, form: Form, value: Any) -> int:
    entry = take_place(member=member, study=study, form=form)
    save_entry(member=member, entry_id=entry.pk, said={"n": Said(value=value)}, saves=entry.saves)
    return submit(member=member, entry_id=entry.pk).pk


def told(member: Membership) -> list[tuple[str, str]]:
    place = (HEADINGS.index("Entered by"), HEADINGS.index("Value"))
    return [(row[place[0]], row[place[1]]) for row in long_table(member).rows]


def test_i43_what_is_computed_is_told_of_each_entry_and_of_what_was_settled_and_of_nothing_sealed(
    review: Review,
) -> None:
    rate = {"key": "double", "kind": "computed", "label": "Double", "formula": "n * 2"}
    form = make_form(
        member=lead(review),
        name="Computing",
        content={"sections": [{"fields": [*ASKED["sections"][0]["fields"], rate]}]},
    )
    publish(member=lead(review), form=form)
    study = included_study(review)
    enter(alice(review), study, form, 60)
    assert told(bob(review)) == []
    settle(member=lead(review), extraction_id=enter(bob(review), study, form, 61), field="n", chosen=Chosen.SECOND)
    people = ("Alice Archer", "Bob Baker", "Settled")
    assert told(bob(review)) == [
        *zip(people, ("60", "61", "61"), strict=True),
        *zip(people, ("120", "122", "122"), strict=True),
    ]


def test_i52_an_entry_is_in_no_file_of_another_until_both_have_submitted(review: Review, form: Form) -> None:
    study = included_study(review)
    enter(alice(review), study, form, 60)
    assert told(alice(review)) == [("Alice Archer", "60")]
    assert told(bob(review)) == told(lead(review)) == []
    extraction = enter(bob(review), study, form, 61)
    assert told(bob(review)) == [("Alice Archer", "60"), ("Bob Baker", "61")]
    settle(member=lead(review), extraction_id=extraction, field="n", chosen=Chosen.SECOND, reason="Page 4 says so.")
    assert told(bob(review))[-1] == ("Settled", "61")


def test_the_file_is_one_for_those_who_export(client: Client, review: Review, form: Form) -> None:
    enter(alice(review), included_study(review), form, 60)
    client.force_login(alice(review).user)
    address = f"/r/{review.slug}/extraction/values.csv"
    rows = list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
    assert rows[0] == list(HEADINGS)
    assert rows[1][:5] == ["Archibald 2017", "Short", "1", "n", "People"]
    assert client.get(address.replace("csv", "exe")).status_code == 404
    client.force_login(carol(review).user)
    assert client.get(address).status_code == 403
