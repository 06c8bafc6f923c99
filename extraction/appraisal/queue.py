"""Reads of the appraisal: instruments in use, and what was settled of each included study with its totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extraction.appraisal.scoring import Score, Total, answer_of, domain_totals, has_total, items, scores_of, total
from extraction.consensus.queue import SettledValue, settled_values
from extraction.entries.overview import Row, rows_of
from extraction.entries.queue import included_studies
from extraction.tables.fields import FormSpec, read_form
from extraction.tables.models import Form, FormKind
from extraction.tables.queue import forms_of, published_version
from screening.reviews.models import Membership, Review


@dataclass(frozen=True, slots=True)
class Appraised:
    """A study of which every answer stands. ``total`` is None where the instrument has none."""

    study_id: int
    label: str
    scores: list[Score]
    domains: list[tuple[str, Total]]
    total: Total | None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """An instrument in use with the studies that are settled."""

    form: Form
    spec: FormSpec
    settled: list[Appraised]


@dataclass(frozen=True, slots=True)
class Line:
    """An included study on the page of the appraisal: where it stands for this member, and what is settled."""

    row: Row
    appraised: Appraised | None


def appraisals_of(review: Review) -> list[Appraisal]:
    """Every published instrument in use with the included studies that are settled, by label (I43, I47)."""
    studies = list(included_studies(review).values_list("pk", "label"))
    found = []
    for form in forms_of(review, FormKind.APPRAISAL):
        version = published_version(form)
        if version is None:
            continue
        spec = read_form(version.content)
        told = settled_values(review, form, with_quotes=False)
        values = {study: _answers(spec, fields) for study, fields in told.items()}
        settled = [
            Appraised(
                pk,
                label,
                scores_of(items(spec), spec, values[pk]),
                domain_totals(spec, values[pk]),
                total(spec, values[pk]) if has_total(spec) else None,
            )
            for pk, label in studies
            if pk in values
        ]
        found.append(Appraisal(form, spec, settled))
    return found


def _answers(spec: FormSpec, told: Mapping[str, SettledValue]) -> dict[str, Any]:
    found = ((one, told.get(one.key)) for one in spec.fields)
    return {one.key: answer_of(one, said.status, said.value) for one, said in found if said is not None}


def lines_of(member: Membership, appraisal: Appraisal) -> list[Line]:
    """Every included study with the instrument, as this member may see it."""
    settled = {one.study_id: one for one in appraisal.settled}
    return [Line(row, settled.get(row.study.pk)) for row in rows_of(member, appraisal.form)]
