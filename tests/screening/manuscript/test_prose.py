"""Which numbers of a text are found, and what of the flow they are held against."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manuscript.prose import missing, numbers_in

BOXES = {
    "dbr_identified": 814,
    "records_screened": 598,
    "duplicates": 216,
    "new_studies": 8,
    "new_reports": 8,
    "dbr_assessed": 12_345,
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We found 814 records.", [814]),
        ("(n = 814) and n=598", [814, 598]),
        ("12,345 reports, 12 345 reports, 12\u202f345 reports, 12'345 reports", [12_345] * 4),
        ("814, 598 and 216", [814, 598, 216]),
        ("a kappa of 0.81 (95 % CI 0.70-0.92), 45% and 12.5 %", []),
        ("pages 233-241, doi 10.1000/182, version 5.2, COVID-19, p<0.05", []),
        ("We included eight studies told of in two full reports", [8, 2]),
        ("one of the eight authors", []),
        ("Forty-four records, twenty-one of the reports and seventy duplicates", [44, 21, 70]),
        ("forty-ninth studies", []),
        ("Eight of 598.", [598]),
        ("In 2022, 814 were found", [2022, 814]),
        ("", []),
        ("共檢索到814篇，納入8篇", [814, 8]),
        ("Of these, eight were included and twelve met the criteria; two reviewers judged.", [8, 12]),
        ("One thousand two hundred and thirty-four records; a hundred and four reports", [1234, 104]),
        ("Twelve thousand, three hundred forty-five records were found.", [12_345]),
        ("Agreement was substantial (κ = 0·61; 26·5% of 598; 12 per cent).", [598]),
        ("Table 1 and Figures 2 and 3 show the 8 studies [12, 14–16] of Phase 2.", [8]),
        ("Searched on 15 August 2022 and Jan. 13, 2025 for the last 20 years with EndNote 21", [2022, 2025]),
        ("of 12\u2009345 (n\u2009=\u2009814), 598 (73.5%) remained.", [12_345, 814, 598]),
        ("Excluded: 216/598 (36%), 8/12,345 and 1,234 / 12,345.", [216, 598, 8, 12_345, 1234, 12_345]),
        ("12/10/2022, 05/2023, 2021/2022, 24/7, 3/4, 10.1000/182, http://x.org/814/900, v1/12, km/h", []),
        ("Von 12.345 Volltexten wurden 8 eingeschlossen; p = 0.123, OR 1.234, 12.345 %, 12.345.678", [12_345, 8]),
    ],
)
def test_whole_numbers_are_found_and_parts_of_others_are_not(text: str, found: list[int]) -> None:
    assert [one.n for one in numbers_in(text, BOXES)] == found


def test_a_number_is_told_with_every_box_that_holds_it_or_as_unknown() -> None:
    found = numbers_in("In 2022 we found 814 records; 217 duplicates left 8.", BOXES)
    assert [(one.written, one.boxes, one.may_be_a_year, one.is_unknown) for one in found] == [
        ("2022", (), True, False),
        ("814", ("dbr_identified",), False, False),
        ("217", (), False, True),
        ("8", ("new_studies", "new_reports"), False, False),
    ]
    assert found[1].before.endswith("we found ")
    assert found[1].after.startswith(" records")


def test_the_words_around_a_number_are_whole() -> None:
    (found,) = numbers_in(f"{'Lorem ipsum dolor ' * 5}gave 814 records {'after a long search ' * 5}", BOXES)
    assert found.before == "… ipsum dolor Lorem ipsum dolor gave "
    assert found.after == " records after a long search after a …"


def test_a_number_that_the_text_leaves_out_is_named() -> None:
    found = numbers_in("We screened 598 records.", BOXES)
    assert missing(found, BOXES, ("records_screened", "dbr_identified", "other_identified")) == ["dbr_identified"]


@given(st.text("0123456789 ,.%n=()護-/’'", max_size=200))
def test_any_text_is_read_without_an_error_and_each_number_stands_where_it_is_said_to(text: str) -> None:
    for one in numbers_in(text, BOXES):
        assert one.before.removeprefix("… ") + one.written + one.after.removesuffix(" …") in text
