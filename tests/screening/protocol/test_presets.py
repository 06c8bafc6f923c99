"""The presets that ship."""

from __future__ import annotations

import pytest

from screening.imports.publication_types import CANONICAL_TYPES
from screening.protocol.forms import TYPES
from screening.protocol.models import Criterion, Facet
from screening.protocol.presets import MEDICAL_EDUCATION, PRESETS, Preset

every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)


def test_the_medical_education_preset_has_the_seven_criteria_of_table_1_in_order() -> None:
    rows = MEDICAL_EDUCATION.criteria
    assert [row.key for row in rows] == [
        "population",
        "focus",
        "publication_type",
        "language",
        "study_design",
        "timeframe",
        "scope",
    ]
    assert [row.key for row in rows if row.direction == "exclude"] == ["scope"]


def test_its_hints_name_the_languages_years_and_types() -> None:
    rules = {row.key: row.rule for row in MEDICAL_EDUCATION.criteria}
    assert rules["language"] == {"languages": ["en", "zh"]}
    assert rules["timeframe"] == {"years": [2002, 2024]}
    assert rules["publication_type"]["types_in"] == ["journal_article"]
    assert all(not rules[key] for key in ("population", "focus", "study_design", "scope"))


@pytest.mark.django_db
@every_preset
def test_every_row_is_a_valid_criterion_with_a_facet_of_its_own(preset: Preset) -> None:
    for order, row in enumerate(preset.criteria, start=1):
        assert row.key in Facet.values
        criterion = Criterion(
            key=row.key,
            facet=row.key,
            label=row.label,
            question=row.question,
            met_when=row.met_when,
            not_met_when=row.not_met_when,
            direction=row.direction,
            order=order,
            rule=row.rule,
        )
        criterion.full_clean(exclude=["version"])


@every_preset
def test_the_types_of_every_hint_are_types_that_imports_can_yield(preset: Preset) -> None:
    for row in preset.criteria:
        assert {*row.rule.get("types_in", []), *row.rule.get("types_out", [])} <= set(CANONICAL_TYPES)


def test_every_type_that_the_form_offers_is_one_that_imports_can_yield() -> None:
    assert set(TYPES) <= set(CANONICAL_TYPES)
