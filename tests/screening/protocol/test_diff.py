"""What changed between two versions of a protocol."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from screening.protocol.diff import Difference, differences


def version(*keys: str, mode: str = "dual", **wording: str) -> dict[str, Any]:
    rows = [{"key": key, "label": key.capitalize(), "met_when": wording.get(key, "as before")} for key in keys]
    return {"stage_rules": {"ta_mode": mode}, "criteria": rows}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.kind, one.key) for one in differences(old, new)]


def test_equal_versions_differ_in_nothing() -> None:
    assert differences(version("a", "b"), version("a", "b")) == []


def test_added_and_deleted_criteria_are_told_without_calling_the_others_moved() -> None:
    assert told(version("a", "b", "c"), version("b", "x", "c")) == [("added", "x"), ("deleted", "a")]


def test_a_changed_wording_gives_the_old_and_the_new_text() -> None:
    assert differences(version("a", a="2002 to 2022"), version("a", a="2002 to 2024")) == [
        Difference("changed", "a", "A", "met_when", "2002 to 2022", "2002 to 2024")
    ]


def test_a_swap_moves_both() -> None:
    found = differences(version("a", "b"), version("b", "a"))
    assert [(one.key, one.old, one.new) for one in found] == [("b", 2, 1), ("a", 1, 2)]
    assert {one.kind for one in found} == {"moved"}


def test_a_changed_stage_rule_is_told() -> None:
    assert differences(version("a"), version("a", mode="single")) == [
        Difference("rule", "ta_mode", "ta_mode", "ta_mode", "dual", "single")
    ]


keys = st.lists(st.sampled_from("abcdefg"), unique=True)


@given(keys, keys)
def test_adding_the_added_and_deleting_the_deleted_gives_the_new_set(old: list[str], new: list[str]) -> None:
    found = differences(version(*old), version(*new))
    added = {one.key for one in found if one.kind == "added"}
    deleted = {one.key for one in found if one.kind == "deleted"}
    assert (set(old) | added) - deleted == set(new)
    assert (not found) == (old == new)
