"""A form with a circle of conditions, one question twice or words too long is told so in one sentence; any other passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.tables.checking import flaw
from extraction.tables.fields import Field, FormSpec, Option, Section, ShowIf
from extraction.tables.presets import preset, presets

pytestmark = pytest.mark.once

AIM = Field("aim", "text", "Aim")
SIZE = Field("size", "text", "Size")


def form(*fields: Field, title: str = "Study") -> FormSpec:
    return FormSpec((Section(title, "", fields),))


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            form(replace(AIM, show_if=ShowIf("size", ())), replace(SIZE, show_if=ShowIf("aim", ()))),
            "“Aim” rests on “Size”, “Size” rests on “Aim”: nobody",
        ),
        (form(AIM, replace(SIZE, label=" AIM")), "Two fields of “Study” are called"),
        (form(AIM, replace(SIZE, label="Aim"), title=""), "Two fields of one section"),
        (form(AIM, title="x" * 201), "title of a section has 201 letters; 200 are the most"),
        (form(replace(AIM, help="x" * 2001)), "help of “Aim” has 2,001"),
        (form(replace(AIM, unit="x" * 41)), "unit of “Aim”"),
        (form(replace(AIM, columns=("x" * 201,))), "A column of “Aim”"),
        (form(replace(AIM, options=(Option("a", "x" * 201),))), "An answer of “Aim”"),
    ],
)
def test_what_keeps_a_form_from_being_used_is_one_sentence(spec: FormSpec, sentence: str) -> None:
    assert sentence in flaw(spec)
    assert flaw(spec).endswith(".")


def test_sound_forms_pass_and_one_label_may_stand_in_two_sections() -> None:
    assert [flaw(preset(key)) for key in presets()] == ["", ""]
    assert flaw(FormSpec((*form(AIM).sections, *form(replace(SIZE, label="Aim")).sections))) == ""


@given(st.lists(st.integers(0, 7), min_size=8, max_size=8))
def test_conditions_are_refused_exactly_where_they_end_in_a_circle(rests_on: list[int]) -> None:
    fields = [
        Field(f"f{n}", "text", f"F {n}", show_if=None if n == other else ShowIf(f"f{other}", ()))
        for n, other in enumerate(rests_on)
    ]
    assert bool(flaw(form(*fields))) == any(not _ends(n, rests_on) for n in range(8))


def _ends(at: int, rests_on: list[int]) -> bool:
    for _ in range(9):
        if rests_on[at] == at:
            return True
        at = rests_on[at]
    return False
