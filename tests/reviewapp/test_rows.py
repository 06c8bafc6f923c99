"""Rows written by statements that are built once: what is stored is what Django stores."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from reviewapp.rows import insert, update
from screening.audit.models import AuditEvent
from tests.factories import make_review

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
TOLD = {"review_id": 7, "verb": "tell", "at": NOON, "after": {"words": ["É", None, 1.5]}, "sealed": True, "item_id": 3}


def told(event: AuditEvent) -> dict[str, object]:
    return {
        field.attname: getattr(event, field.attname)
        for field in AuditEvent._meta.concrete_fields
        if not field.primary_key
    }


@pytest.mark.django_db
def test_a_new_row_is_stored_as_django_stores_it() -> None:
    ours, theirs = insert(AuditEvent(**TOLD)), AuditEvent.objects.create(**TOLD)
    assert ours.pk == theirs.pk - 1
    assert not ours._state.adding
    assert told(AuditEvent.objects.get(pk=ours.pk)) == told(AuditEvent.objects.get(pk=theirs.pk))


@pytest.mark.django_db
def test_the_named_fields_of_a_row_are_written_and_no_others() -> None:
    review = make_review("One")
    review.title, review.question = "Two", "Not written"
    update(review, "title")
    review.refresh_from_db()
    assert (review.title, review.question) == ("Two", "")


@pytest.mark.django_db
def test_a_row_that_stands_no_more_is_an_error() -> None:
    review = make_review("One")
    review.pk += 1
    with pytest.raises(DatabaseError, match="stands no more"):
        update(review, "title")


@pytest.mark.django_db
def test_what_a_constraint_refuses_loses_the_transaction_even_where_the_error_is_caught() -> None:
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(AuditEvent(**{**TOLD, "item_id": None}))
        with pytest.raises(TransactionManagementError):
            AuditEvent.objects.count()
        transaction.set_rollback(True)
