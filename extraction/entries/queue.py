"""Reads of extraction: the studies that count, and who has which entry."""

from __future__ import annotations

from django.db.models import QuerySet

from screening.reviews.models import Review
from screening.studies.models import Study
from screening.studies.queue import studies_that_count


def included_studies(review: Review) -> QuerySet[Study]:
    """Studies with at least one included report, by label; the others leave every table and keep their data (I33, I47)."""
    return studies_that_count(review)
