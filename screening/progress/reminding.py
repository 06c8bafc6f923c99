"""Reminders: one e-mail a day to one person, which says how many records wait and where, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.queue import count_waiting
from screening.decisions.queue import n_waiting
from screening.decisions.verdict import Stage
from screening.reviews.models import Letters, Membership, Review
from screening.roles import Permission

REMINDED, NOT_SENT = "sent a reminder", "could not send a reminder"
EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many records wait for one person. ``conflicts`` is None for readers from whom names are masked (S4)."""

    title_abstract: int
    full_text: int
    conflicts: int | None

    @property
    def n(self) -> int:
        """All that is told of, together."""
        return self.title_abstract + self.full_text + (self.conflicts or 0)

    @property
    def words(self) -> str:
        """As the letter lists it."""
        kinds = (
            (self.title_abstract, "to screen on title and abstract"),
            (self.full_text, "to review in full text"),
            (self.conflicts or 0, "in conflict"),
        )
        return "\n".join(f"    {n} {what}" for n, what in kinds if n)


def waiting_on(member: Membership, *, reader: Membership | None = None) -> Waiting:
    """What waits for ``member``, as ``reader`` may know it, or the person herself."""
    to_screen = {stage: n_waiting(member, stage) if member.is_reviewer else 0 for stage in Stage}
    return Waiting(to_screen[Stage.TITLE_ABSTRACT], to_screen[Stage.FULL_TEXT], conflicts_on(member, reader=reader))


def conflicts_on(member: Membership, *, reader: Membership | None = None) -> int | None:
    """How many conflicts wait for ``member``; None for a reader who may rule: it would tell who their voters are (S4)."""
    if reader is not None and reader.may(Permission.ADJUDICATE):
        return None
    return count_waiting(member) if member.may(Permission.SEE_CONFLICTS) else 0


def reminders(review: Review) -> dict[int, datetime]:
    """Membership id -> when that person was last sent a reminder; a letter that could not be sent does not count."""
    told: dict[int, datetime] = {}
    events = AuditEvent.objects.filter(review_id=review.pk, subject_type="member", verb__in=[REMINDED, NOT_SENT])
    for verb, member_id, at in events.order_by("pk").values_list("verb", "subject_id", "at"):
        if member_id is None:
            continue
        if verb == REMINDED:
            told[member_id] = at
        else:
            told.pop(member_id, None)
    return told


@transaction.atomic
def remind(*, lead: Membership, person: Membership, now: datetime | None = None) -> None:
    """Write down that a person is reminded; the letter follows when this is stored (`send_reminder`).

    Raises NotAllowedNow for somebody who left or wants no e-mail, where nothing waits, and within a day of the last reminder.
    """
    moment = now or timezone.now()
    Membership.objects.select_for_update().get(pk=person.pk)  # two leads at one instant: one reminds
    if not person.is_active or not person.user.is_active:
        raise NotAllowedNow(f"{person.user} has left the review, so nobody was reminded.")
    if person.letters == Letters.OFF:
        raise NotAllowedNow(f"{person.user} wants no e-mail about this review. Write to them yourself.")
    last = reminders(lead.review).get(person.pk)
    if last is not None and moment - last < EVERY:
        raise NotAllowedNow(
            f"{person.user} was reminded on {last:%Y-%m-%d at %H:%M} UTC. A person is sent one reminder a day at most."
        )
    if not waiting_on(person, reader=lead).n:
        raise NotAllowedNow(f"Nothing waits for {person.user}, so no reminder was sent.")
    _log(REMINDED, lead, person)


def send_reminder(*, lead: Membership, person: Membership, link: str) -> bool:
    """Send the letter. False where the mail server refused it, which is written down: the person may then be reminded again."""
    letter = EmailMessage(
        subject="Records wait for you in a systematic review",
        body=(
            f"{lead.user} reminds you of the review\n\n    {lead.review.title}\n\nThese records wait for you:\n\n"
            f"{waiting_on(person).words}\n\nOpen the review here:\n\n    {link}\n"
        ),
        to=[person.user.email],
    )
    try:
        sent = bool(letter.send())
    except OSError:  # smtplib's errors are OSErrors
        sent = False
    if not sent:
        _log(NOT_SENT, lead, person)
    return sent


def _log(verb: str, lead: Membership, person: Membership) -> None:
    """Without numbers: the log is read by all."""
    record(verb=verb, review_id=lead.review_id, actor=lead.user, subject=("member", person.pk, str(person.user)))
