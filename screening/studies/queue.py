"""Included reports and the studies that they tell of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from screening.decisions.models import ItemQuerySet
from screening.decisions.queue import decided
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.models import Answer, Judgement
from screening.records.models import Record
from screening.reviews.models import Review, ReviewKind
from screening.searches.models import SearchRun
from screening.studies.labels import suggest_label
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


def studies_of_previous_version(review: Review) -> list[Study]:
    """In an update: those that count and that the previous version included already (R9)."""
    if review.kind != ReviewKind.UPDATE:
        return []
    return list(studies_that_count(review).filter(of_previous_version=True))


@dataclass(frozen=True, slots=True)
class Linked:
    """A report of a study; ``is_included`` is False where its inclusion was taken back since."""

    record: Record
    is_included: bool


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study with its reports."""

    study: Study
    reports: list[Linked]

    @property
    def counts(self) -> bool:
        """True where an included report tells of it (I33)."""
        return any(report.is_included for report in self.reports)

    @property
    def is_known(self) -> bool:
        """True where the previous version of an update included it already (R9)."""
        return self.study.of_previous_version and self.study.review.kind == ReviewKind.UPDATE


def studies_of(review: Review, run: SearchRun | None = None) -> list[StudyRow]:
    """Every study by label, with its reports by number; of a search, only reports that it found are included."""
    items = included_records(review.pk)
    if run is not None:
        items = items.filter(record__standing__run=run)
    included = set(items.values_list("record_id", flat=True))
    links = StudyReport.objects.filter(review=review).select_related("record").order_by("record__number")
    by_study: dict[int, list[Linked]] = {}
    for link in links:
        by_study.setdefault(link.study_id, []).append(Linked(link.record, link.record_id in included))
    return [StudyRow(study, by_study.get(study.pk, [])) for study in review.studies.all()]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An included report without a study: a label for a study of its own, and what a person judged related to it."""

    record: Record
    label: str
    related: list[Record]
    studies: list[Study]


def unlinked(review: Review) -> list[Unlinked]:
    """Included reports without a study, by number. ``related`` are unlinked too, ``studies`` hold other related reports."""
    records = [item.record for item in without_study(review.pk).select_related("record").order_by("record__number")]
    pairs = _related_pairs(review)
    waiting = {record.pk: record for record in records}
    holders = StudyReport.objects.filter(review=review).select_related("study")
    studies: dict[int, list[Study]] = {}
    for holder in holders:
        studies.setdefault(holder.record_id, []).append(holder.study)
    taken = list(review.studies.values_list("label", flat=True))
    found = []
    for record in records:
        label = suggest_label(authors=record.authors, year=record.year, title=record.title, taken=taken)
        others = sorted(pairs.get(record.pk, ()))
        near = {study.pk: study for pk in others for study in studies.get(pk, ())}
        found.append(Unlinked(record, label, [waiting[pk] for pk in others if pk in waiting], list(near.values())))
    return found


def _related_pairs(review: Review) -> dict[int, set[int]]:
    """Record id -> ids of the records that a person judged related to it."""
    rows = Judgement.objects.filter(Q(answer=Answer.RELATED), review=review, lifted_at__isnull=True)
    found: dict[int, set[int]] = {}
    for first, second in rows.values_list("first_id", "second_id"):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found
