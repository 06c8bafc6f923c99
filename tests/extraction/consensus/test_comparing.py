"""Two entries are compared by what they say, not by how it was typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.consensus.comparing import agree, compare, same
from extraction.entries.filling import Said, missing
from extraction.tables.fields import Field, read_form

pytestmark = pytest.mark.once

STATUSES = st.sampled_from(["reported", "not_reported", "unclear", "not_applicable", "assumed"])
TEXT, COUNT = Field("a", "text", "A"), Field("b", "integer", "B", tolerance=1)
SAID = st.builds(Said, STATUSES, st.one_of(st.none(), st.text(max_size=8)), st.text(max_size=3))

SPEC = read_form(
    {
        "sections": [
            {
                "title": "S",
                "fields": [
                    {"key": "blind", "kind": "boolean", "label": "Blinded", "required": True},
                    {"key": "how", "kind": "text", "label": "How", "required": True, "evidence": True,
                     "show_if": {"field": "blind", "values": ["true"]}},
                ],
            }
        ]
    }
)  # fmt: skip


@given(SAID, SAID)
def test_comparison_is_reflexive_and_symmetrical(first: Said, second: Said) -> None:
    assert same(TEXT, first, first)
    assert same(TEXT, first, second) == same(TEXT, second, first)


@given(st.text(min_size=1, max_size=12).filter(str.strip), st.text(max_size=5))
def test_white_space_and_notes_make_no_difference(text: str, note: str) -> None:
    assert same(TEXT, Said(value=text), Said(value=f"  {text} ", note=note))


@given(st.integers(-99, 99), st.integers(-3, 3))
def test_numbers_are_equal_within_the_tolerance_of_the_field(number: int, off: int) -> None:
    assert same(COUNT, Said(value=number), Said(value=number + off)) == (abs(off) <= 1)


def test_a_status_is_part_of_what_is_said() -> None:
    assert not same(TEXT, Said("unclear", "x"), Said("reported", "x"))
    assert same(TEXT, Said("not_reported", "x"), Said("not_reported"))
    assert not same(TEXT, Said(value=None), Said(value="x"))


def test_a_field_that_is_hidden_from_one_is_compared_as_unsaid_there() -> None:
    asked = {"blind": Said(value=True), "how": Said(value="Sealed envelopes")}
    hidden = {"blind": Said(value=False), "how": Said(value="Sealed envelopes")}
    assert [(pair.field.key, pair.is_equal) for pair in compare(SPEC, asked, hidden)] == [
        ("blind", False),
        ("how", False),
    ]
    assert agree(compare(SPEC, hidden, hidden))


def lacks(said: dict[str, Any], *pinned: str) -> list[str]:
    return [one.key for one in missing(SPEC, said, pinned)]


def test_what_is_required_or_to_be_pinned_is_missing_only_where_it_is_asked() -> None:
    yes = {"blind": Said(value=True)}
    assert lacks({}) == ["blind"]
    assert lacks({"blind": Said(value=False)}) == []
    assert lacks(yes) == ["how"]
    assert lacks(yes | {"how": Said(value="Envelopes")}) == ["how"]
    assert lacks(yes | {"how": Said(value="Envelopes")}, "how") == []
    assert lacks(yes | {"how": Said("not_reported")}) == []
    assert lacks(yes | {"how": Said("assumed", "Envelopes")}) == ["how"]
