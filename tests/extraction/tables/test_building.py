"""Sections and fields are moved about without one being lost; answers keep their keys when a word is mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.tables.building import (
    add_section,
    edit_section,
    lines_of,
    move_field,
    move_section,
    new_key,
    options_from,
    put_field,
    remove_field,
    remove_section,
)
from extraction.tables.fields import Field, FormError, FormSpec, ShowIf, read_form, written

pytestmark = pytest.mark.once


def spec() -> FormSpec:
    made = add_section(add_section(FormSpec(()), "One"), "Two", "Help")
    for place, keys in enumerate(("abc", "d")):
        for key in keys:
            made = put_field(made, Field(key, "text", key.upper()), place)
    return made


def order(made: FormSpec) -> str:
    return "|".join("".join(one.key for one in part.fields) for part in made.sections)


@pytest.mark.parametrize(
    ("key", "up", "expected"),
    [("b", True, "bac|d"), ("c", False, "ab|cd"), ("d", True, "abcd|"), ("a", True, "abc|d"), ("d", False, "abc|d"),
     ("z", True, "abc|d")],
)  # fmt: skip
def test_a_field_moves_one_place_and_over_the_edge_of_its_section(key: str, up: bool, expected: str) -> None:
    assert order(move_field(spec(), key, up=up)) == expected


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=30))
def test_moving_loses_no_field_and_the_form_reads_back(moves: list[tuple[str, bool]]) -> None:
    made = spec()
    for key, up in moves:
        made = move_field(made, key, up=up)
    assert Counter(order(made)) == Counter(order(spec()))
    assert read_form(written(made)) == made


def test_sections_are_named_moved_and_removed_when_empty() -> None:
    made = move_section(edit_section(spec(), 1, "Second"), 1, up=True)
    assert [part.title for part in made.sections] == ["Second", "One"]
    assert move_section(made, 0, up=True) == made
    with pytest.raises(FormError, match="first"):
        remove_section(made, 0)
    assert len(remove_section(remove_field(made, "d"), 0).sections) == 1
    wrongs: tuple[Callable[[], FormSpec], ...] = (
        lambda: edit_section(made, 0, " "),
        lambda: remove_section(made, 7),
        lambda: move_section(made, -1, up=True),
    )
    for wrong in wrongs:
        with pytest.raises(FormError):
            wrong()


def test_a_field_on_which_another_rests_is_not_removed() -> None:
    asked = put_field(spec(), Field("b", "text", "B", show_if=ShowIf("a", ())))
    computed = put_field(spec(), Field("b", "computed", "B", formula="a + 1"))
    for made in (asked, computed):
        assert order(made) == "abc|d"
        with pytest.raises(FormError, match="“B” depends"):
            remove_field(made, "a")


def test_answers_keep_their_keys_when_a_word_is_mended() -> None:
    first = options_from("Survey | 1\nInterveiw|1.5\nNot asked | n/a")
    assert [(one.key, one.score, one.not_applicable) for one in first] == [
        ("survey", 1, False), ("interveiw", 1.5, False), ("not_asked", None, True),
    ]  # fmt: skip
    assert options_from(lines_of(first), first) == first
    mended = options_from("Survey | 1\nInterview | 1.5\nNot asked | n/a", first)
    assert [one.key for one in mended] == ["survey", "interveiw", "not_asked"]
    moved = options_from("Not asked\nSurvey\nTrial", first)
    assert [one.key for one in moved] == ["not_asked", "survey", "trial"]
    with pytest.raises(FormError):
        options_from("A\na")


@pytest.mark.parametrize(
    ("label", "key"),
    [("Mean age", "mean_age"), ("Größe", "grosse"), ("2021?", "field_2021"), ("年齢", "field"), ("Aim", "aim_2")],
)
def test_a_label_gives_a_key_that_no_field_ever_had(label: str, key: str) -> None:
    assert new_key(label, {"aim"}) == key
