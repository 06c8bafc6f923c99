"""The log as far as I may read it, and how well reviewers agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from screening.api.access import opens
from screening.api.paging import Asked, Page, closed, opened
from screening.audit.models import AuditEvent
from screening.decisions.agreement_views import HEAD, figures_for
from screening.decisions.verdict import Stage
from screening.history.reading import Line, lines, visible_events
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 250_000_000_000_000_000  # microseconds: in the year 9892


class Changed(Schema):
    """A value before and after an act."""

    field: str
    old: str
    new: str


class Event(Schema):
    """An act: who, when, what it was about, old and new values, why."""

    at: datetime
    who: str
    act: str
    about: str
    changes: list[Changed]
    reason: str


class Agreement(Schema):
    """A row for each stage, round, pair of reviewers and subject, under the headings of the page's file."""

    items: list[dict[str, Any]]


@opens(router, "GET", "/reviews/{slug}/history", Permission.SEE_HISTORY, gives=Page[Event])
def list_history(request: HttpRequest, member: Membership, asked: Query[Asked]) -> Page[Event]:
    """The log, newest first."""
    found, following = _cut(member, asked)
    return Page(items=[_event(line) for line in lines(found)], next=following)


@opens(router, "GET", "/reviews/{slug}/agreement", Permission.SEE_RESULTS, gives=Agreement)
def read_agreement(request: HttpRequest, member: Membership) -> Agreement:
    """Agreement of the independent votes: kappa with its interval, PABAK, AC1, Fleiss, alpha, each with its table."""
    names = [heading.replace(" ", "_") for heading in HEAD]
    rows = [row for stage in Stage for row in figures_for(member, stage)]
    return Agreement(items=[dict(zip(names, row, strict=True)) for row in rows])


def _cut(member: Membership, asked: Asked) -> tuple[list[AuditEvent], str | None]:
    """A page of the log. Its key is a moment and how many events of that moment were read: ids would tell of sealed rows."""
    events, read, since = visible_events(member), 0, None
    if asked.cursor:
        microseconds, read = opened(asked.cursor, 2)
        since = EPOCH + timedelta(microseconds=min(max(microseconds, 0), LAST))
        read = min(max(read, 0), asked.limit * 100)
        events = events.filter(at__lte=since)
    found = list(events[read : read + asked.limit + 1])
    if len(found) <= asked.limit:
        return found, None
    found = found[: asked.limit]
    last = found[-1].at
    same = sum(event.at == last for event in found) + (read if last == since else 0)
    return found, closed([(last - EPOCH) // timedelta(microseconds=1), same])


def _event(line: Line) -> Event:
    event = line.event
    return Event(
        at=event.at,
        who=event.actor_name,
        act=line.words,
        about=event.subject_label,
        changes=[Changed(field=name, old=old, new=new) for name, old, new in line.changes],
        reason=event.reason,
    )
