"""Reads that are built once: the same rows as the queryset gives, whatever the values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from reviewapp.accounts.models import User
from reviewapp.compiled import compiled
from screening.reviews.models import Membership
from tests.factories import alice, bob, lead, make_review


@compiled
def named(email: str, user_id: int) -> QuerySet[User]:
    return User.objects.filter(email=email, pk__gte=user_id)


@compiled
def members(review_id: int, *, leads: bool) -> QuerySet[Membership]:
    return Membership.objects.filter(review=review_id, is_lead=leads).select_related("user", "review").order_by("pk")


@compiled
def numbers(review_id: int) -> QuerySet[Membership, tuple[int, str]]:
    return Membership.objects.filter(review=review_id).order_by("pk").values_list("pk", "user__email")


@compiled
def addresses(review_id: int) -> QuerySet[Membership, str]:
    return Membership.objects.filter(review=review_id).order_by("pk").values_list("user__email", flat=True)


@pytest.mark.django_db
def test_each_call_takes_its_own_values() -> None:
    first, second = alice(make_review("One")).user, bob(make_review("Two")).user
    assert named(first.email, first.pk) == [first]
    assert named(second.email, 0) == [second]
    assert named(first.email, first.pk + 1) == []
    assert named.first(second.email, 0) == second
    assert named.first("nobody@example.org", 0) is None


@pytest.mark.django_db
def test_rows_are_what_the_queryset_gives() -> None:
    reviews = [make_review("One"), make_review("Two")]
    for review in reviews:
        alice(review)
        for leads in (True, False):
            expected = list(Membership.objects.filter(review=review, is_lead=leads).order_by("pk"))
            found = members(review.pk, leads=leads)
            assert [(one.pk, one.languages, one.user.email, one.review) for one in found] == [
                (one.pk, one.languages, one.user.email, review) for one in expected
            ]
        everybody = Membership.objects.filter(review=review).order_by("pk")
        assert numbers(review.pk) == list(everybody.values_list("pk", "user__email"))
        assert addresses(review.pk) == list(everybody.values_list("user__email", flat=True))


@pytest.mark.django_db
def test_related_rows_come_with_the_statement(django_assert_num_queries: object) -> None:
    review = make_review("One")
    alice(review)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert {(one.user.email, one.review.title) for one in members(review.pk, leads=False)}


@pytest.mark.django_db
def test_a_statement_is_built_once_for_each_shape() -> None:
    built = []

    @compiled
    def counted(review_id: int, *, leads: bool) -> QuerySet[Membership]:
        built.append(leads)
        return Membership.objects.filter(review=review_id, is_lead=leads)

    for leads in (True, False, True, False):
        counted(7, leads=leads)
        counted(8, leads=leads)
    assert built == [True, False]


@pytest.mark.django_db
def test_a_statement_that_holds_a_moment_is_built_for_each_call() -> None:
    @compiled
    def joined(review_id: int) -> QuerySet[Membership]:
        return Membership.objects.filter(review=review_id, user__date_joined__lte=timezone.now())

    with time_machine.travel("2030-05-01", tick=False):
        review = make_review("One")
        members = {lead(review), alice(review)}
        User.objects.update(date_joined=timezone.now())
        assert set(joined(review.pk)) == members
    with time_machine.travel("2030-04-30", tick=False):
        assert joined(review.pk) == []


@pytest.mark.django_db
def test_a_moment_may_be_a_value() -> None:
    built = []

    @compiled
    def joined(review_id: int, since: datetime, until: datetime) -> QuerySet[Membership]:
        built.append(review_id)
        told = Membership.objects.filter(review=review_id, user__date_joined__gte=since, user__date_joined__lt=until)
        return told.order_by("pk")

    review = make_review("One")
    noon = datetime(2030, 5, 1, 12, tzinfo=UTC)
    for hours, member in enumerate((lead(review), alice(review), bob(review))):
        User.objects.filter(pk=member.user_id).update(date_joined=noon + timedelta(hours=hours))
    elsewhere = noon.astimezone(timezone.get_fixed_timezone(-300))
    assert joined(review.pk, noon, noon + timedelta(hours=2)) == [lead(review), alice(review)]
    assert joined(review.pk, elsewhere + timedelta(microseconds=1), elsewhere + timedelta(hours=3)) == [
        alice(review),
        bob(review),
    ]
    assert joined(review.pk, noon + timedelta(hours=3), noon) == []
    assert built == [2_147_000_000]


@pytest.mark.django_db
def test_a_value_that_does_not_reach_the_statement_is_a_mistake() -> None:
    @compiled
    def doubled(user_id: int) -> QuerySet[User]:
        return User.objects.filter(pk=2 * user_id)

    with pytest.raises(ValueError, match="does not reach"):
        doubled(3)


@pytest.mark.django_db
def test_prefetching_is_a_mistake() -> None:
    @compiled
    def prefetched(user_id: int) -> QuerySet[User]:
        return User.objects.filter(pk=user_id).prefetch_related("memberships")

    with pytest.raises(ValueError, match="a statement of its own"):
        prefetched(3)


@pytest.mark.parametrize("value", [None, 1.5, True, b"x"])
def test_other_values_are_refused(value: object) -> None:
    @compiled
    def of(user_id: object) -> QuerySet[User]:
        raise AssertionError("not built")

    with pytest.raises(TypeError, match="neither a whole number nor a string nor a moment"):
        of(value)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    @compiled
    def locked(user_id: int) -> QuerySet[User]:
        return User.objects.select_for_update().filter(pk=user_id, date_joined__lte=F("date_joined"))

    user = alice(make_review("One")).user
    with transaction.atomic():
        assert locked(user.pk) == [user]
    with pytest.raises(TransactionManagementError):
        locked(user.pk)
