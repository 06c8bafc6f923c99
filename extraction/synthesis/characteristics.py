"""Table 2 of a review: what was settled of each included study, field by field, and the columns from which facts are derived."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.consensus.queue import SettledValue, settled_values
from extraction.entries.queue import included_studies
from extraction.synthesis.summary import Column
from extraction.tables.computing import computed
from extraction.tables.fields import Field, FormSpec, read_form
from extraction.tables.meaning import shown
from extraction.tables.models import Form, FormKind, FormVersion
from screening.exports.exported import ExportRecord
from screening.exports.queue import LISTS, chosen, exported_records
from screening.manuscript.tables import Table, citation
from screening.reviews.models import Review
from screening.studies.models import StudyReport

STATUS_WORDS = {
    "not_reported": "not reported",
    "unclear": "unclear",
    "not_applicable": "not applicable",
    "assumed": "assumed",
}
#: Kinds of field that say the same of every study that has them, under one name.
_SAME = {"countries": "country", "choices": "choice"}

Told = Mapping[str, SettledValue]


@dataclass(frozen=True, slots=True)
class Derived:
    """The columns of all tables, and how many studies are included."""

    columns: list[Column]
    studies: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One form with what is settled, and the reports of each study."""

    form: Form
    spec: FormSpec
    told: Mapping[int, Told]
    studies: Sequence[tuple[int, str]]
    reports: Mapping[int, Sequence[ExportRecord]]


def tables_of(review: Review) -> list[Table]:
    """A table for each form of facts that has a settled study; studies by label, fields in the order of the form."""
    return told_of(review)[0]


def told_of(review: Review, kinds: Collection[str] | None = None) -> tuple[list[Table], Derived]:
    """The tables, and the columns behind years, countries, choices and samples, from one read of the values; ``kinds`` of field that are
    read, else all."""
    studies, reports = list(included_studies(review).values_list("pk", "label")), _reports(review)
    sheets = _sheets(review, studies, reports, kinds)
    years = Column("year", "year", "Year", {label: _year(reports.get(pk, ())) for pk, label in studies})
    told = [_column(sheet, one) for sheet in sheets for one in sheet.spec.fields if not one.is_automatic]
    return [_table(sheet) for sheet in sheets], Derived([years, *told], len(years.values))


def _sheets(
    review: Review,
    studies: Sequence[tuple[int, str]],
    reports: Mapping[int, list[ExportRecord]],
    kinds: Collection[str] | None,
) -> list[_Sheet]:
    found = []
    for form in Form.objects.filter(review=review, kind=FormKind.TABLE, retired_at__isnull=True):
        version = FormVersion.objects.filter(form=form, published_at__isnull=False).order_by("-number").first()
        if version is None:
            continue
        spec = _narrowed(read_form(version.content), kinds)
        keys = None if kinds is None else [one.key for one in spec.fields]
        if told := settled_values(review, form, with_quotes=False, fields=keys):
            settled = [(pk, label) for pk, label in studies if pk in told]
            found.append(_Sheet(form, spec, told, settled, reports))
    return found


def _narrowed(spec: FormSpec, kinds: Collection[str] | None) -> FormSpec:
    if kinds is None:
        return spec
    kept = [replace(part, fields=tuple(one for one in part.fields if one.kind in kinds)) for part in spec.sections]
    return replace(spec, sections=tuple(kept))


def _reports(review: Review) -> dict[int, list[ExportRecord]]:
    """The included reports of each study, the earliest first."""
    told = {one.number: one for one in exported_records(chosen(review, LISTS["included"][1]))}
    found: dict[int, list[ExportRecord]] = {}
    for study, number in StudyReport.objects.filter(review=review).values_list("study_id", "record__number"):
        if number in told:
            found.setdefault(study, []).append(told[number])
    return {study: sorted(reports, key=lambda one: (one.year or 9999, one.number)) for study, reports in found.items()}


def _table(sheet: _Sheet) -> Table:
    fields = sheet.spec.fields
    rows = tuple((label, *(_cell(sheet, one, pk) for one in fields)) for pk, label in sheet.studies)
    name = f"characteristics-{sheet.form.pk}"
    return Table(name, sheet.form.name, ("Study", *(one.label for one in fields)), rows)


def _cell(sheet: _Sheet, one: Field, study: int) -> str:
    if one.kind == "reference":
        return " ".join(citation(report) for report in sheet.reports.get(study, ()))
    if one.kind == "record_year":
        return str(_year(sheet.reports.get(study, ())) or "")
    if one.kind == "computed":
        return computed(sheet.spec, {key: said.value for key, said in sheet.told[study].items()}).get(one.key, "")
    told = sheet.told[study].get(one.key)
    if told is None:
        return ""
    value = shown(one, told.value)
    said = STATUS_WORDS.get(told.status, "")
    return f"{value} ({said})" if value and said else value or said


def _year(reports: Sequence[ExportRecord]) -> int | None:
    """The year of the earliest report."""
    return next((report.year for report in reports if report.year), None)


def _column(sheet: _Sheet, one: Field) -> Column:
    values = {label: _value(sheet, one, pk) for pk, label in sheet.studies}
    return Column(one.key, _SAME.get(one.kind, one.kind), one.label, values)


def _value(sheet: _Sheet, one: Field, study: int) -> Any:
    """The value from which facts are derived: choices and countries in words, several of them as a list."""
    told = sheet.told[study].get(one.key)
    if told is None or told.value is None:
        return None
    if one.kind in ("choices", "countries"):
        return [shown(one, [each]) for each in told.value]
    return shown(one, told.value) if one.kind in ("choice", "country") else told.value
