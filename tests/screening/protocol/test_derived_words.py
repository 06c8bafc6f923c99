"""Words that the criteria suggest: phrases of Table 1, offered and never taken by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from screening.protocol.derived_words import derive, phrases
from screening.protocol.presets import PRESETS
from screening.protocol.words import read_words


@dataclass(frozen=True)
class Row:
    """A criterion as far as words go."""

    met_when: str = ""
    not_met_when: str = ""


def test_phrases_are_cut_at_signs_and_small_words_and_find_the_plural_too() -> None:
    text = "Health professionals (clinicians, educators) who take part in studies"
    assert list(phrases(text)) == ["health professional*", "clinician*", "educator*", "take", "stud*"]


def test_a_long_stretch_is_offered_word_by_word() -> None:
    assert list(phrases("randomised controlled crossover trials")) == [
        "randomised",
        "controlled",
        "crossover",
        "trial*",
    ]


def test_numbers_and_single_letters_are_no_words() -> None:
    assert list(phrases("published 2002 to 2024, a b")) == []


def test_chinese_is_cut_at_its_small_words_and_signs() -> None:
    assert list(phrases("探討醫學教育研究的參與，或護理人員")) == ["探討醫學教育研究", "參與", "護理人員"]


def test_what_stands_on_both_sides_tells_nothing() -> None:
    found = derive([Row("Clinicians in training", "Students in training"), Row("nurses", "NURSES and patients")])
    assert found.speaks_for == ["clinician*"]
    assert found.speaks_against == ["student*", "patient*"]


def test_every_preset_gives_lists_that_can_be_read() -> None:
    for preset in PRESETS.values():
        found = derive(preset.criteria)
        assert found.speaks_for, preset.name
        for side in (found.speaks_for, found.speaks_against):
            assert read_words("\n".join(side)) == side
