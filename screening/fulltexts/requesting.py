"""Asking somebody for a report: whom, when, by when the answer is expected, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.actions import log_attempt
from screening.fulltexts.models import RetrievalAttempt
from screening.records.models import Record
from screening.reviews.models import Membership

WEEKS = timedelta(weeks=2)  # until an answer is expected, unless somebody says otherwise
REQUESTED = "Requested"


@transaction.atomic
def request_report(
    *, member: Membership, record: Record, asked: str, way: str, on: date | None = None, due_on: date | None = None
) -> RetrievalAttempt:
    """Write down that ``asked`` was asked for the report, on a day, with the day by which an answer is expected."""
    day = on or timezone.localdate()
    due = due_on or day + WEEKS
    if not asked.strip():
        raise NotAllowedNow("Say who was asked for the report.")
    if due < day:
        raise NotAllowedNow("The answer cannot be expected before the day of the request.")
    attempt = log_attempt(member=member, record=record, way=way, outcome=REQUESTED, on=day)
    attempt.asked, attempt.due_on = asked.strip()[:200], due
    attempt.save(update_fields=["asked", "due_on"])
    return attempt


@transaction.atomic
def close_request(*, member: Membership, attempt: RetrievalAttempt, outcome: str) -> None:
    """What came of a request that did not bring the report itself. Raises NotAllowedNow when it is closed already."""
    if not outcome.strip():
        raise NotAllowedNow("Say what came of the request, in a few words.")
    attempt = RetrievalAttempt.objects.select_for_update().get(pk=attempt.pk)
    if not attempt.asked or attempt.closed_on:
        raise NotAllowedNow("This request is closed already. Nothing was changed.")
    before = {"asked": attempt.asked, "outcome": attempt.outcome}
    attempt.outcome, attempt.closed_on = outcome.strip()[:200], timezone.localdate()
    attempt.save(update_fields=["outcome", "closed_on"])
    record = attempt.report.record
    audit(
        verb="close request", review_id=member.review_id, actor=member.user, subject=("report", record.pk, record.title),
        before=before, after={"outcome": attempt.outcome},
    )  # fmt: skip
