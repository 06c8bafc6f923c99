"""Reminders: one a day to one person, with numbers of what waits and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.progress.reminding import REMINDED, remind, reminders, send_reminder, waiting_on
from screening.reviews.actions import end_membership
from screening.reviews.models import Letters, Review
from screening.roles import Role
from tests.factories import alice, bob, lead, make_import, make_member, make_review, open_screening, settled, vote

pytestmark = pytest.mark.django_db
LINK = "https://example.org/r/review/"


@pytest.fixture
def review() -> Review:
    """Three records: one in conflict, one with Alice's vote, one open."""
    review = make_review()
    make_import(review, records=3)
    items = open_screening(review)
    settled(review, items[0], "include", "exclude")
    vote(alice(review), items[1], "exclude", note="Zebra")
    return review


def test_a_reminder_says_how_much_waits_and_where_and_is_logged(review: Review) -> None:
    remind(lead=lead(review), person=bob(review))
    assert send_reminder(lead=lead(review), person=bob(review), link=LINK)
    (letter,) = mail.outbox
    assert letter.to == [bob(review).user.email]
    body = str(letter.body)
    assert "    2 to screen on title and abstract\n    1 in conflict\n" in body
    assert LINK in body
    assert not any(word in body.lower() for word in ("include", "exclude", "alice", "zebra"))
    event = AuditEvent.objects.get(verb=REMINDED)
    assert (event.subject_id, event.actor_id, event.after) == (bob(review).pk, lead(review).user_id, None)


def test_one_person_is_reminded_once_a_day(review: Review) -> None:
    remind(lead=lead(review), person=bob(review))
    with pytest.raises(NotAllowedNow, match="one reminder a day at most"):
        remind(lead=lead(review), person=bob(review))
    remind(lead=lead(review), person=alice(review))
    remind(lead=lead(review), person=bob(review), now=timezone.now() + timedelta(hours=25))
    assert set(reminders(review)) == {alice(review).pk, bob(review).pk}


def test_a_letter_that_the_mail_server_refused_may_be_sent_again(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    remind(lead=lead(review), person=bob(review))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert not send_reminder(lead=lead(review), person=bob(review), link=LINK)
    assert reminders(review) == {}
    remind(lead=lead(review), person=bob(review))


def test_nobody_is_reminded_of_nothing_or_after_leaving(review: Review) -> None:
    idle = make_member(review, "Olga Observer", Role.OBSERVER)
    with pytest.raises(NotAllowedNow, match="Nothing waits for Olga Observer"):
        remind(lead=lead(review), person=idle)
    member = bob(review)
    end_membership(member=member, actor=lead(review).user)
    member.refresh_from_db()
    with pytest.raises(NotAllowedNow, match="has left the review"):
        remind(lead=lead(review), person=member)
    assert not AuditEvent.objects.filter(verb=REMINDED).exists()


def test_whoever_wants_no_letter_gets_none(review: Review) -> None:
    member = bob(review)
    member.letters = Letters.OFF
    member.save()
    with pytest.raises(NotAllowedNow, match="wants no e-mail"):
        remind(lead=lead(review), person=member)


def test_s4_whoever_may_rule_does_not_learn_from_reminders_who_voted_on_a_conflict(review: Review) -> None:
    ruling_lead = make_member(review, "Rula Lead", Role.LEAD, Role.ADJUDICATOR)
    assert waiting_on(bob(review)).conflicts == 1
    assert waiting_on(bob(review), reader=ruling_lead).conflicts is None
    for item in open_screening(review)[1:]:
        vote(bob(review), item, "exclude")
    with pytest.raises(NotAllowedNow, match="Nothing waits"):
        remind(lead=ruling_lead, person=bob(review))
    remind(lead=lead(review), person=bob(review))
