"""What may happen to searches: added, renamed, removed while empty; and the sources that were asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from reviewapp.accounts.models import User
from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.protocol.models import ProtocolVersion
from screening.reviews.models import Review
from screening.searches.models import RunKind, SearchRun, Source

EDITABLE = ("label", "kind", "date_from", "date_to")


@transaction.atomic
def add_search(
    *,
    review: Review,
    actor: User,
    label: str,
    kind: str = RunKind.SEARCH,
    date_from: date | None = None,
    date_to: date | None = None,
) -> SearchRun:
    """One more phase of searching, after the others. Raises NotAllowedNow when the label is taken."""
    Review.objects.select_for_update().get(pk=review.pk)
    _refuse_taken_label(review, label)
    _refuse_dates_reversed(date_from, date_to)
    last = SearchRun.objects.filter(review=review).aggregate(last=Max("number"))["last"] or 0
    run = SearchRun.objects.create(
        review=review,
        number=last + 1,
        label=label,
        kind=kind,
        date_from=date_from,
        date_to=date_to,
        protocol=_active_protocol(review),
    )
    record(verb="added a search", review_id=review.pk, actor=actor, subject=_subject(run), after=_facts(run))
    return run


@transaction.atomic
def edit_search(*, run: SearchRun, actor: User, **changes: Any) -> SearchRun:
    """Change any of `EDITABLE`. Raises NotAllowedNow when the label is taken or the dates are reversed."""
    before = _facts(run)
    for name, value in changes.items():
        if name not in EDITABLE:
            raise TypeError(f"edit_search() does not change {name}")
        setattr(run, name, value)
    _refuse_taken_label(run.review, run.label, besides=run.pk)
    _refuse_dates_reversed(run.date_from, run.date_to)
    after = _facts(run)
    if after != before:
        run.save(update_fields=EDITABLE)
        record(
            verb="edited a search",
            review_id=run.review_id,
            actor=actor,
            subject=_subject(run),
            before=before,
            after=after,
        )
    return run


@transaction.atomic
def remove_search(*, run: SearchRun, actor: User) -> None:
    """Take a search away that has no import, not even an undone one. Raises NotAllowedNow otherwise."""
    if run.imports.exists():
        raise NotAllowedNow(
            "This search has imports, so that it stays: PRISMA counts by search. Undo the imports if they are wrong."
        )
    if run.waiting_files.exists():
        raise NotAllowedNow("Files wait in this search to be described. Import them or take them off the list first.")
    record(verb="removed a search", review_id=run.review_id, actor=actor, subject=_subject(run), before=_facts(run))
    run.delete()


def source_of(*, review: Review, name: str, kind: str, platform: str = "") -> Source:
    """The source of this name, kind and platform, made if it is new. Call inside the act that needs it."""
    found = Source.objects.filter(review=review, name__iexact=name, kind=kind, platform__iexact=platform).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Source.objects.create(review=review, name=name, kind=kind, platform=platform)
    except IntegrityError:  # somebody named it at the same instant
        return Source.objects.get(review=review, name=name, kind=kind, platform=platform)


def _refuse_taken_label(review: Review, label: str, *, besides: int | None = None) -> None:
    if SearchRun.objects.filter(review=review, label__iexact=label).exclude(pk=besides or 0).exists():
        raise NotAllowedNow(
            f"There is a search “{label}” already. Import into that one, or give this one another label."
        )


def _refuse_dates_reversed(date_from: date | None, date_to: date | None) -> None:
    if date_from and date_to and date_from > date_to:
        raise NotAllowedNow("The search begins after it ends: swap the two dates.")


def _active_protocol(review: Review) -> ProtocolVersion | None:
    frozen = ProtocolVersion.objects.filter(review=review, frozen_at__isnull=False)
    return frozen.order_by("-number").first()


def _subject(run: SearchRun) -> tuple[str, int, str]:
    return ("search", run.pk, run.label)


def _facts(run: SearchRun) -> dict[str, Any]:
    return {
        "label": run.label,
        "kind": run.kind,
        "date_from": run.date_from.isoformat() if run.date_from else "",
        "date_to": run.date_to.isoformat() if run.date_to else "",
    }
