"""Figures of the flow that no record of ours stands behind: those of a previous version, and of a meta-analysis."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from screening.audit.models import AuditEvent
from screening.reviews.actions import EDITED
from screening.reviews.models import Review

#: Argument of `build_flow` -> field of the review.
FIGURES = {
    "previous_studies": "previous_studies",
    "previous_reports": "previous_reports",
    "removed_studies": "previous_removed_studies",
    "removed_reports": "previous_removed_reports",
    "studies_in_meta_analysis": "studies_in_meta_analysis",
    "reports_in_meta_analysis": "reports_in_meta_analysis",
}


def carried_figures(review: Review, as_of: datetime | None) -> dict[str, int | None]:
    """What a lead has said of them, now or as the log tells of a time in the past (I9)."""
    said = _said_at(review, as_of) if as_of else None
    return {name: said.get(field) if said is not None else getattr(review, field) for name, field in FIGURES.items()}


def _said_at(review: Review, as_of: datetime) -> dict[str, Any] | None:
    """The facts of the review before the first change since; None where nothing changed."""
    later = AuditEvent.objects.filter(review_id=review.pk, verb=EDITED, at__gt=as_of).order_by("at", "pk")
    return later.values_list("before", flat=True).first()
