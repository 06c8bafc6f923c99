"""What people type becomes a value or one sentence; two values that say the same are the same."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.tables.fields import KINDS, Field, FormError, Option, read_form, written
from extraction.tables.meaning import equal, is_visible, shown
from extraction.tables.presets import preset, presets
from extraction.tables.values import PARTS, SAMPLE_PARTS, ValueRefused, clean, typed_of

pytestmark = pytest.mark.once

OPTIONS = (Option("survey", "Survey"), Option("talk", "Interview"))


def one(kind: str, **said: Any) -> Field:
    return Field("f", kind, "Sample", options=OPTIONS if kind.startswith("choice") else (), columns=("A", "B"), **said)


def typed(kind: str, said: Any) -> Any:
    """``said`` as the inputs of a field of this kind send it."""
    if isinstance(said, dict):
        return {f"f-{part}": [text] for part, text in said.items()}
    return {"f": said if isinstance(said, list) else [said]}


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("text", "  a  ", "a"),
        ("long", "", None),
        ("integer", "1,200", 1200),
        ("integer", "１２", 12),
        ("integer", "−4 000", -4000),
        ("number", {"n": "1e-5", "unit": ""}, {"n": "0.00001", "unit": ""}),
        ("year", "2021", 2021),
        ("number", {"n": "12.50", "unit": "mg"}, {"n": "12.50", "unit": "mg"}),
        ("number", {"n": "1,234.5", "unit": ""}, {"n": "1234.5", "unit": ""}),
        ("choice", "talk", "talk"),
        ("choices", ["talk", "survey", "talk"], ["survey", "talk"]),
        ("boolean", "false", False),
        ("country", "usa", "US"),
        ("countries", ["GB", "de"], ["DE", "GB"]),
        ("date", "2021-05-31", "2021-05-31"),
        ("url", "doi:10.1000/x", "https://doi.org/10.1000/x"),
        ("proportion", {"n": "265", "N": "855", "percent": "31%"}, {"n": 265, "N": 855, "percent": "31"}),
        (
            "sample",
            {"invited": "855", "note": "31 %"},
            dict.fromkeys(SAMPLE_PARTS) | {"invited": 855, "unit": "", "note": "31 %"},
        ),
        ("computed", "7", None),
        ("reference", "typed", None),
    ],
)
def test_what_is_typed_becomes_a_value(kind: str, said: Any, value: Any) -> None:
    assert clean(one(kind), typed(kind, said)) == value


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("integer", "many", "whole number"),
        ("year", "21", "four digits"),
        ("number", {"n": "NaN"}, "number with a point"),
        ("integer", "3,5", "whole number"),
        ("integer", "12,5 00", "whole number"),
        ("number", {"n": "1e99"}, "number with a point"),
        ("number", {"n": "1e9999999"}, "number with a point"),
        ("number", {"n": "1e-9999999"}, "number with a point"),
        ("number", {"n": "1_0"}, "number with a point"),
        ("number", {"unit": "kg"}, "number to which kg belongs"),
        ("sample", {"unit": "nurses"}, "how many nurses"),
        ("date", "2021-W05", "2021-05-31"),
        ("choice", "guess", "choose one of the answers"),
        ("boolean", "maybe", "yes or no"),
        ("country", "Atlantis" * 20, "no country of the list"),
        ("date", "31.5.2021", "2021-05-31"),
        ("url", "javascript:alert(1)", "https://"),
        ("proportion", {"n": "3", "N": "2"}, "more than all"),
        ("proportion", {"n": "237", "N": "855", "percent": "31"}, "is 28 %, not 31 %"),
        ("proportion", {"percent": "120"}, "between 0 and 100 per cent; this says 120"),
        ("proportion", {"percent": "many"}, "Sample, %: write a number from 0 to 100"),
        ("proportion", {"n": "3.5"}, "Sample, n: write a whole number"),
        ("proportion", {"n": "0", "N": "0", "percent": "50"}, "of 0 there is no share"),
        ("sample", {"invited": "10", "responded": "20"}, "20 responded is more than 10 invited"),
        ("sample", {"analysed": "-1"}, "not below 0"),
        ("sample", {"analysed": "some"}, "analysed: write a whole number"),
        ("long", "x" * 20_001, "at most 20,000"),
    ],
)
def test_what_is_no_value_gets_one_sentence(kind: str, said: Any, sentence: str) -> None:
    with pytest.raises(ValueRefused, match=sentence):
        clean(one(kind), typed(kind, said))


def test_a_table_keeps_rows_that_say_something() -> None:
    sent = {"f-0": ["a", "", "c"], "f-1": ["1", "", ""]}
    assert clean(one("table"), sent) == [["a", "1"], ["c", ""]]
    assert clean(one("table"), {}) is None


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=12), st.text(max_size=6))
def test_whatever_is_typed_is_a_value_or_a_sentence(kind: str, said: str, other: str) -> None:
    field = one(kind)
    names = [f"f-{part}" for part in PARTS.get(kind, ())] or ["f", "f-0", "f-1"]
    sent = {key: [said, other] for key in names}
    try:
        value = clean(field, sent)
    except ValueRefused:
        return
    assert isinstance(shown(field, value), str)
    assert equal(field, value, value)
    assert clean(field, typed_of(field, value)) == value


@pytest.mark.parametrize(
    ("kind", "first", "second", "same"),
    [
        ("text", "Café  AU lait", "cafe\u0301 au lait ", True),
        ("text", None, "", True),
        ("choices", ["a", "b"], ["b", "a"], True),
        ("integer", 60, 61, False),
        ("number", {"n": "1.50", "unit": "MG"}, {"n": "1.5", "unit": "mg"}, True),
        ("number", {"n": "1.5", "unit": "mg"}, {"n": "1.5", "unit": "g"}, False),
        ("sample", {"invited": 855, "note": ""}, {"invited": 855, "responded": None}, True),
        ("sample", {"invited": 855}, {"responded": 855}, False),
        ("table", [["A", "1"]], [["a ", "1"]], True),
    ],
)
def test_two_values_that_say_the_same_are_equal(kind: str, first: Any, second: Any, same: bool) -> None:
    assert equal(one(kind), first, second) is same
    assert equal(one(kind), second, first) is same


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12).filter(str.strip)
COUNTS = st.integers(0, 10**6)


def test_a_sample_is_read_like_a_sentence() -> None:
    told = {"invited": 855, "enrolled": None, "responded": 265, "analysed": None, "unit": "people", "note": "By post"}
    assert shown(one("sample"), told) == "855 people invited, 265 responded; By post"
    assert shown(one("sample"), told | {"unit": "", "note": ""}) == "855 invited, 265 responded"
    assert shown(one("sample"), {"note": "Not told"}) == "Not told"


#: Of each kind how people type a value, and how the same may be typed otherwise.
TYPED: dict[str, st.SearchStrategy[tuple[Any, Any]]] = {
    "text": WORDS.map(lambda said: (said, f"  {unicodedata.normalize('NFKC', said)} ")),
    "integer": COUNTS.map(lambda n: (str(n), f"{n:,}")),
    "number": st.builds(
        lambda n, unit: ({"n": f"{n}", "unit": unit}, {"n": f"{n:,}.0", "unit": f" {unit}"}), COUNTS, WORDS
    ),
    "choices": st.lists(st.sampled_from(["talk", "survey"])).map(lambda said: (said, said[::-1])),
    "countries": st.lists(st.sampled_from(["DE", "France", "uk"])).map(lambda said: (said, [*said[::-1], *said])),
    "country": st.sampled_from([("USA", "us"), ("Côte d'Ivoire", "cote d’ivoire"), ("DE", "Germany")]),
    "boolean": st.sampled_from([("true", " true ")]),
    "sample": st.builds(
        lambda n, note: ({"invited": f"{n}", "note": note}, {"invited": f"{n:,}", "note": f"{note} "}), COUNTS, WORDS
    ),
    "proportion": st.builds(
        lambda n, m: ({"n": f"{n}", "N": f"{n + m}"}, {"n": f"{n:,}", "N": f"{n + m:,}"}), COUNTS, COUNTS
    ),
}


@given(st.sampled_from(sorted(TYPED)), st.data())
def test_the_same_typed_otherwise_is_equal(kind: str, data: st.DataObject) -> None:
    field = one(kind)
    first, second = (clean(field, typed(kind, said)) for said in data.draw(TYPED[kind]))
    assert equal(field, first, second)
    assert equal(field, second, first)


@given(st.sampled_from(sorted(TYPED)), st.data())
def test_equality_is_reflexive_symmetrical_and_transitive_where_no_tolerance_is_given(
    kind: str, data: st.DataObject
) -> None:
    field = one(kind)
    a, b, c = (clean(field, typed(kind, data.draw(TYPED[kind])[0])) for _ in range(3))
    assert equal(field, a, a)
    assert equal(field, a, b) == equal(field, b, a)
    assert not (equal(field, a, b) and equal(field, b, c)) or equal(field, a, c)


@given(st.sampled_from(["integer", "number"]), COUNTS, COUNTS, st.integers(0, 1000))
def test_two_numbers_are_equal_exactly_within_the_tolerance_of_the_field(kind: str, a: int, b: int, by: int) -> None:
    field = one(kind, tolerance=float(by))
    first, second = ({"n": str(n), "unit": "mg"} if kind == "number" else n for n in (a, b))
    assert equal(field, first, second) == (abs(a - b) <= by)


def test_a_field_is_asked_where_its_condition_holds_all_the_way_up() -> None:
    spec = read_form(
        {"sections": [{"fields": [
            {"key": "a", "kind": "boolean", "label": "A"},
            {"key": "b", "kind": "text", "label": "B", "show_if": {"field": "a", "values": ["true"]}},
            {"key": "c", "kind": "text", "label": "C", "show_if": {"field": "b", "values": []}},
        ]}]}
    )  # fmt: skip
    assert [is_visible(spec, {"a": True, "b": "x"}, key) for key in "abc"] == [True, True, True]
    assert [is_visible(spec, {"a": False, "b": "x"}, key) for key in "abc"] == [True, False, False]
    assert not is_visible(spec, {}, "unknown")


def test_the_presets_are_forms_and_come_back_as_they_were_written() -> None:
    assert set(presets()) == {"study-characteristics", "general"}
    for key in presets():
        spec = preset(key)
        assert read_form(written(spec)) == spec
    with pytest.raises(KeyError):
        preset("../secret")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([{"key": "A b", "kind": "text", "label": "A"}], "needs a key"),
        ([{"key": "a", "kind": "magic", "label": "A"}], "unknown kind"),
        ([{"key": "a", "kind": "text", "label": ""}], "needs a label"),
        ([{"key": "a", "kind": "choice", "label": "A"}], "answers to choose from"),
        ([{"key": "a", "kind": "table", "label": "A"}], "headings of its columns"),
        ([{"key": "a", "kind": "text", "label": "A"}] * 2, "Two have the key"),
        ([{"key": "a", "kind": "text", "label": "A", "show_if": {"field": "b"}}], "depends on a field"),
        ([{"key": "a", "kind": "integer", "label": "A", "tolerance": -1}], "tolerance"),
        ([{"key": "a", "kind": "integer", "label": "A", "tolerance": float("inf")}], "tolerance"),
        ([{"key": "a", "kind": "choice", "label": "A", "options": 5}], "as a list"),
        ([{"key": "a", "kind": "table", "label": "A", "columns": 5}], "as a list"),
        (
            [{"key": "a", "kind": "choice", "label": "A", "options": [{"label": "x", "score": float("nan")}]}],
            "no number",
        ),
        ([{"key": "a", "kind": "choice", "label": "A", "options": [{"label": "x", "score": 10**400}]}], "no number"),
        ([{"key": "a", "kind": "text", "label": "A\x00"}], "cannot be kept"),
        ([{"key": "a", "kind": "text", "label": "A\ud800"}], "cannot be kept"),
        (["a"], "a key, a kind and a label"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(fields: list[Any], sentence: str) -> None:
    with pytest.raises(FormError, match=sentence):
        read_form({"sections": [{"fields": fields}]})


def test_answers_of_signs_alone_have_keys_of_their_own_and_a_scoring_is_a_mapping() -> None:
    signs = [{"key": "a", "kind": "choice", "label": "A", "options": ["+", "-"]}]
    spec = read_form({"sections": [{"fields": signs}]})
    assert len({option.key for option in spec.fields[0].options}) == 2
    with pytest.raises(FormError, match="scoring"):
        read_form({"sections": [], "scoring": [1]})


def test_the_depth_of_a_condition_never_ends_in_a_circle() -> None:
    fields = [{"key": "a", "kind": "text", "label": "A", "show_if": {"field": "b"}}]
    fields.append({"key": "b", "kind": "text", "label": "B", "show_if": {"field": "a"}})
    assert is_visible(read_form({"sections": [{"fields": fields}]}), {"a": "x", "b": "y"}, "a")
