"""The matrix of studies and themes: what is counted, and what is never added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.synthesis.matrix import Link, Matrix, Study, Theme, Total, build, lettered, together

pytestmark = pytest.mark.once

STUDIES = [Study(1, "Archibald 2017"), Study(2, "Tavakol 2008"), Study(3, "Yarris 2014")]
THEMES = [
    Theme(1, "Time", "barrier", "environmental"),
    Theme(2, "Mentors", "facilitator", "interpersonal"),
    Theme(3, "Senior mentors", parent=2),
    Theme(4, "Skills", "facilitator", "individual"),
    Theme(5, "Luck"),
]
links = st.builds(Link, st.integers(1, 4), st.integers(1, 6), st.integers(1, 12))


def by_name(matrix: Matrix) -> dict[str, tuple[tuple[int, ...], Total]]:
    return {row.theme.name: (row.quotes, row.total) for row in matrix.rows}


def test_a_cell_counts_quotes_and_a_total_tells_studies_and_quotes_apart() -> None:
    matrix = build(STUDIES, THEMES, [Link(1, 1, 1), Link(1, 1, 2), Link(2, 1, 3), Link(1, 4, 1)])
    assert by_name(matrix)["Time"] == ((2, 1, 0), Total(studies=2, quotes=3))
    assert matrix.themes_of == (2, 1, 0)
    assert matrix.quotes_of == (2, 1, 0)
    assert matrix.links == 3
    assert matrix.total == Total(studies=2, quotes=3)


def test_a_theme_speaks_for_those_below_it_without_counting_a_passage_twice() -> None:
    matrix = build(STUDIES, THEMES, [Link(1, 2, 1), Link(1, 3, 1), Link(2, 3, 2)])
    assert by_name(matrix)["Mentors"] == ((1, 1, 0), Total(2, 2))
    assert by_name(matrix)["Senior mentors"] == ((1, 1, 0), Total(2, 2))
    assert [row.depth for row in matrix.rows if "entors" in row.theme.name] == [0, 1]


def test_facilitators_come_before_barriers_and_what_has_no_direction_last() -> None:
    matrix = build(STUDIES, THEMES, [])
    assert [heading for heading, _ in matrix.directions] == ["Facilitators", "Barriers", "Themes"]
    assert [(group.direction, group.level) for group in matrix.groups] == [
        ("facilitator", "interpersonal"),
        ("facilitator", "individual"),
        ("barrier", "environmental"),
        ("", ""),
    ]


def test_themes_in_a_circle_still_have_one_row_each() -> None:
    circle = [Theme(1, "a", parent=2), Theme(2, "b", parent=1), Theme(3, "c")]
    assert sorted(row.theme.name for row in build(STUDIES, circle, [Link(1, 1, 1)]).rows) == ["a", "b", "c"]


@given(st.lists(links, max_size=40))
def test_i45_a_theme_is_as_frequent_as_the_distinct_studies_that_hold_it(given_links: list[Link]) -> None:
    matrix = build(STUDIES, THEMES, given_links)
    for row in matrix.rows:
        below = {row.theme.id} | ({3} if row.theme.id == 2 else set())
        said = {link.study for link in given_links if link.theme in below and link.study <= 3}
        assert row.total.studies == len(said) == sum(n > 0 for n in row.quotes)


@given(st.lists(links, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_links_and_repeated_links_change_nothing(given_links: list[Link], random: object) -> None:
    shuffled = list(given_links) * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert build(STUDIES, THEMES, shuffled) == build(STUDIES, THEMES, given_links)


@given(st.lists(links, max_size=40))
def test_i46_two_themes_merged_are_held_by_at_most_the_sum_and_at_least_the_more_frequent(
    given_links: list[Link],
) -> None:
    before = by_name(build(STUDIES, THEMES, given_links))
    merged = [Link(link.study, 1, link.segment) if link.theme == 4 else link for link in given_links]
    after = by_name(build(STUDIES, [theme for theme in THEMES if theme.id != 4], merged))["Time"][1].studies
    assert max(before["Time"][1].studies, before["Skills"][1].studies) <= after
    assert after <= before["Time"][1].studies + before["Skills"][1].studies


@given(st.lists(links, max_size=40))
def test_i47_a_study_that_is_taken_out_leaves_every_total(given_links: list[Link]) -> None:
    without = build(STUDIES[:2], THEMES, given_links)
    assert without == build(STUDIES[:2], THEMES, [link for link in given_links if link.study != 3])


def test_themes_that_meet_are_told_with_studies_and_passages() -> None:
    said = [Link(1, 1, 1), Link(1, 4, 1), Link(2, 1, 2), Link(2, 4, 3), Link(3, 5, 4)]
    met = together(build(STUDIES, THEMES, said), said)
    assert [(one.name, other.name, studies, passages) for one, other, studies, passages in met] == [
        ("Skills", "Time", 2, 1)
    ]


def test_each_study_has_a_sign_of_its_own() -> None:
    assert lettered(["Archibald 2017", "Tavakol 2008"]) == ["A", "T"]
    assert lettered(["Smith 2001", "Small 2002", "王 2003"]) == ["Smi", "Sma", "王"]
    assert lettered(["Lee 2001", "Lee 2002"]) == ["1", "2"]


@given(st.lists(st.text(max_size=4), max_size=8))
def test_signs_are_never_shared(labels: list[str]) -> None:
    signs = lettered(labels)
    assert len(signs) == len(labels) == len(set(signs))
