"""Letters: who gets one, when, and that none comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from screening.conflicts.actions import add_comment, escalate
from screening.decisions.models import Item
from screening.jobs.actions import due, enqueue
from screening.jobs.models import Job
from screening.jobs.run import run
from screening.letters.actions import DIGEST_JOB, POST_JOB, ask_for_digest, ask_to_post, choose_letters
from screening.letters.models import Letter
from screening.pipeline import HANDLERS
from screening.reviews.actions import end_membership
from screening.reviews.models import Letters, Membership, Review
from tests.factories import alice, bob, carol, lead, make_import, make_review, make_user, open_screening, settled, vote

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """Every test happens at nine on one day."""
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def conflict(review: Review) -> Item:
    make_import(review)
    return settled(review, open_screening(review)[0], "include", "exclude")


def _work() -> None:
    """Do every job that waits, and what follows from it."""
    while job := due().order_by("pk").first():
        run(job.pk, HANDLERS)
        job.refresh_from_db()
        assert job.state == "done", (job.name, job.error)


def _a_day() -> list[str]:
    """What is sent when the clock asks for the letters of the day; addresses in order."""
    mail.outbox.clear()
    ask_for_digest()
    _work()
    return sorted(letter.to[0] for letter in mail.outbox)


def _choose(member: Membership, letters: Letters) -> Membership:
    return choose_letters(member=member, letters=letters)


def test_each_for_whom_something_waits_gets_one_letter_a_day_over_all_reviews(review: Review, conflict: Item) -> None:
    other = make_review("Another review")
    make_import(other)
    settled(other, open_screening(other)[0], "include", "exclude")
    assert _a_day() == ["alice@example.org", "bob@example.org"]
    [first] = [letter for letter in mail.outbox if letter.to == ["bob@example.org"]]
    assert first.subject == "What waits for you"
    assert str(first.body).count("1 conflict waits for your word") == 2
    assert f"/r/{review.slug}/conflicts/?waits=me" in str(first.body)
    told = f"{first.subject} {first.body}"
    assert not any(word in told for word in ("Alice", "clinicians say", "nclude", "xclude", "Record"))
    assert _a_day() == [], "the same day brings no second one"
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert _a_day() == ["alice@example.org", "bob@example.org"]


def test_an_adjudicator_reads_how_many_wait_and_nobodys_name(review: Review, conflict: Item) -> None:
    carol(review)
    escalate(member=alice(review), item_id=conflict.pk, note="@Bob and I differ")
    assert _a_day() == ["carol@example.org"]
    body = str(mail.outbox[0].body)
    assert "1 conflict waits for your ruling" in body
    assert not any(name in body for name in ("Alice", "Bob", "Lena", "differ"))


def test_before_six_in_the_morning_nothing_is_asked_for(review: Review, conflict: Item) -> None:
    with time_machine.travel(timezone.localtime().replace(hour=5, minute=59), tick=False):
        ask_for_digest()
    assert not Job.objects.filter(name=DIGEST_JOB).exists()


def test_no_letter_to_whoever_wants_none_left_or_lives_in_the_demo(review: Review, conflict: Item) -> None:
    _choose(alice(review), Letters.OFF)
    end_membership(member=bob(review), actor=lead(review).user)
    assert _a_day() == []
    _choose(alice(review), Letters.DAILY)
    make_user("Alice Archer").__class__.objects.filter(email="alice@example.org").update(is_demo=True)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert _a_day() == []


def test_b2_a_sealed_pair_sends_nobody_a_letter(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    assert _a_day() == []


def test_whoever_wants_it_is_told_at_once_that_somebody_called_and_is_told_once(review: Review, conflict: Item) -> None:
    _choose(bob(review), Letters.AT_ONCE)
    add_comment(member=alice(review), item_id=conflict.pk, text="@Bob @Lena look at the zebra")
    _work()
    assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]
    assert "somebody mentions you" in str(mail.outbox[0].body)
    assert "zebra" not in str(mail.outbox[0].body)
    enqueue(name="letters.mentions", review_id=review.pk)
    _work()
    assert len(mail.outbox) == 1


def test_a_retry_sends_only_what_was_not_sent(review: Review, conflict: Item) -> None:
    taken: list[str] = []

    def send(letter: Any) -> int:
        if letter.to == ["bob@example.org"] and "bob" not in taken:
            taken.append("bob")
            raise ConnectionRefusedError
        mail.outbox.append(letter)
        return 1

    with patch("screening.letters.actions.EmailMessage.send", send):
        assert _a_day() == ["alice@example.org"]
        ask_to_post()
        assert not due().exists(), "not tried again at once"
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
            ask_to_post()
            ask_to_post()
            assert due().filter(name=POST_JOB).count() == 1
            _work()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["alice@example.org", "bob@example.org"]
    assert sorted(Letter.objects.values_list("tries", flat=True)) == [1, 2]
    letter = Letter.objects.get(user__email="bob@example.org")
    assert mail.outbox[-1].extra_headers["Message-ID"].startswith(f"<{letter.message_id}@")


def test_a_job_that_is_run_again_after_a_kill_writes_and_sends_nothing_twice(review: Review, conflict: Item) -> None:
    _a_day()
    Job.objects.update(state="queued", attempts_allowed=9, checkpoint=0)
    _work()
    assert len(mail.outbox) == Letter.objects.count() == 2


def test_a_letter_that_is_a_day_old_is_not_sent_any_more(review: Review, conflict: Item) -> None:
    with patch("screening.letters.actions._post", return_value=False):
        _a_day()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        ask_to_post()
        assert not due().exists()


def test_the_database_keeps_one_digest_a_day_and_person(review: Review) -> None:
    user = bob(review).user
    facts: dict[str, Any] = {"user": user, "kind": "digest", "day": MORNING.date(), "subject": "s", "body": "b"}
    Letter.objects.create(**facts)
    for wrong in (facts, {**facts, "day": "2026-03-03", "kind": "mention"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.create(**wrong)
