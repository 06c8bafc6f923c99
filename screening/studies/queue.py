"""Included reports and the studies that they tell of."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from screening.decisions.models import ItemQuerySet
from screening.decisions.queue import decided
from screening.decisions.verdict import Decision, Stage
from screening.reviews.models import Review
from screening.studies.models import Study, StudyReport


def included_records(review_id: int) -> ItemQuerySet:
    """Full text items that are revealed, final and included."""
    return decided(review_id, Stage.FULL_TEXT, Decision.INCLUDE)


def without_study(review_id: int) -> ItemQuerySet:
    """Included reports that belong to no study yet: they block a final export."""
    return included_records(review_id).exclude(Exists(StudyReport.objects.filter(record_id=OuterRef("record_id"))))


def studies_that_count(review: Review) -> QuerySet[Study]:
    """Studies with at least one included report; the others leave the counts (I33)."""
    included = included_records(review.pk).values("record_id")
    return Study.objects.filter(review=review).filter(
        Exists(StudyReport.objects.filter(study=OuterRef("pk"), record_id__in=included))
    )
