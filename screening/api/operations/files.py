"""Every list, every decision and the manuscript as files: the very bytes that the pages give."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router

from screening.api.access import opens
from screening.api.operations.numbers import Number
from screening.decisions.agreement_views import agreement_csv
from screening.dedupe.views import duplicates_csv
from screening.exports.formats import FORMATS
from screening.exports.views import export_decisions, export_records
from screening.history.views import history_csv
from screening.manuscript.views import manuscript_file
from screening.manuscript.written import FORMATS as WRITTEN
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
CSV = "text/csv; charset=utf-8"
Ending = Literal["ris", "csv", "xlsx", "bib", "xml", "json"]


def as_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The page's own function behind its door: ours let the member in already, by the same permission."""
    found: Callable[..., HttpResponseBase] = inspect.unwrap(view)
    return found


@opens(
    router, "GET", "/reviews/{slug}/exports/{name}/{ending}", Permission.EXPORT, gives=None,
    files=tuple(one.content_type for one in FORMATS.values()),
)  # fmt: skip
def export_list(
    request: HttpRequest,
    member: Membership,
    name: str,
    ending: Ending,
    box: Annotated[str, Query(max_length=200)] = "",
    search: Number | None = None,
) -> HttpResponseBase:
    """One list in one format, with what became of each record.

    The names of the lists are those of the page of exports. The list `box` is that of the number of the flow under the key `box`;
    `search` narrows a list to one search.
    """
    return as_page(export_records)(request, member, name=name, ending=ending)


@opens(router, "GET", "/reviews/{slug}/decisions.csv", Permission.EXPORT, gives=None, files=(CSV,))
def export_all_decisions(
    request: HttpRequest, member: Membership, names: Literal["full", "codes"] = "full"
) -> HttpResponseBase:
    """Every vote, comment and ruling that is open, as CSV; with `names=codes` people are R1, R2, ..."""
    return as_page(export_decisions)(request, member)


@opens(router, "GET", "/reviews/{slug}/history.csv", Permission.EXPORT, gives=None, files=(CSV,))
def export_history(request: HttpRequest, member: Membership) -> HttpResponseBase:
    """The log as CSV, oldest first."""
    return as_page(history_csv)(request, member)


@opens(router, "GET", "/reviews/{slug}/duplicates.csv", Permission.SEE_RESULTS, gives=None, files=(CSV,))
def export_duplicates(request: HttpRequest, member: Membership) -> HttpResponseBase:
    """Every merged record with its group, rule, score, reason, who and when, as CSV."""
    return as_page(duplicates_csv)(request, member)


@opens(router, "GET", "/reviews/{slug}/agreement.csv", Permission.SEE_RESULTS, gives=None, files=(CSV,))
def export_agreement(request: HttpRequest, member: Membership) -> HttpResponseBase:
    """Agreement of the independent votes as CSV."""
    return as_page(agreement_csv)(request, member)


@opens(
    router, "GET", "/reviews/{slug}/manuscript/{name}/{ending}", Permission.EXPORT, gives=None,
    files=tuple(one.content_type for one in WRITTEN.values()),
)  # fmt: skip
def export_manuscript(request: HttpRequest, member: Membership, name: str, ending: str) -> HttpResponseBase:
    """A table for the manuscript, or with the name `manuscript` all of them with the paragraphs."""
    return as_page(manuscript_file)(request, member, name=name, ending=ending)
