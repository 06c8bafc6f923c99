"""Sentences about the studies, held against what was extracted; and what asks for a second look."""

from __future__ import annotations

import pytest

from extraction.synthesis.claims import Checked, check
from extraction.synthesis.summary import Column, Facts, counted, facts, notices, size

pytestmark = pytest.mark.once

FACTS = Facts(studies=8, years=(2008, 2021), samples=(6, 265), countries=("CA", "DE", "GB", "US"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Published from 2004 to 2021.", [("Years of publication", "2004 to 2021", "2008 to 2021", False)]),
        ("2008–2021 年發表", [("Years of publication", "2008 to 2021", "2008 to 2021", True)]),
        ("samples from 6 to 855 people", [("Sample sizes", "6 to 855", "6 to 265", False)]),
        (
            "Eight eligible studies from 4 countries",
            [("Included studies", "8", "8", True), ("Countries", "4", "4", True)],
        ),
        ("1,200 studies", [("Included studies", "1200", "8", False)]),
        ("pages 6 to 855", []),
        ("a mean of 3.5 to 4.2 participants", []),
        ("", []),
    ],
)
def test_what_a_text_says_of_the_studies_is_held_against_them(
    text: str, found: list[tuple[str, str, str, bool]]
) -> None:
    assert [(one.what, one.written, one.derived, one.agrees) for one in check(text, FACTS)] == found


def test_where_nothing_was_extracted_a_text_is_neither_right_nor_wrong() -> None:
    assert check("from 2004 to 2021", Facts(studies=0)) == [Checked("Years of publication", "2004 to 2021", "")]
    assert check("from 2004 to 2021", Facts(studies=0))[0].agrees is None


@pytest.mark.parametrize(
    ("sample", "n"),
    [
        (None, None),
        ({}, None),
        ({"invited": 855}, None),
        ({"invited": 855, "responded": 265}, 265),
        ({"responded": 60, "analysed": 58}, 58),
        ({"analysed": 0}, 0),
    ],
)
def test_a_sample_is_as_large_as_the_last_number_that_is_given(sample: dict[str, int] | None, n: int | None) -> None:
    assert size(sample) == n


def column(**values: object) -> Column:
    return Column("sample", "sample", "Sample", values)


def test_people_invited_are_not_taken_for_people_studied() -> None:
    (told,) = notices([column(Christiaanse={"invited": 855})])
    assert "855 is the number invited" in told.sentence
    (told,) = notices([column(Christiaanse={"invited": 855, "responded": 265})])
    assert "265 of 855 invited answered (31 %)" in told.sentence


def test_studies_without_a_sample_are_named_and_more_than_there_were_is_told() -> None:
    assert notices([column(Yarris=None)])[0].sentence == "Yarris has no sample size."
    assert (
        "20 analysed of 10 enrolled is more than there were"
        in notices([column(One={"enrolled": 10, "analysed": 20})])[0].sentence
    )
    assert notices([column(One={"enrolled": 20, "analysed": 10})]) == []


def test_ranges_and_countries_come_from_the_studies() -> None:
    columns = [
        Column("year", "year", "Year", {"A": 2008, "B": 2021, "C": None}),
        Column("region", "country", "Region", {"A": "US", "B": "GB", "C": None}),
        Column("sample", "sample", "Sample", {"A": {"analysed": 6}, "B": None, "C": {"analysed": 14}}),
    ]
    assert facts(columns, 3) == Facts(3, (2008, 2021), (6, 14), ("GB", "US"))
    assert facts([], 0) == Facts(0)


def test_choices_are_counted_with_their_studies() -> None:
    one = Column("methods", "choices", "Methods", {"A": ["interview", "survey"], "B": ["interview"], "C": None})
    assert counted(one) == [("interview", ("A", "B")), ("survey", ("A",))]
