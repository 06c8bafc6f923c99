"""What waits for a member in extraction. The home of a review lists it after the tasks of its own steps (settings.TASK_SOURCES)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from extraction.entries.models import ExtractionState
from extraction.entries.overview import Row, rows_of
from extraction.entries.queue import included_studies
from extraction.tables.queue import forms_in_use
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission


def tasks_of(member: Membership) -> Iterator[Task]:
    """One's own entries first, then values to settle, then studies for which somebody is still to be found."""
    included = included_studies(member.review).count()
    if not included:
        return
    forms = list(forms_in_use(member.review))
    if not forms:
        yield from _form(member, included)
        return
    rows = [row for form in forms for row in rows_of(member, form)]
    if member.may(Permission.EXTRACT):
        yield from _own(member, rows)
    if member.may(Permission.SETTLE):
        n = sum(1 for row in rows if row.extraction and row.extraction.state == ExtractionState.DIFFER)
        yield from _told(member, n, "Settle the values of", "Both entries are in and differ.", "Settle values")
    if member.may(Permission.EDIT_FORMS) and not member.may(Permission.EXTRACT):
        n = _studies(row for row in rows if row.free)
        yield from _told(
            member, n, "Find extractors for", "Not everybody who is needed has a place yet.", "Assign people"
        )


def _form(member: Membership, included: int) -> Iterator[Task]:
    """Without a published form nobody can begin."""
    if member.may(Permission.EDIT_FORMS):
        url = reverse("forms", args=[member.review.slug])
        yield Task(
            "Extract the included studies", url, f"{_n(included)} included; no form is published yet.", "Open forms"
        )


def _own(member: Membership, rows: list[Row]) -> Iterator[Task]:
    begun, free = _studies(row for row in rows if row.is_to_do), _studies(row for row in rows if _may_take(row))
    if begun:
        yield from _told(member, begun, "Extract", "You have a place there.", "Continue extraction")
    elif free:
        yield from _told(member, free, "Extract", "A place is free there for you.", "Start extraction")


def _may_take(row: Row) -> bool:
    return row.own is None and row.free > 0 and (row.extraction is None or row.extraction.revealed_at is None)


def _told(member: Membership, n: int, what: str, why: str, verb: str) -> Iterator[Task]:
    if n:
        yield Task(f"{what} {_n(n)}", reverse("extraction", args=[member.review.slug]), why, verb)


def _studies(rows: Iterator[Row]) -> int:
    """Several forms may ask for one study."""
    return len({row.study.pk for row in rows})


def _n(n: int) -> str:
    return f"{n} study" if n == 1 else f"{n} studies"
