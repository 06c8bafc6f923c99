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
from screening.prisma.counts import flow_of
from screening.prisma.files import FILES
from screening.prisma.views import prisma_file
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.models import SearchRun

router = Router()


class FlowAsked(Schema):
    """Which flow: of all searches or one, now or as it stood at the end of a day (UTC)."""

    search: Number | None = Field(None, description="Number of a search; all searches where it is left out.")
    as_on: date | None = Field(None, description="A day, as 2024-05-31; now where it is left out.")


@opens(router, "GET", "/reviews/{slug}/prisma", Permission.SEE_RESULTS, gives=dict[str, Any])
def read_prisma(request: HttpRequest, member: Membership, asked: Query[FlowAsked]) -> dict[str, Any]:
    """The counts of the flow, under the keys of the PRISMA 2020 template.

    The same as the file counts.json. `pending` is never counted as excluded; `laws` says which sums hold; `provisional` is true while
    anything is pending or unfinished.
    """
    run = _run(member, asked.search)
    as_of = datetime.combine(asked.as_on, time.max, tzinfo=UTC) if asked.as_on else None
    return flow_of(member.review, run=run, as_of=as_of).counts()


@opens(
    router, "GET", "/reviews/{slug}/prisma/{kind}", Permission.SEE_RESULTS, gives=None,
    files=tuple(one.content_type for one in FILES.values()),
)  # fmt: skip
def read_prisma_file(
    request: HttpRequest,
    member: Membership,
    kind: Literal["svg", "png", "pdf", "docx", "csv", "json"],
    asked: Query[FlowAsked],
) -> HttpResponseBase:
    """The flow as a file; `csv` is for the R package PRISMA2020."""
    _run(member, asked.search)
    return as_page(prisma_file)(request, member, kind=kind)


def _run(member: Membership, number: int | None) -> SearchRun | None:
    if number is None:
        return None
    run = member.review.search_runs.filter(number=number).first()
    if run is None:
        raise Http404
    return run
