"""Which report a PDF is, by its file name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.fulltexts.filenames import Sought, key, matches

REPORTS = [
    Sought(1, "Teaching clinicians to read a forest plot: a randomised comparison", "10.1000/tlp.233", "Okafor", 2019),
    Sought(2, "Teaching clinicians to read a funnel plot", "10.1000/tlp.2334", "Lindqvist", 2021),
    Sought(3, "醫學教育研究參與之障礙", "", "王小明", 2018),
    Sought(
        4, "Motivation of hospital physicians for research: interviews", "10.1186/s12909-017-0256-y", "Müller", 2017
    ),
]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("10.1000_tlp.233.pdf", 1),
        ("10.1000-tlp.2334.PDF", 2),
        ("10.1000%2Ftlp.233.pdf", 1),
        ("https___doi.org_10.1000_tlp.233.pdf", 1),
        ("doi 10.1000 tlp.233 (1).pdf", 1),
    ],
)
def test_a_file_named_by_its_doi_is_sure(name: str, number: int) -> None:
    assert [(one.number, one.is_sure) for one in matches(name, REPORTS)] == [(number, True)]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("okafor 2019 forest plot.pdf", 1),
        ("Teaching_clinicians_to_read_a_funnel_plot.pdf", 2),
        ("王小明 2018 醫學教育研究參與之障礙.pdf", 3),
        ("s12909-017-0256-y.pdf", 4),
        ("10.1000_tlp.233_accepted manuscript.pdf", 1),
        ("Muller 2017 - Motivation of hospital physicians.pdf", 4),
    ],
)
def test_words_of_the_title_or_a_part_of_the_doi_are_likely_and_wait_for_a_person(name: str, number: int) -> None:
    first = matches(name, REPORTS)[0]
    assert (first.number, first.is_likely, first.is_sure) == (number, True, False)


@pytest.mark.parametrize("name", ["scan0001.pdf", "research.pdf", ".pdf", "2019.pdf", "10.1000_tlp.2.pdf"])
def test_a_name_that_says_little_is_no_match(name: str) -> None:
    assert not [one for one in matches(name, REPORTS) if one.is_likely]


def test_an_author_and_a_year_offer_the_report_without_choosing_it() -> None:
    found = matches("okafor2019.pdf", REPORTS)
    assert [one.number for one in found] == [1]
    assert not found[0].is_likely


def test_a_doi_that_two_reports_share_is_not_sure() -> None:
    twins = [Sought(1, doi="10.1000/tlp.233"), Sought(2, doi="10.1000/tlp.233")]
    assert [(one.number, one.is_sure) for one in matches("10.1000_tlp.233.pdf", twins)] == [(1, False), (2, False)]


@given(st.text(max_size=60))
def test_any_name_gives_at_most_three_matches_in_falling_order(name: str) -> None:
    scores = [one.score for one in matches(name, REPORTS)]
    assert len(scores) <= 3
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)


@given(st.text(max_size=40))
def test_a_key_of_a_key_is_itself(text: str) -> None:
    assert key(key(text)) == key(text)
