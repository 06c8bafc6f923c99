"""IM7, IM8: what metadata suggest about a criterion, as truth tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.protocol.hints import UNKNOWN, Facts, Hint, hint
from screening.protocol.presets import MEDICAL_EDUCATION

MET, NOT_MET = "met", "not_met"
ENGLISH_OR_CHINESE = {"languages": ["en", "zh"]}
YEARS = {"years": [2002, 2024]}
TYPES = {"types_in": ["journal_article"], "types_out": ["conference_paper", "editorial"]}


def answer(rule: dict[str, Any], facts: Facts) -> str:
    return hint(rule, facts).answer


@pytest.mark.parametrize(
    ("languages", "inferred", "wanted"),
    [
        (("en",), False, MET),
        (("zh",), False, MET),
        (("de", "en"), False, MET),
        (("de",), False, NOT_MET),
        (("de", "fr"), False, NOT_MET),
        ((), False, UNKNOWN),
        (("zh",), True, UNKNOWN),
        (("ja",), True, UNKNOWN),
    ],
)
def test_im8_one_accepted_language_meets_and_a_missing_or_guessed_one_is_unknown(
    languages: tuple[str, ...], inferred: bool, wanted: str
) -> None:
    facts = Facts(languages=languages, language_inferred=inferred, raw_languages=() if inferred else languages)
    assert answer(ENGLISH_OR_CHINESE, facts) == wanted


@pytest.mark.parametrize(
    ("bounds", "year", "early", "wanted"),
    [
        ([2002, 2024], 2002, None, MET),
        ([2002, 2024], 2024, None, MET),
        ([2002, 2024], 2001, None, NOT_MET),
        ([2002, 2024], 2025, None, NOT_MET),
        ([2002, 2024], None, None, UNKNOWN),
        ([2002, 2024], None, 2010, UNKNOWN),
        ([2002, 2024], 2025, 2024, UNKNOWN),
        ([2002, 2024], 2002, 2001, UNKNOWN),
        ([2002, 2024], 2025, 2001, UNKNOWN),
        ([2002, 2024], 2024, 2023, MET),
        ([2002, 2024], 2026, 2025, NOT_MET),
        ([2002, None], 2050, None, MET),
        ([2002, None], 2001, None, NOT_MET),
        ([None, 2024], 1900, None, MET),
        ([None, 2024], 2025, 2025, NOT_MET),
    ],
)
def test_im8_both_bounds_belong_to_the_timeframe_and_years_on_two_sides_of_one_are_unknown(
    bounds: list[int | None], year: int | None, early: int | None, wanted: str
) -> None:
    assert answer({"years": bounds}, Facts(year=year, year_early=early)) == wanted


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (("journal_article",), MET),
        (("journal_article", "review"), MET),
        (("editorial",), NOT_MET),
        (("editorial", "conference_paper"), NOT_MET),
        (("editorial", "review"), NOT_MET),
        (("journal_article", "conference_paper"), UNKNOWN),
        (("review",), UNKNOWN),
        ((), UNKNOWN),
    ],
)
def test_im8_an_excluded_type_alone_fails_an_accepted_one_alone_meets_both_or_neither_say_nothing(
    types: tuple[str, ...], wanted: str
) -> None:
    assert answer(TYPES, Facts(types=types, raw_types=types)) == wanted


@pytest.mark.parametrize("rule", [{}, {"languages": []}, {"years": None}, {"types_in": [], "types_out": []}, {"x": 1}])
def test_a_rule_that_asks_nothing_says_nothing(rule: dict[str, Any]) -> None:
    facts = Facts(languages=("en",), raw_languages=("eng",), year=2010, types=("editorial",), raw_types=("Editorial",))
    assert hint(rule, facts) == Hint(UNKNOWN, "", "")


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (Facts(languages=("en",), year=2010), MET),
        (Facts(languages=("de",), year=2010), NOT_MET),
        (Facts(languages=("en",), year=1990), NOT_MET),
        (Facts(languages=("de",)), NOT_MET),
        (Facts(languages=("en",)), UNKNOWN),
        (Facts(), UNKNOWN),
    ],
)
def test_a_rule_of_two_parts_fails_with_either_and_is_met_with_both(facts: Facts, wanted: str) -> None:
    assert answer(ENGLISH_OR_CHINESE | YEARS, facts) == wanted


@pytest.mark.parametrize(
    ("rule", "facts", "sentence"),
    [
        (ENGLISH_OR_CHINESE, Facts(languages=("en",), raw_languages=("eng",)), "Suggests met: “eng”."),
        (ENGLISH_OR_CHINESE, Facts(languages=("de",), raw_languages=("German",)), "Suggests not met: “German”."),
        (YEARS, Facts(year=2010, raw_year="2010//"), "Suggests met: 2010."),
        (YEARS, Facts(year=2025, year_early=2024), "Not known: year 2025, online 2024."),
        (YEARS, Facts(raw_year="n.d."), "Not known: year “n.d.”."),
        (TYPES, Facts(types=("editorial",), raw_types=("JOUR", "Editorial")), "Suggests not met: “JOUR”, “Editorial”."),
        (TYPES, Facts(raw_types=("JOUR",)), "Not known: publication type “JOUR”."),
        (TYPES, Facts(), ""),
        (
            ENGLISH_OR_CHINESE,
            Facts(languages=("zh",), language_inferred=True),
            "Not known: language “zh” by its script only.",
        ),
        (
            TYPES,
            Facts(types=("journal_article",), raw_types=("Journal Article", "B", "C", "D", "E")),
            "Suggests met: “Journal Article”, “B”, “C” and 2 more.",
        ),
    ],
)
def test_im7_the_sentence_holds_the_raw_words_as_evidence(rule: dict[str, Any], facts: Facts, sentence: str) -> None:
    assert hint(rule, facts).sentence == sentence


LANGUAGES = st.lists(st.sampled_from(["en", "zh", "de", "ja"]), max_size=3).map(tuple)
YEAR = st.none() | st.integers(1990, 2030)
CANONICAL = st.lists(st.sampled_from(["journal_article", "editorial", "conference_paper", "review"]), max_size=4)
FACTS = st.builds(
    Facts,
    languages=LANGUAGES,
    language_inferred=st.booleans(),
    year=YEAR,
    year_early=YEAR,
    types=CANONICAL.map(tuple),
)
RULE = st.sampled_from([criterion.rule for criterion in MEDICAL_EDUCATION.criteria])


@given(RULE, FACTS)
def test_im8_nothing_missing_or_guessed_ever_fails_a_criterion_of_the_preset(
    rule: dict[str, Any], facts: Facts
) -> None:
    told = hint(rule, facts)
    known = {
        "languages": bool(facts.languages) and not facts.language_inferred,
        "years": facts.year is not None,
        "types_in": bool(facts.types),
    }
    if not any(known.get(name, False) for name in rule):
        assert told.answer == UNKNOWN
    assert told.answer in (MET, NOT_MET, UNKNOWN)
    assert bool(told.sentence) or told.answer == UNKNOWN
