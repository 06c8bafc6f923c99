"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from screening.apps import install_guards, lift_guards
from screening.audit.guards import GUARDS, installed, lifted
from screening.audit.models import AuditEvent
from screening.conflicts.models import Ruling
from screening.decisions.models import Item, Vote
from screening.protocol.versions import active_protocol
from tests.factories import alice, make_import, make_review, open_screening, settled

pytestmark = pytest.mark.django_db


def test_every_guard_stands_in_the_catalogue() -> None:
    assert installed() == {guard.name for guard in GUARDS}


@pytest.mark.parametrize("plan", [[], ["a migration"]])
def test_guards_step_aside_where_a_migration_makes_tables_anew_and_stand_again_after_it(plan: list[str]) -> None:
    before = installed()
    lift_guards(plan=plan)
    lifted_now = bool(plan) and connection.vendor == "sqlite"
    assert installed() == (set() if lifted_now else before)
    install_guards()
    assert installed() == before


@pytest.mark.parametrize(
    "statement", ["UPDATE screening_auditevent SET verb = 'x'", "DELETE FROM screening_auditevent"]
)
def test_p45_the_log_is_append_only_even_by_raw_sql(statement: str) -> None:
    make_review()
    assert AuditEvent.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_i15_the_database_refuses_a_ruling_by_a_voter() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    with pytest.raises(DatabaseError, match="I15"), transaction.atomic():
        Ruling.objects.create(
            review=review, item=item, round=1, adjudicator=alice(review), decision="include", rationale="mine"
        )


def test_s6_a_vote_is_never_deleted() -> None:
    review = make_review()
    make_import(review)
    settled(review, open_screening(review)[0], "include", "exclude")
    with pytest.raises(DatabaseError, match="S6"), transaction.atomic():
        Vote.objects.all().delete()


def test_p13_no_row_ties_two_reviews_together() -> None:
    review, other = make_review(), make_review("Another review")
    stored = make_import(review)
    with pytest.raises(DatabaseError, match="P13"), transaction.atomic():
        Item.objects.create(review=other, record=stored.records.get(), stage="ta")


def test_i24_a_frozen_protocol_does_not_change() -> None:
    version = active_protocol(make_review())
    assert version is not None
    version.ta_mode = "single"
    with pytest.raises(DatabaseError, match="I24"), transaction.atomic():
        version.save()


@pytest.mark.django_db(transaction=True)
def test_lifted_guards_stand_again_afterwards() -> None:
    make_review()
    with lifted():
        assert installed() == set()
    assert installed() == {guard.name for guard in GUARDS}
