"""Names called with an @, and what stands in their place where names are masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.conflicts.mentions import called, masked

TEAM = {1: "Alice Archer", 2: "Bob Baker", 3: "Bob Brown", 4: "陈卡罗", 5: "İsmet Strauß"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Alice, please", {1}),
        ("@alice archer and @BOB BROWN", {1, 3}),
        ("@Bob", set()),
        ("@Bob Baker's note", {2}),
        ("@陈卡罗请看", {4}),
        ("@İsmet!", {5}),
        ("mail alice@archer.example", set()),
        ("@Alicent", set()),
        ("Alice said so", set()),
        ("", set()),
    ],
)
def test_who_is_called(text: str, who: set[int]) -> None:
    assert called(text, TEAM) == who


def test_i30_a_called_name_becomes_its_mask_and_anybody_elses_becomes_nobodys() -> None:
    masks = {1: "Reviewer B", 2: "Reviewer A"}
    text = "@Bob Baker and @alice: what would @Bob, @Bob Brown or @陈卡罗 say?"
    found = masked(text, TEAM, masks)
    assert found == "@Reviewer A and @Reviewer B: what would @a colleague, @a colleague or @a colleague say?"


@given(
    st.lists(st.sampled_from([*(f"@{name}" for name in TEAM.values()), "@Bob", "@Alice", " ", "so", "!"]), max_size=12)
)
def test_i30_no_called_name_is_left_in_a_masked_text(parts: list[str]) -> None:
    found = masked(" ".join(parts), TEAM, {2: "Reviewer A", 3: "Reviewer B"})
    assert called(found, TEAM) == set()
    assert not any(name in found for name in TEAM.values())


def test_without_members_nothing_is_called() -> None:
    assert called("@Alice", {}) == set()
    assert masked("@Alice", {}, {}) == "@Alice"
