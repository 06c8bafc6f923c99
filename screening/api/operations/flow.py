"""The PRISMA flow: its counts, and the files that are made of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.numbers import Number
from screening.prisma.counts import columns_of, flow_of
from screening.prisma.files import COLUMN_FILES, FILES
from screening.prisma.views import prisma_columns_file, prisma_file
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun

router = Router()
Kind = Literal["svg", "png", "pdf", "docx", "csv", "json"]


class DayAsked(Schema):
    """Now, or as it stood at the end of a day (UTC)."""

    as_on: date | None = Field(None, description="A day, as 2024-05-31; now where it is left out.")


class FlowAsked(DayAsked):
    """Which flow: of all searches or one, now or on a day."""

    search: Number | None = Field(None, description="Number of a search; all searches where it is left out.")


class Columns(Schema):
    """The counts of each search that found anything, and of all searches."""

    searches: list[dict[str, Any]]
    all: dict[str, Any]


@opens(router, "GET", "/reviews/{slug}/prisma", Permission.SEE_RESULTS, gives=dict[str, Any])
def read_prisma(request: HttpRequest, member: Membership, asked: Query[FlowAsked]) -> dict[str, Any]:
    """The counts of the flow, under the keys of the PRISMA 2020 template.

    The same as the file counts.json. `pending` is never counted as excluded; `laws` says which sums hold; `provisional` is true while
    anything is pending or unfinished.
    """
    run = _run(member, asked.search)
    return flow_of(member.review, run=run, as_of=_end_of(asked.as_on)).counts()


@opens(
    router, "GET", "/reviews/{slug}/prisma/{kind}", Permission.SEE_RESULTS, gives=None,
    files=tuple(one.content_type for one in FILES.values()),
)  # fmt: skip
def read_prisma_file(request: HttpRequest, member: Membership, kind: Kind, asked: Query[FlowAsked]) -> HttpResponseBase:
    """The flow as a file; `csv` is for the R package PRISMA2020."""
    _run(member, asked.search)
    return as_page(prisma_file)(request, member, kind=kind)


@opens(router, "GET", "/reviews/{slug}/prisma-by-search", Permission.SEE_RESULTS, gives=Columns)
def read_prisma_by_search(request: HttpRequest, member: Membership, asked: Query[DayAsked]) -> Columns:
    """The counts of each search beside those of all: record and report boxes add up, studies do not."""
    columns = columns_of(member.review, as_of=_end_of(asked.as_on))
    return Columns(searches=[flow.counts() for _, flow in columns.each], all=columns.whole.counts())


@opens(
    router, "GET", "/reviews/{slug}/prisma-by-search/{kind}", Permission.SEE_RESULTS, gives=None,
    files=tuple(one.content_type for one in COLUMN_FILES.values()),
)  # fmt: skip
def read_prisma_by_search_file(
    request: HttpRequest, member: Membership, kind: Kind, asked: Query[DayAsked]
) -> HttpResponseBase:
    """The searches side by side as a file."""
    return as_page(prisma_columns_file)(request, member, kind=kind)


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.max, tzinfo=UTC) if day else None


def _run(member: Membership, number: int | None) -> SearchRun | None:
    if number is None:
        return None
    run = member.review.search_runs.filter(number=number).first()
    if run is None:
        raise Http404
    return run
