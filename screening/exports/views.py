"""The page of exports, and its files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from screening.audit.spreadsheet import spreadsheet_safe
from screening.exports.formats import FORMATS
from screening.exports.queue import LISTS, Chosen, chosen, exported_records, in_open_conflict, n_in_open_conflict
from screening.exports.said import HEAD, decision_rows
from screening.exports.table import MARK, Echo
from screening.prisma.buckets import members
from screening.prisma.counts import flow_of
from screening.prisma.files import FILES
from screening.prisma.flow import Flow
from screening.prisma.listing import records_behind
from screening.prisma.titles import title_of_box
from screening.prisma.views import box_address, search_asked_for
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun

BOX, CONFLICTS = "box", "conflicts"


@dataclass(frozen=True, slots=True)
class Row:
    """One list on the page: ``numbers`` are (n, address of these records, words); ``query`` goes to each file's address."""

    name: str
    title: str
    total: int
    numbers: list[tuple[int, str, str]]
    query: str = ""


@require_GET
@requires(Permission.EXPORT)
def exports(request: HttpRequest, member: Membership) -> HttpResponse:
    """Every list in every format; with ``?box=key&search=1`` also the records of that number of the flow."""
    flow = flow_of(member.review)
    context = {
        "flow": flow,
        "rows": [*(_row(member, flow, name) for name in LISTS), *_conflicts_row(member)],
        "box": _box_row(request, member),
        "formats": list(FORMATS.values()),
        "flow_files": FILES,
    }
    return render(request, "screening/exports/exports.html", context)


def _row(member: Membership, flow: Flow, name: str) -> Row:
    title, keys = LISTS[name]
    words = ("databases and registers", "other methods") if len(keys) > 1 else ("",)
    counted = [
        (flow.number(key), box_address(member.review.slug, key), where) for key, where in zip(keys, words, strict=True)
    ]
    shown = [one for one in counted if one[0]]
    return Row(
        name, title, sum(n for n, _, _ in counted), shown if len(shown) > 1 else [(*one[:2], "") for one in shown]
    )


def _conflicts_row(member: Membership) -> list[Row]:
    """Whoever may see the conflicts may take the records along."""
    if not member.may(Permission.SEE_CONFLICTS):
        return []
    n = n_in_open_conflict(member.review)
    return [
        Row(CONFLICTS, "In open conflict", n, [(n, reverse("conflicts", args=[member.review.slug]), "")] if n else [])
    ]


def _box_row(request: HttpRequest, member: Membership) -> Row | None:
    key, run = request.GET.get("box", ""), search_asked_for(request, member)
    if not key:
        return None
    if members(key) is None:
        raise Http404
    n = records_behind(member.review, key, run=run).total()
    title = title_of_box(key, member.review.kind) + (f", {run.label}" if run else "")
    asked = {"box": key, **({"search": run.number} if run else {})}
    return Row(BOX, title, n, [(n, box_address(member.review.slug, key, run), "")], f"?{urlencode(asked)}")


@require_GET
@requires(Permission.EXPORT)
def export_records(request: HttpRequest, member: Membership, name: str, ending: str) -> StreamingHttpResponse:
    """One list in one format; ``box`` is the list of the number that ``?box=`` names."""
    key, run = request.GET.get("box", ""), search_asked_for(request, member)
    if ending not in FORMATS:
        raise Http404
    found = _list_of(member, name, key, run)
    kind = FORMATS[ending]
    response = StreamingHttpResponse(
        kind.write(exported_records(found), found.headings), content_type=kind.content_type
    )
    search = f"-search-{run.number}" if run else ""
    called = f"{slugify(key) or BOX}" if name == BOX else name
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-{called}{search}.{ending}"'
    return response


def _list_of(member: Membership, name: str, key: str, run: SearchRun | None) -> Chosen:
    if name == CONFLICTS and member.may(Permission.SEE_CONFLICTS):
        return in_open_conflict(member.review)
    keys = (key,) if name == BOX else LISTS[name][1] if name in LISTS else ()
    if not keys or any(members(one) is None for one in keys):
        raise Http404
    return chosen(member.review, keys, run)


@require_GET
@requires(Permission.EXPORT)
def export_decisions(request: HttpRequest, member: Membership) -> StreamingHttpResponse:
    """Votes, talk and rulings as CSV; ``?names=codes`` writes R1, R2, ... for the people, ``&excel=1`` the mark that Excel wants."""
    mark = [MARK] if request.GET.get("excel") == "1" else []
    coded = request.GET.get("names") == "codes"
    writer = csv.writer(Echo())
    rows = (
        writer.writerow([spreadsheet_safe(cell) for cell in row]) for row in (HEAD, *decision_rows(member, coded=coded))
    )
    response = StreamingHttpResponse(chain(mark, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-decisions{"-coded" * coded}.csv"'
    return response
