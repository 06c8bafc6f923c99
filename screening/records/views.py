"""Pages of records: the list behind every number, and the one record with its origin and its raw text. No vote, ever."""

from __future__ import annotations

from typing import Any

from django.db.models import Manager, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from screening.records.listing import page_of
from screening.records.models import Record
from screening.records.placed import PlacedRecords, placed_in
from screening.records.queue import records_in, waiting_for_title
from screening.reviews.access import requires
from screening.reviews.models import Membership, Review
from screening.roles import Permission

_FILTERS = {"run": "run__number", "source": "source_id", "import": "imported_from_id"}
_MARKED = {"flagged": "flagged at import", "untitled": "waiting for a title"}


@requires(Permission.SEE_REVIEW)
@require_safe
def records(request: HttpRequest, member: Membership) -> HttpResponse:
    """All records, or those of a search, a source, an import (``?run=1&source=2&import=3``)."""
    chosen = _chosen(member.review, request)
    heading = _heading(member.review, request)
    return render(request, "screening/records/records.html", {"heading": heading, **page_of(chosen, request)})


def _chosen(review: Review, request: HttpRequest) -> QuerySet[Record] | PlacedRecords:
    """By search and source as they are placed; whatever else is asked for is a small part of the review."""
    values = {name: request.GET.get(name, "") for name in _FILTERS}
    asked = {_FILTERS[name]: int(value) for name, value in values.items() if value.isdecimal() and len(value) < 19}
    if not any(name in request.GET for name in ("import", *_MARKED)):
        return placed_in(review.pk, **asked)
    chosen = records_in(review).filter(**{f"standing__{column}": value for column, value in asked.items()})
    if "imported_from_id" in asked:
        chosen = chosen.filter(_numbers_of(review, asked["imported_from_id"]))
    if "untitled" in request.GET:
        chosen = chosen.filter(pk__in=waiting_for_title(review.pk).values("pk"))
    return chosen.exclude(flags=[]) if "flagged" in request.GET else chosen


def _numbers_of(review: Review, import_id: int) -> Q:
    """A file's records have one run of numbers: a stretch of the index that lists are sorted by."""
    row = review.imports.filter(pk=import_id).values_list("first_number", "markers").first()
    if row is None or row[0] is None:
        return Q()
    return Q(number__gte=row[0], number__lt=row[0] + row[1])


def _heading(review: Review, request: HttpRequest) -> list[str]:
    """What the list is of, in words: the search, the source, the file that were asked for."""
    related: dict[str, tuple[Manager[Any], str]] = {
        "run": (review.search_runs, "number"),
        "source": (review.sources, "pk"),
        "import": (review.imports, "pk"),
    }
    found = []
    for name, (rows, column) in related.items():
        value = request.GET.get(name, "")
        row = rows.filter(**{column: int(value)}).first() if value.isdecimal() and len(value) < 19 else None
        found += [str(row)] if row is not None else []
    return found + [words for name, words in _MARKED.items() if name in request.GET]


@requires(Permission.SEE_REVIEW)
@require_safe
def record(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One record: every field, where it came from, its raw text, and what it is a duplicate of."""
    found = _record_or_404(member, number)
    standing = getattr(found, "standing", None)
    duplicates = Record.objects.filter(standing__lead=found).order_by("number")
    context = {
        "record": found,
        "standing": standing,
        "lead": standing.lead if standing else None,
        "duplicates": duplicates,
        "repairs": found.repairs.select_related("by"),
        "title": next((other.title for other in duplicates if other.title), ""),
        "imported": found.imported_from,
        "types": ", ".join(kind.replace("_", " ") for kind in found.types),
        "outcomes": _outcomes(found),
        "may_see_conflicts": member.may(Permission.SEE_CONFLICTS),
        "may_import": member.may(Permission.IMPORT),
        "may_part": member.may(Permission.RESOLVE_DUPLICATES),
        "may_remove": member.may(Permission.REMOVE_RECORDS),
    }
    return render(request, "screening/records/record.html", context)


def _outcomes(record: Record) -> list[Any]:
    """What came of the record at each stage, as far as it is revealed (B2); full text only while its report is sought."""
    revealed = list(record.items.standing().revealed().order_by("-stage"))
    is_sought = bool(revealed) and (revealed[0].stage, revealed[0].decision) == ("ta", "include")
    return revealed if is_sought else [item for item in revealed if item.stage == "ta"]


def _record_or_404(member: Membership, number: int) -> Record:
    rows = Record.objects.select_related("text", "imported_from__run", "imported_from__source", "standing__lead")
    return get_object_or_404(rows, review=member.review, number=number, imported_from__state__in=["stored", "undone"])
