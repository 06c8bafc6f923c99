"""The agreement page and its figures as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from screening.audit.spreadsheet import spreadsheet_safe
from screening.decisions.agreement_shown import FIGURES, ShownAll, ShownPair, blocks_for
from screening.decisions.verdict import Stage
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

HEAD = (
    "stage",
    "round",
    "first reviewer",
    "second reviewer",
    "on",
    *FIGURES,
    "table",
    "fleiss",
    "alpha",
    "why undefined",
    "pilot",
)


@require_GET
@requires(Permission.SEE_RESULTS)
def agreement(request: HttpRequest, member: Membership) -> HttpResponse:
    """Agreement of the independent votes, each figure under the table it comes from."""
    stages = [(stage, blocks_for(member, stage)) for stage in Stage]
    return render(request, "screening/decisions/agreement.html", {"stages": stages})


@require_GET
@requires(Permission.SEE_RESULTS)
def agreement_csv(request: HttpRequest, member: Membership) -> HttpResponse:
    """The same figures, a row a pair and subject, and one for all reviewers where they are three or more."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-agreement.csv"'
    writer = csv.writer(response)
    writer.writerow(HEAD)
    for stage in Stage:
        for row in figures_for(member, stage):
            writer.writerow([spreadsheet_safe(str("" if cell is None else cell)) for cell in row])
    return response


def figures_for(member: Membership, stage: Stage) -> Iterator[list[Any]]:
    """Below `HEAD`, a row for each pair and subject of a stage, and one for all reviewers where they are three or more."""
    for block in blocks_for(member, stage):
        yield [stage.slug, *(_of_pair(block) if isinstance(block, ShownPair) else _of_all(block))]


def _of_pair(shown: ShownPair) -> list[Any]:
    pair, found = shown.pair, shown.pair.figures()
    figures = [found.get(name) for name in FIGURES]
    return [pair.round, *shown.names, pair.label, *figures, found["table"], None, None, pair.why, _yes(pair.pilot)]


def _of_all(shown: ShownAll) -> list[Any]:
    found = shown.of_all
    figures = [found.n, *[None] * (len(FIGURES) - 1)]
    why = "; ".join(f"{name}: {text}" for name, _, text in shown.figures if text)
    names = [f"all {found.raters} reviewers", ""]
    return [
        shown.round,
        *names,
        shown.label,
        *figures,
        found.figures()["table"],
        found.fleiss,
        found.alpha,
        why,
        _yes(shown.pilot),
    ]


def _yes(value: bool) -> str:
    return "yes" if value else ""
