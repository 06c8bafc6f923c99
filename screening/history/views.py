"""The history page and its download."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from operator import itemgetter
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from screening.audit.spreadsheet import spreadsheet_safe
from screening.history.reading import Line, lines, visible_events
from screening.history.wording import in_words
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 50


@require_GET
@requires(Permission.SEE_HISTORY)
def history(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every act with who, when, what, old and new value, and reason."""
    events = visible_events(member)
    verb, who = request.GET.get("act", ""), request.GET.get("who", "")
    verbs = {one: in_words(one) for one in set(events.order_by().values_list("verb", flat=True))}
    people = sorted({name for name in events.order_by().values_list("actor_name", flat=True) if name})
    if verb in verbs:
        events = events.filter(verb=verb)
    if who in people:
        events = events.filter(actor_name=who)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({key: value for key, value in (("act", verb), ("who", who)) if value})
    context = {
        "query": query,
        "page": page,
        "lines": lines(page),
        "verbs": sorted(verbs.items(), key=itemgetter(1)),
        "people": people,
        "verb": verb,
        "who": who,
        "may_export": member.may(Permission.EXPORT),
    }
    return render(request, "screening/history/history.html", context)


@require_GET
@requires(Permission.EXPORT)
def history_csv(request: HttpRequest, member: Membership) -> StreamingHttpResponse:
    """The same as CSV, oldest first; cells that a spreadsheet would run are quoted (P29)."""
    writer = csv.writer(_Echo())
    rows = (writer.writerow([spreadsheet_safe(cell) for cell in row]) for row in _rows(member))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-history.csv"'
    return response


def _rows(member: Membership) -> Iterator[list[str]]:
    yield ["at (UTC)", "who", "act", "about", "old and new", "reason"]
    for line in lines(visible_events(member).order_by("at", "id").iterator(chunk_size=500)):
        yield _row(line)


def _row(line: Line) -> list[str]:
    event = line.event
    values = "; ".join(f"{name}: {old} -> {new}" if old else f"{name}: {new}" for name, old, new in line.changes)
    return [event.at.isoformat(), event.actor_name or "the site", event.verb, event.subject_label, values, event.reason]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value
