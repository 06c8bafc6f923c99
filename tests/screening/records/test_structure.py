"""Structured abstracts: every way in which databases give their headings, and plain text that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.records.structure import parts_of


@pytest.mark.parametrize(
    ("abstract", "headings"),
    [
        ("AIMS: Few do. METHODS: We asked. RESULTS: Many (5). CONCLUSIONS: So.", ["AIMS", "METHODS", "RESULTS", "CONCLUSIONS"]),
        ("Background: x. Methods: y. Main Outcomes and Measures: z.", ["Background", "Methods", "Main Outcomes and Measures"]),
        ("Aim: x. Design/methodology/approach: y. Originality/value: z.", ["Aim", "Design/methodology/approach", "Originality/value"]),
        ("BackgroundThe aim was.MethodsWe asked. ResultsA total of 5", ["Background", "Methods", "Results"]),
        ("Background\nFew do.\nMethods\r\nWe asked.", ["Background", "Methods"]),
        ("【目的】探討參與。【方法】問卷。【結論】可行。", ["目的", "方法", "結論"]),
        ("目的 探讨。方法 选取100例。结果 好。结论 行。", ["目的", "方法", "结果", "结论"]),
        ("目的：探討。 資料與方法：問卷。", ["目的", "資料與方法"]),
        ("[Objective] x [Methods] y", ["Objective"]),
        ("Objetivo: x. Métodos: y. Resultados: z.", ["Objetivo", "Métodos", "Resultados"]),
        ("Introduction. Few do. RESULTS: many", ["", "RESULTS"]),
        ("One: two.\n\nThree.", ["", ""]),
        ("A plain text. Design is hard. Results show that methods matter.", [""]),
        ("在方法上，結果顯示差異。目的地", [""]),
        ("They said: no time", [""]),
        ("", []),
    ],
)  # fmt: skip
def test_an_abstract_is_set_in_its_parts(abstract: str, headings: list[str]) -> None:
    assert [part.heading for part in parts_of(abstract)] == headings


def test_a_part_keeps_its_words() -> None:
    parts = parts_of("Some lines before. METHODS: We asked: who? RESULTS:None")
    assert [(part.heading, part.text) for part in parts] == [
        ("", "Some lines before."), ("METHODS", "We asked: who?"), ("RESULTS", "None"),
    ]  # fmt: skip


@given(st.text(st.sampled_from("ABab .:\n目的方法【】"), max_size=60) | st.text(max_size=60))
def test_no_letter_of_an_abstract_is_lost(abstract: str) -> None:
    kept = "".join(part.heading + part.text for part in parts_of(abstract))
    assert [one for one in abstract if one.isalnum()] == [one for one in kept if one.isalnum()]
