"""Studies, and the included reports that tell of each."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Id, Number, RecordNumber
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.records.models import Record
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies import queue
from screening.studies.actions import (
    create_study,
    delete_study,
    link_report,
    mark_of_previous_version,
    merge_studies,
    rename_study,
    study_per_report,
    unlink_report,
)
from screening.studies.models import Study

router = Router()
AT = "/reviews/{slug}/studies"


class StudyShown(Schema):
    """A study; ``counts`` is true where an included report tells of it. ``reports`` are numbers of records.

    In an update, one ``of_previous_version`` is counted there and not among the new studies.
    """

    id: int
    label: str
    of_previous_version: bool
    counts: bool
    reports: list[int]


class Studies(Schema):
    """Every study by label, and the included reports without one."""

    items: list[StudyShown]
    without_study: list[int]


class LabelSent(Sent):
    """What a study is called, such as first author and year."""

    label: str = Field(min_length=1, max_length=120, pattern=r"\S")


class StudySent(LabelSent):
    """A new study of these reports."""

    records: Annotated[list[Number], Field(max_length=1000)] = []
    of_previous_version: bool = Field(False, description="In an update: the previous version included it already.")


class StudyVersionSent(Sent):
    """Whether the study is one of the previous version of the review."""

    of_previous_version: bool


class OtherSent(Sent):
    """The id of a study that is the same as this one."""

    other: Number


class ReportSent(Sent):
    """The report of a record."""

    record: Number


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=Studies)
def list_studies(request: HttpRequest, member: Membership) -> Studies:
    """Every study, and what still lacks one."""
    return _all(member)


@opens(router, "POST", AT, Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE, status=201)
def create_one_study(request: HttpRequest, member: Membership, sent: StudySent) -> StudyShown:
    """A new study of included reports."""
    included = queue.included_records(member.review_id).values("record_id")
    found = list(Record.objects.filter(review=member.review, pk__in=included, number__in=sent.records))
    missing = sorted(set(sent.records) - {record.number for record in found})
    if missing:
        raise BadInput(f"records: record {missing[0]} is no included report. Only included reports belong to a study.")
    made = create_study(member=member, label=sent.label, records=found, of_previous_version=sent.of_previous_version)
    return _one(member, made.pk)


@opens(router, "POST", f"{AT}/each", Permission.LINK_STUDIES, gives=Studies, scope=Scope.MANAGE)
def create_study_per_report(request: HttpRequest, member: Membership) -> Studies:
    """A study of its own for each included report that has none."""
    study_per_report(member=member)
    return _all(member)


@opens(router, "PUT", f"{AT}/{{study_id}}", Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE)
def rename_one_study(request: HttpRequest, member: Membership, study_id: Id, sent: LabelSent) -> StudyShown:
    """Another label."""
    rename_study(member=member, study=_study(member, study_id), label=sent.label)
    return _one(member, study_id)


@opens(router, "PUT", f"{AT}/{{study_id}}/version", Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE)
def say_version_of_study(request: HttpRequest, member: Membership, study_id: Id, sent: StudyVersionSent) -> StudyShown:
    """Whether the previous version of the review included the study already: then it is not counted among the new ones."""
    mark_of_previous_version(member=member, study=_study(member, study_id), value=sent.of_previous_version)
    return _one(member, study_id)


@opens(router, "POST", f"{AT}/{{study_id}}/merge", Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE)
def merge_one_study(request: HttpRequest, member: Membership, study_id: Id, sent: OtherSent) -> StudyShown:
    """The reports of another study are of this one, and the other is deleted."""
    kept, other = _study(member, study_id), Study.objects.filter(review=member.review, pk=sent.other).first()
    if other is None:
        raise BadInput("other: there is no study of this id.")
    merge_studies(member=member, kept=kept, other=other)
    return _one(member, study_id)


@opens(router, "DELETE", f"{AT}/{{study_id}}", Permission.LINK_STUDIES, gives=None, scope=Scope.MANAGE, status=204)
def delete_one_study(request: HttpRequest, member: Membership, study_id: Id) -> None:
    """Delete a study without reports."""
    delete_study(member=member, study=_study(member, study_id))


@opens(router, "POST", f"{AT}/{{study_id}}/reports", Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE)
def link_one_report(request: HttpRequest, member: Membership, study_id: Id, sent: ReportSent) -> StudyShown:
    """A report tells of the study."""
    link_report(member=member, study=_study(member, study_id), record=_record(member, sent.record))
    return _one(member, study_id)


@opens(
    router, "DELETE", f"{AT}/{{study_id}}/reports/{{number}}", Permission.LINK_STUDIES, gives=StudyShown, scope=Scope.MANAGE
)  # fmt: skip
def unlink_one_report(request: HttpRequest, member: Membership, study_id: Id, number: RecordNumber) -> StudyShown:
    """The report does not tell of the study after all."""
    unlink_report(member=member, study=_study(member, study_id), record=_record(member, number))
    return _one(member, study_id)


def _study(member: Membership, study_id: int) -> Study:
    return get_object_or_404(Study, pk=study_id, review=member.review)


def _record(member: Membership, number: int) -> Record:
    return get_object_or_404(Record, review=member.review, number=number, standing__isnull=False)


def _all(member: Membership) -> Studies:
    waiting = queue.without_study(member.review_id).order_by("record__number")
    return Studies(
        items=[_shown(row) for row in queue.studies_of(member.review)],
        without_study=list(waiting.values_list("record__number", flat=True)),
    )


def _one(member: Membership, study_id: int) -> StudyShown:
    return next(_shown(row) for row in queue.studies_of(member.review) if row.study.pk == study_id)


def _shown(row: queue.StudyRow) -> StudyShown:
    reports = [report.record.number for report in row.reports]
    return StudyShown(
        id=row.study.pk, label=row.study.label, of_previous_version=row.study.of_previous_version, counts=row.counts,
        reports=reports,
    )  # fmt: skip
