"""Removals before import that somebody declares, and the numbers of duplicates by search and source (R10, R6, R8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.dedupe.models import DeclaredRemoval, RemovedAs
from screening.records.models import Standing
from screening.reviews.models import Membership, Review
from screening.searches.models import SearchRun, Source


@transaction.atomic
def declare_removal(
    *, member: Membership, run: SearchRun, source: Source, removed_as: RemovedAs, n: int, tool: str = ""
) -> DeclaredRemoval:
    """Say that ``n`` records of a source and search were removed before the file came here, with which tool."""
    declared = DeclaredRemoval.objects.create(
        review_id=member.review_id,
        run=run,
        source=source,
        removed_as=removed_as,
        n=n,
        tool=tool.strip(),
        by=member.user,
    )
    _log("declare removal before import", member, declared)
    return declared


@transaction.atomic
def withdraw_declaration(*, member: Membership, declared: DeclaredRemoval) -> None:
    """Take a declaration back; the numbers stand as without it, on past days as they were."""
    held = DeclaredRemoval.objects.filter(pk=declared.pk, review_id=member.review_id, withdrawn_at__isnull=True)
    if not held.update(withdrawn_at=timezone.now()):
        raise NotAllowedNow("That declaration was withdrawn already.")
    _log("withdraw declaration", member, declared)


def _log(verb: str, member: Membership, declared: DeclaredRemoval) -> None:
    told = {"records": declared.n, "as": declared.removed_as, "tool": declared.tool, "source": str(declared.source)}
    audit(
        verb=verb, review_id=member.review_id, actor=member.user, subject=("declaration", declared.pk, str(declared)),
        after={**told, "search": str(declared.run)},
    )  # fmt: skip


def declared_removals(
    review: Review, *, run: SearchRun | None = None, as_of: datetime | None = None
) -> QuerySet[DeclaredRemoval]:
    """The declarations that hold, now or at ``as_of``, of one search or all."""
    moment = as_of or timezone.now()
    rows = DeclaredRemoval.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment), review=review, at__lte=moment
    )
    rows = rows if run is None else rows.filter(run=run)
    return rows.select_related("run", "source", "by")


@dataclass(frozen=True, slots=True)
class Line:
    """Duplicates charged to one source in one search: by whom removed, and where the kept record stands."""

    run: SearchRun
    source: Source
    by_rule: int
    by_person: int
    within_source: int
    between_sources: int
    between_searches: int
    declared: int

    @property
    def total(self) -> int:
        """All of them, with those declared."""
        return self.by_rule + self.by_person + self.declared


def numbers_of_duplicates(review: Review) -> list[Line]:
    """A line per search and source that holds records or declared duplicates, in order."""
    found = Standing.objects.filter(review=review).order_by().values_list(
        "run_id", "source_id", "merged_by", "lead__standing__run_id", "lead__standing__source_id"
    )  # fmt: skip
    counted: Counter[tuple[int, int, str]] = Counter()
    for run_id, source_id, merged_by, lead_run, lead_source, n in found.annotate(n=Count("pk")):
        counted[run_id, source_id, "records"] += n
        if merged_by:
            counted[run_id, source_id, merged_by] += n
            counted[run_id, source_id, _where(run_id == lead_run, source_id == lead_source)] += n
    for one in declared_removals(review).filter(removed_as=RemovedAs.DUPLICATE):
        counted[one.run_id, one.source_id, "declared"] += one.n
    return list(_lines(review, counted))


def _where(same_run: bool, same_source: bool) -> str:
    if not same_run:
        return "searches"
    return "source" if same_source else "sources"


def _lines(review: Review, counted: Counter[tuple[int, int, str]]) -> Iterable[Line]:
    present = {(run, source) for run, source, _ in counted}
    for run in review.search_runs.order_by("number"):
        for source in review.sources.order_by("kind", "name"):
            if (run.pk, source.pk) in present:
                names = ("rule", "person", "source", "sources", "searches", "declared")
                yield Line(run, source, *(counted[run.pk, source.pk, name] for name in names))
