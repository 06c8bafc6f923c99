"""A computed field is arithmetic over what others hold, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.tables.computing import check_formulas, computed, names_in
from extraction.tables.fields import FormError, FormSpec, read_form

pytestmark = pytest.mark.once


def form(formula: str) -> FormSpec:
    fields = [
        {"key": "sample", "kind": "sample", "label": "Sample"},
        {"key": "a", "kind": "integer", "label": "A"},
        {"key": "b", "kind": "number", "label": "B"},
        {"key": "words", "kind": "text", "label": "Words"},
        {"key": "rate", "kind": "computed", "label": "Rate", "formula": formula},
    ]
    return read_form({"sections": [{"title": "S", "fields": fields}]})


@pytest.mark.parametrize(
    ("formula", "values", "shown"),
    [
        ("sample.responded / sample.invited * 100", {"sample": {"invited": 855, "responded": 265}}, "30.9942"),
        ("a + b", {"a": 2, "b": {"n": "0.5", "unit": ""}}, "2.5"),
        ("-(a - 10) / 4", {"a": 2}, "2"),
        ("max(a, b.n, 3) + min(a, 1) + sum(a, a)", {"a": 2, "b": {"n": "7"}}, "12"),
        ("a * 1000000", {"a": 123456789}, "123456789000000"),
        ("a / sample.invited", {"a": 1, "sample": {"invited": 0}}, None),
        ("a / sample.invited", {"a": 1, "sample": {"invited": None}}, None),
        ("a", {}, None),
    ],
)
def test_i43_a_formula_is_computed_from_what_is_held(formula: str, values: dict[str, Any], shown: str | None) -> None:
    check_formulas(form(formula))
    assert computed(form(formula), values).get("rate") == shown


@pytest.mark.parametrize(
    "formula",
    [
        "", "a +", "a ** 9", "__import__('os')", "a.b.c", "words", "rate", "nothing", "sample", "sample.unit", "a if a else 1", "sum()",
        "[a]", "'x'", "True", "a // 2", "sum(a, start=1)", "9" * 400, "(" * 200 + "a" + ")" * 200,
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_over_fields_is_refused_with_a_sentence(formula: str) -> None:
    with pytest.raises(FormError, match="Rate"):
        check_formulas(form(formula))


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_sums_and_products_are_exact(a: int, b: int, c: int) -> None:
    worth = computed(form("a * 3 + b.n - a / 1"), {"a": a, "b": {"n": str(b)}})["rate"]
    assert Decimal(worth) == a * 2 + b
    share = computed(form("a / b.n"), {"a": a, "b": {"n": str(c)}})["rate"]
    assert abs(Decimal(share) - Decimal(a) / c) <= abs(Decimal(a) / c) * Decimal("0.00001")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(formula: str) -> None:
    try:
        names = names_in(formula)
    except FormError as refusal:
        assert str(refusal)  # noqa: PT017  a text is a formula or has its sentence
    else:
        assert all(key.isidentifier() for key, _ in names)
