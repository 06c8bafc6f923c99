"""The flow on the page and as files, and the list behind each of its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from screening.audit.refusal import NotAllowedNow
from screening.prisma.buckets import members
from screening.prisma.columns import heads_of, rows_of, taken_apart
from screening.prisma.counts import columns_of, flow_of
from screening.prisma.files import COLUMN_FILES, FILES
from screening.prisma.flow import Flow, Unfinished
from screening.prisma.listing import records_behind
from screening.prisma.numbers import grouped
from screening.prisma.sealing import AT_ONCE, sealed_flow_of
from screening.prisma.snapshot import read_snapshot
from screening.prisma.svg import draw, draw_columns
from screening.prisma.table import Cell, table_of
from screening.prisma.titles import title_of_box
from screening.prisma.wording import title_of_figure
from screening.records.listing import page_of
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun


@require_GET
@requires(Permission.SEE_RESULTS)
def prisma(request: HttpRequest, member: Membership) -> HttpResponse:
    """The diagram, the same numbers as a table, the laws, and what blocks a final export."""
    run, as_on = search_asked_for(request, member), _as_on(request)
    flow = _flow(request, member, at_most=AT_ONCE)
    link = _nowhere if as_on else _linker(member, run)
    context = {
        "flow": flow,
        "svg": SafeString(draw(flow, title=_title(member, flow), link=None if as_on else link, inline=True)),
        "rows": [
            {"row": row, "dbr_url": _url(row.dbr, link), "other_url": _url(row.other, link)} for row in table_of(flow)
        ],
        "terms": _terms(flow, _nowhere if as_on else link),
        "blocks": [{"url": link(key), "n": n, "words": words} for key, n, words in flow.blocks],
        "unfinished": [(work, _where(member, work)) for work in flow.unfinished],
        "runs": member.review.search_runs.all(),
        "run": run,
        "as_on": as_on.date().isoformat() if as_on else "",
        "query": request.GET.urlencode(),
        "files": FILES,
    }
    return render(request, "screening/prisma/prisma.html", context)


def _where(member: Membership, work: Unfinished) -> str:
    """The page on which unfinished work is ended."""
    if work.search is not None:
        return reverse("imports_describe", args=[member.review.slug, work.search])
    if work.import_id is None:
        return reverse("duplicates", args=[member.review.slug])
    return reverse("import_report", args=[member.review.slug, work.import_id])


def search_asked_for(request: HttpRequest, member: Membership) -> SearchRun | None:
    """The search whose number the address holds; None for all of them. Raises Http404 for one that is not of this review."""
    number = request.GET.get("search", "")
    if not number:
        return None
    run = member.review.search_runs.filter(number=number).first() if number.isdecimal() and len(number) < 9 else None
    if run is None:
        raise Http404
    return run


def _as_on(request: HttpRequest) -> datetime | None:
    """The end of the day that was asked for, in UTC; None for now. Raises NotAllowedNow where the words name no day."""
    asked = request.GET.get("as_on", "").strip()
    if not asked:
        return None
    try:
        day = parse_date(asked)
    except ValueError:
        day = None
    if day is None:
        raise NotAllowedNow(
            f"“{asked[:40]}” names no day. Write it as 2024-05-31, or leave it out to see the numbers of now."
        )
    return datetime.combine(day, time.max, tzinfo=UTC)


def _flow(request: HttpRequest, member: Membership, at_most: int | None = None) -> Flow:
    """The flow that was asked for; that of now with its seal, a past one without."""
    run, as_on = search_asked_for(request, member), _as_on(request)
    if as_on:
        return flow_of(member.review, run=run, as_of=as_on)
    return sealed_flow_of(member.review, run=run, at_most=at_most)


def _title(member: Membership, flow: Flow) -> str:
    return title_of_figure(flow.kind, member.review.title, flow.scope)


def _nowhere(key: str) -> str:
    """Numbers of a past day open no list: the lists show what is."""
    return ""


def _url(cell: Cell | None, link: Callable[[str], str]) -> str:
    return link(cell.key) if cell else ""


def _terms(flow: Flow, link: Callable[[str], str]) -> list[dict[str, object]]:
    """The strip above the diagram: what came in, and where all of it is."""
    return [{"n": grouped(n), "label": words, "url": link(key)} for key, n, words in flow.sum_of_all]


def _linker(member: Membership, run: SearchRun | None) -> Callable[[str], str]:
    def link(key: str) -> str:
        return box_address(member.review.slug, key, run)

    return link


#: Numbers that count studies -> their place on the page of studies.
_STUDIES = {"new_studies": "", "previous_studies_with_new_reports": "#known"}


def box_address(slug: str, key: str, run: SearchRun | None = None) -> str:
    """Where the records behind a number are listed; '' for a number that counts nothing of ours."""
    if key in _STUDIES:
        return reverse("studies", args=[slug]) + (f"?search={run.number}" if run else "") + _STUDIES[key]
    if members(key) is None:
        return ""
    address = reverse("prisma_box", args=[slug]) + f"?box={quote(key)}"
    return f"{address}&search={run.number}" if run else address


@require_GET
@requires(Permission.SEE_RESULTS)
def prisma_columns(request: HttpRequest, member: Membership) -> HttpResponse:
    """The searches side by side, as a drawing and as a table."""
    as_on = _as_on(request)
    columns = columns_of(member.review, as_of=as_on)
    link = _nowhere if as_on else _linker_of_columns(member)
    drawing = ""
    if columns.each:
        drawing = draw_columns(columns, title=_title(member, columns.whole), link=None if as_on else link, inline=True)
    context = {
        "columns": columns,
        "flow": columns.whole,
        "svg": SafeString(drawing),
        "terms": _terms(columns.whole, link),
        "heads": heads_of(columns),
        "rows": [(line.row, [(cell, _url(cell, link)) for cell in line.cells]) for line in rows_of(columns)],
        "runs": member.review.search_runs.all(),
        "as_on": as_on.date().isoformat() if as_on else "",
        "query": request.GET.urlencode(),
        "files": COLUMN_FILES,
    }
    return render(request, "screening/prisma/columns.html", context)


def _linker_of_columns(member: Membership) -> Callable[[str], str]:
    runs = {run.number: run for run in member.review.search_runs.all()}

    def link(key: str) -> str:
        number, own = taken_apart(key)
        return box_address(member.review.slug, own, runs[number] if number else None)

    return link


@require_GET
@requires(Permission.SEE_RESULTS)
def prisma_columns_file(request: HttpRequest, member: Membership, kind: str) -> HttpResponse:
    """The searches side by side as a file: svg, png, pdf, docx, json, csv of the table."""
    if kind not in COLUMN_FILES:
        raise Http404
    columns = columns_of(member.review, as_of=_as_on(request))
    if not columns.each:
        raise Http404
    content = COLUMN_FILES[kind].write(columns, _title(member, columns.whole))
    return _named(content, COLUMN_FILES[kind].content_type, _file_name(request, member, "prisma-searches", kind))


def _file_name(request: HttpRequest, member: Membership, name: str, kind: str) -> str:
    """What tells the file from the others of this page: the review, the search, the day."""
    run, as_on = search_asked_for(request, member), _as_on(request)
    parts = (member.review.slug, name, f"search-{run.number}" if run else "", as_on.date().isoformat() if as_on else "")
    return f"{'-'.join(filter(None, parts))}.{kind}"


def _named(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@requires(Permission.SEE_RESULTS)
def prisma_box(request: HttpRequest, member: Membership) -> HttpResponse:
    """Exactly the records that one number counts (I12, U1)."""
    key, run = request.GET.get("box", ""), search_asked_for(request, member)
    if members(key) is None:
        raise Http404
    with read_snapshot():
        context = page_of(records_behind(member.review, key, run=run), request)
    context |= {"key": key, "run": run, "title": title_of_box(key, member.review.kind), "number": context["page"].total}
    context["may_export"] = member.may(Permission.EXPORT)
    return render(request, "screening/prisma/box.html", context)


@require_GET
@requires(Permission.SEE_RESULTS)
def prisma_file(request: HttpRequest, member: Membership, kind: str) -> HttpResponse:
    """The flow as a file: svg, png, pdf, docx, json, csv for the PRISMA2020 R package."""
    if kind not in FILES:
        raise Http404
    flow = _flow(request, member)
    content = FILES[kind].write(flow, _title(member, flow))
    name = _file_name(request, member, "counts" if kind == "json" else "prisma", kind)
    return _named(content, FILES[kind].content_type, name)
