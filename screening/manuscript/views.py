"""The page of texts and tables for a manuscript, its files, and the check of somebody's text against the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from screening.manuscript import methods, queue
from screening.manuscript.prose import LONGEST, missing, numbers_in
from screening.manuscript.written import FORMATS
from screening.prisma.columns import taken_apart
from screening.prisma.titles import title_of_box
from screening.prisma.views import box_address
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun

WHOLE = "manuscript"
# What a reader of an abstract looks for.
EXPECTED = ("dbr_identified", "records_screened", "dbr_assessed", "new_studies")
BOXES = 8  # of those that hold a number, as many are named
_NO_RECORDS = {
    "new_studies": "Studies included",
    "total_studies": "Studies in total",
    "total_reports": "Reports in total",
    "previous_studies": "Studies of the previous version",
    "previous_reports": "Reports of the previous version",
    "previous_studies_with_new_reports": "Studies of the previous version with new reports",
    "previous_removed_studies": "Studies of the previous version that no longer fit",
    "previous_removed_reports": "Reports of the previous version that no longer fit",
    "total_studies_ma": "Studies in the meta-analysis",
    "total_reports_ma": "Reports of studies in the meta-analysis",
}


@require_GET
@requires(Permission.SEE_RESULTS)
def manuscript(request: HttpRequest, member: Membership) -> HttpResponse:
    """The paragraphs with their live numbers, and every table with its files."""
    return render(request, "screening/manuscript/manuscript.html", _page(member))


@require_POST
@requires(Permission.SEE_RESULTS)
def manuscript_check(request: HttpRequest, member: Membership) -> HttpResponse:
    """Each number of a pasted text beside the boxes that hold it. The text is not kept."""
    text = request.POST.get("text", "")
    flow, boxes = queue.boxes_of(member.review)
    found = numbers_in(text, boxes)
    runs = {run.number: run for run in member.review.search_runs.all()}
    context = {
        "text": text,
        "cut": len(text) > LONGEST,
        "found": [(one, [_box(member, key, runs) for key in one.boxes[:BOXES]]) for one in found],
        "unknown": sum(one.is_unknown for one in found),
        "unsaid": [(_box(member, key), boxes[key]) for key in missing(found, boxes, EXPECTED)],
        "flow": flow,
    }
    return render(request, "screening/manuscript/manuscript.html", _page(member) | context)


def _page(member: Membership) -> dict[str, Any]:
    tables = queue.tables_of(member)
    return {
        "paragraphs": [
            (heading, _linked(member, sentences)) for heading, sentences in methods.paragraphs(queue.facts_of(member))
        ],
        "tables": tables,
        "formats": list(FORMATS.values()),
        "may_export": member.may(Permission.EXPORT),
        "longest": LONGEST,
    }


def _linked(member: Membership, sentences: Sequence[methods.Sentence]) -> list[tuple[str, str]]:
    """Pieces of text as (text, address), the address "" for what opens nothing; a space between sentences."""
    pieces: list[tuple[str, str]] = []
    for sentence in sentences:
        for piece in sentence:
            key = piece.key if isinstance(piece, methods.Count) and piece.n else ""
            pieces.append((str(piece), box_address(member.review.slug, key) if key else ""))
        pieces.append((" ", ""))
    return pieces


def _box(member: Membership, key: str, runs: Mapping[int, SearchRun] | None = None) -> tuple[str, str]:
    """What a number counts, and the address of its records; that of one search begins with the search's name."""
    number, own = taken_apart(key)
    run = (runs or {})[number] if number else None
    title = _NO_RECORDS.get(own) or title_of_box(own, member.review.kind)
    return f"{run.label}: {title}" if run else title, box_address(member.review.slug, own, run)


@require_GET
@requires(Permission.EXPORT)
def manuscript_file(request: HttpRequest, member: Membership, name: str, ending: str) -> HttpResponse:
    """One table in one format, or all of it: the paragraphs with every table."""
    kind = FORMATS.get(ending)
    if kind is None or name not in (WHOLE, *queue.MADE):
        raise Http404
    whole = name == WHOLE
    tables = queue.tables_of(member) if whole else [queue.MADE[name](member)]
    text = methods.paragraphs(queue.facts_of(member)) if whole and kind.holds_text else []
    response = HttpResponse(kind.write(member.review.title, text, tables), content_type=kind.content_type)
    called = name if whole else f"table-{name}"
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-{called}.{ending}"'
    return response
