"""A form gets remarks on what it would do better; the presets get none but those that are true of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.tables.fields import Field, FormSpec, Option, Section, ShowIf
from extraction.tables.linting import remarks
from extraction.tables.presets import preset

pytestmark = pytest.mark.once

HEAD = (Field("r", "reference", "Reference"), Field("y", "record_year", "Year"))
DESIGN = Field("d", "choice", "Design", required=True, options=(Option("a", "A"), Option("b", "B")))


def form(*fields: Field) -> FormSpec:
    return FormSpec((Section("S", "", (*HEAD, DESIGN, *fields)),))


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (Field("x", "text", "Country of the study"), "“Country”"),
        (Field("x", "integer", "Sample size"), "“Sample”"),
        (Field("x", "number", "Response rate", unit="%"), "n of N"),
        (Field("x", "text", "DOI"), "Web address"),
        (Field("x", "number", "Dose"), "has no unit"),
        (replace(DESIGN, key="x", label="X", options=DESIGN.options[:1]), "one answer only"),
        (replace(DESIGN, key="x", label="X", options=(Option("a", "A"), Option("u", "Unclear"))), "every field offers"),
        (Field("x", "text", "X", show_if=ShowIf("d", ("gone",))), "no longer has"),
        (Field("x", "computed", "X", formula="nothing + 1"), "cannot be published so"),
    ],
)
def test_a_remark_is_one_sentence_on_its_field(one: Field, sentence: str) -> None:
    found = remarks(form(one))
    assert [(each.key, sentence in each.sentence) for each in found] == [("x", True)]


def test_remarks_on_the_whole_form_and_across_sections() -> None:
    bare = FormSpec(
        (
            Section("Empty"),
            Section("S", "", (Field("a", "text", "A", show_if=ShowIf("b", ())), Field("b", "text", "B"))),
        )
    )
    told = [(one.key, one.sentence) for one in remarks(bare)]
    assert [key for key, _ in told] == ["", "", "", "", "a"]
    assert "asked after it" in told[-1][1]
    twice = FormSpec((*form().sections, Section("T", "", (Field("e", "text", "design "),))))
    assert [one.key for one in remarks(twice)] == ["e"]


def test_the_presets_and_a_sound_form_get_no_remark() -> None:
    assert remarks(form()) == remarks(preset("study-characteristics")) == remarks(preset("general")) == []
