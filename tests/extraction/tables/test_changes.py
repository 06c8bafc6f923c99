"""What a later version changes is told field by field; what is not told has not changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.tables.building import move_field, move_section, remove_field
from extraction.tables.changes import added, differences, meaning_changed
from extraction.tables.fields import Field, FormSpec, Option, Section, ShowIf

pytestmark = pytest.mark.once

AIM = Field("aim", "text", "Aim")
DESIGN = Field("design", "choice", "Design", options=(Option("a", "Trial", 1), Option("b", "Survey")))
SIZE = Field("size", "number", "Size", unit="mg")
OLD = FormSpec((Section("One", "", (AIM, DESIGN)), Section("Two", "", (SIZE,))))


def changed(*fields: Field) -> list[tuple[str, str, bool]]:
    """(label, what, touches) where the first section has these fields."""
    new = replace(OLD, sections=(Section("One", "", fields), *OLD.sections[1:]))
    return [(one.label, "; ".join(one.what), one.touches) for one in differences(OLD, new)]


@pytest.mark.parametrize(
    ("one", "what", "touches"),
    [
        (replace(AIM, label="Main aim"), "It was called “Aim”", True),
        (replace(AIM, help="In a line"), "Other help", False),
        (
            replace(AIM, required=True, evidence=True),
            "Must now be answered; Must now be pinned to words of a report",
            False,
        ),
        (replace(AIM, unit="mg", tolerance=0.5), "Unit: none, now mg; Tolerance: none, now 0.5", True),
        (replace(AIM, show_if=ShowIf("design", ("a",))), "Now asked only under a condition", True),
        (replace(AIM, kind="computed", formula="1"), "Another kind of field; Formula: none, now 1", False),
    ],
)
def test_a_changed_field_is_told_in_words(one: Field, what: str, touches: bool) -> None:
    assert changed(one, DESIGN) == [(one.label, what, touches)]


def test_answers_are_told_one_by_one() -> None:
    options = (Option("a", "RCT", 2), Option("c", "Cohort"))
    words = "New answer: Cohort; Answer removed: Survey; The answer “Trial” is now “RCT”; Other points for “RCT”"
    assert changed(AIM, replace(DESIGN, options=options)) == [("Design", words, True)]


def test_new_and_removed_fields_and_another_order_are_told() -> None:
    new = Field("new", "text", "New one")
    assert changed(DESIGN, new) == [("New one", "New", True), ("Aim", "Removed; what was entered is kept", False)]
    assert changed(DESIGN, AIM) == [("Order", "The fields stand in another order", False)]
    moved = differences(OLD, move_field(OLD, "size", up=True))
    assert [(one.label, one.what) for one in moved] == [("Size", ("Moved from “Two”",))]
    assert [one.label for one in differences(OLD, move_section(OLD, 1, up=True))] == ["Sections", "Order"]
    assert [one.label for one in differences(OLD, replace(OLD, scoring={"total": "sum"}))] == ["Scoring"]


STEPS = st.lists(st.sampled_from(["up aim", "down aim", "up size", "drop aim", "drop size", "section"]), max_size=6)


@given(STEPS)
def test_nothing_is_told_exactly_where_nothing_changed_and_every_touch_is_told(steps: list[str]) -> None:
    new = OLD
    for step in steps:
        what, _, key = step.partition(" ")
        new = (
            remove_field(new, key)
            if what == "drop"
            else move_field(new, key, up=what == "up")
            if key
            else move_section(new, 0, up=False)
        )
    told = differences(OLD, new)
    assert (told == []) == (new == OLD)
    assert {one.key for one in told if one.touches} == meaning_changed(OLD, new) | added(OLD, new)
