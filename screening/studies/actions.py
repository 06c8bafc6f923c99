"""Grouping included reports into studies. Nothing here moves a report box (I34)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.records.changes import log_changes
from screening.records.models import ChangeOf, Record
from screening.reviews.models import Membership, ReviewKind
from screening.studies import linked
from screening.studies.labels import suggest_label
from screening.studies.models import Study, StudyReport
from screening.studies.queue import included_records, without_study


def _included(*, member: Membership, record: Record) -> None:
    if not included_records(member.review_id).filter(record_id=record.pk).exists():
        raise NotAllowedNow("Only included reports belong to a study.", rule="I33")


@transaction.atomic
def create_study(
    *, member: Membership, label: str, records: Collection[Record] = (), of_previous_version: bool = False
) -> Study:
    """A new study of these included reports. Labels are unique in a review; only an update has studies ``of_previous_version``."""
    if not label.strip():
        raise NotAllowedNow("A study needs a label, such as the first author and the year.")
    if of_previous_version:
        _refuse_unless_update(member)
    try:
        with transaction.atomic():
            study = Study.objects.create(
                review_id=member.review_id, label=label.strip()[:120], of_previous_version=of_previous_version
            )
    except IntegrityError as clash:
        raise NotAllowedNow(
            f"There is a study called {label.strip()} already. Choose another label, or link the report to it."
        ) from clash
    after = {"of_previous_version": True} if of_previous_version else None
    subject = ("study", study.pk, study.label)
    audit(verb="create study", review_id=member.review_id, actor=member.user, subject=subject, after=after)
    for record in records:
        link_report(member=member, study=study, record=record)
    return study


@transaction.atomic
def study_per_report(*, member: Membership) -> list[Study]:
    """A study of its own for each included report without one, labelled by first author and year."""
    made: list[Study] = []
    taken = list(Study.objects.filter(review_id=member.review_id).values_list("label", flat=True))
    for item in without_study(member.review_id).select_related("record").order_by("record__number"):
        record = item.record
        label = suggest_label(authors=record.authors, year=record.year, title=record.title, taken=taken)
        taken.append(label)
        made.append(create_study(member=member, label=label, records=[record]))
    if not made:
        raise NotAllowedNow("Every included report belongs to a study already. Nothing was changed.")
    return made


@transaction.atomic
def link_report(*, member: Membership, study: Study, record: Record) -> None:
    """The report tells of the study."""
    _included(member=member, record=record)
    _, made = StudyReport.objects.get_or_create(review_id=member.review_id, study=study, record=record)
    if made:
        _tell(member=member, verb="link report to study", study=study, record=record)


@transaction.atomic
def unlink_report(*, member: Membership, study: Study, record: Record) -> None:
    """The report does not tell of the study after all."""
    gone, _ = StudyReport.objects.filter(study=study, record=record).delete()
    if gone:
        _tell(member=member, verb="unlink report from study", study=study, record=record)


def _tell(*, member: Membership, verb: str, study: Study, record: Record) -> None:
    _log_studies(member.review_id, [record.pk])
    audit(
        verb=verb,
        review_id=member.review_id,
        actor=member.user,
        subject=("study", study.pk, study.label),
        after={"record": record.number},
    )


def _log_studies(review_id: int, records: Collection[int]) -> None:
    """Write down of which studies each of these reports tells now (I8)."""
    told: dict[int, tuple[set[int], set[int]]] = {pk: (set(), set()) for pk in records}
    links = StudyReport.objects.filter(record_id__in=records).values_list(
        "record_id", "study_id", "study__of_previous_version"
    )
    for record_id, study_id, is_known in links:
        told[record_id][is_known].add(study_id)
    values = [(pk, linked.written(new, known)) for pk, (new, known) in told.items()]
    log_changes(review_id=review_id, fact=ChangeOf.STUDY, values=values)


@transaction.atomic
def mark_of_previous_version(*, member: Membership, study: Study, value: bool) -> None:
    """Say whether the previous version of the review included the study already: then it is counted there, and not as new."""
    if value:
        _refuse_unless_update(member)
    _mark(member=member, study=study, value=value)


def _refuse_unless_update(member: Membership) -> None:
    if member.review.kind != ReviewKind.UPDATE:
        raise NotAllowedNow(
            "Only an update of a published review has studies of a previous version. The settings say what kind of review this is.",
            rule="R9",
        )


def _mark(*, member: Membership, study: Study, value: bool) -> None:
    if not Study.objects.filter(pk=study.pk, of_previous_version=not value).update(of_previous_version=value):
        return
    _log_studies(member.review_id, list(study.study_reports.values_list("record_id", flat=True)))
    audit(
        verb="say version of study", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label),
        before={"of_previous_version": not value}, after={"of_previous_version": value},
    )  # fmt: skip


@transaction.atomic
def rename_study(*, member: Membership, study: Study, label: str) -> None:
    """Another label for the same study."""
    before = study.label
    if not label.strip():
        raise NotAllowedNow("A study needs a label.")
    try:
        with transaction.atomic():
            Study.objects.filter(pk=study.pk).update(label=label.strip()[:120])
    except IntegrityError as clash:
        raise NotAllowedNow(f"There is a study called {label.strip()} already.") from clash
    audit(
        verb="rename study",
        review_id=member.review_id,
        actor=member.user,
        subject=("study", study.pk, label),
        before=before,
        after=label,
    )


@transaction.atomic
def merge_studies(*, member: Membership, kept: Study, other: Study) -> None:
    """Two studies are one: the reports of ``other`` go to ``kept``, which is of the previous version where either is."""
    if kept.pk == other.pk:
        raise NotAllowedNow("Choose two different studies to merge.")
    if Study.objects.filter(pk=other.pk, of_previous_version=True).exists():
        _mark(member=member, study=kept, value=True)
    for link in StudyReport.objects.filter(study=other).select_related("record"):
        StudyReport.objects.get_or_create(review_id=member.review_id, study=kept, record=link.record)
    labels = {"kept": kept.label, "merged": other.label}
    records = list(Record.objects.filter(study_reports__study=other))
    _remove(other, "it cannot be merged into another. Merge the other study into it instead.")
    for record in records:
        _tell(member=member, verb="link report to study", study=kept, record=record)
    audit(
        verb="merge studies",
        review_id=member.review_id,
        actor=member.user,
        subject=("study", kept.pk, kept.label),
        after=labels,
    )


@transaction.atomic
def delete_study(*, member: Membership, study: Study) -> None:
    """Only an empty study can be deleted."""
    if study.study_reports.exists():
        raise NotAllowedNow("This study still has reports. Unlink or merge them first.")
    audit(verb="delete study", review_id=member.review_id, actor=member.user, subject=("study", study.pk, study.label))
    _remove(study, "it cannot be deleted. Without reports it is left out of every count and table.")


def _remove(study: Study, otherwise: str) -> None:
    """Delete a study. Raises NotAllowedNow where later steps hold work on it, which nothing may lose."""
    try:
        study.delete()
    except ProtectedError as kept:
        raise NotAllowedNow(f"{study.label} has been extracted, coded or given texts, so {otherwise}") from kept
