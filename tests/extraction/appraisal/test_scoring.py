"""Instruments are read from YAML, and their totals are computed (I43) and stay within their range."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.appraisal.instruments import UNREADABLE, instruments, read_instrument
from extraction.appraisal.plot import PlotRow, draw
from extraction.appraisal.queue import Appraisal, Appraised
from extraction.appraisal.scoring import answer_of, domain_totals, has_total, items, points_of, score, scores_of, total
from extraction.appraisal.written import table_of
from extraction.tables.fields import FormError, FormSpec, read_form, written
from extraction.tables.models import Form

pytestmark = pytest.mark.once

MERSQI = instruments()["mersqi"].spec
NOS_E = instruments()["nos-e"].spec
QUESTIONS = b"""
id: ten-questions
name: Questions
source: Held by the team
scoring: {total: none}
domains:
  - title: All
    items:
      - text: Is there a clear aim?
        options: [Yes, No, Can't tell]
      - {text: "Do the methods fit?", options: [{label: Good, score: 2}, Poor], na: true}
"""


def extremes(spec: FormSpec, pick: Any) -> dict[str, str]:
    scored = {one.key: [option for option in one.options if option.score is not None] for one in items(spec)}
    return {key: pick(options, key=lambda option: option.score).key for key, options in scored.items()}


@pytest.mark.parametrize(("spec", "least", "most", "n"), [(MERSQI, 5, 18, 10), (NOS_E, 0, 6, 5)])
def test_the_instruments_have_the_published_number_of_items_and_range(
    spec: FormSpec, least: float, most: float, n: int
) -> None:
    lowest, highest = total(spec, extremes(spec, min)), total(spec, extremes(spec, max))
    assert (len(items(spec)), lowest.points, highest.points) == (n, least, most)
    assert (lowest.least, lowest.most, lowest.missing) == (least, most, 0)
    assert all(one.most <= 3 for _, one in domain_totals(spec, extremes(spec, max)))
    assert read_form(written(spec)) == spec


def test_i43_a_total_of_seven_and_a_half_is_not_told_of_answers_that_sum_to_nine_and_a_half() -> None:
    answers = {
        "design": "before_after", "institutions": "one", "response": "from_75", "data": "self", "structure": "told", "content": "none",
        "relations": "none", "appropriate": "fit", "complexity": "beyond", "outcome": "opinion",
    }  # fmt: skip
    assert total(MERSQI, answers).points == 9.5
    assert sum(one.points for _, one in domain_totals(MERSQI, answers)) == 9.5
    assert "total 9.5 of 18" in draw(
        [PlotRow("S", [score(one, answers[one.key]) for one in items(MERSQI)], total(MERSQI, answers))],
        items(MERSQI),
        title="T",
    )


def test_what_does_not_apply_counts_as_zero_or_leaves_the_range() -> None:
    answers = extremes(MERSQI, max) | {"response": "not_applicable"}
    told = total(MERSQI, answers)
    assert (told.points, told.most, told.least, told.not_applicable, told.is_complete) == (16.5, 18, 4.5, 1, True)
    content = written(MERSQI)
    content["scoring"]["na"] = "excluded"
    told = total(read_form(content), answers)
    assert (told.points, told.most, told.least, told.not_applicable) == (16.5, 16.5, 4.5, 1)
    field = MERSQI.field("response")
    other = MERSQI.field("design")
    assert field is not None
    assert other is not None
    assert answer_of(field, "not_applicable", None) == "not_applicable"
    assert answer_of(other, "not_applicable", None) is None
    assert answer_of(field, "reported", "from_50") == "from_50"


@given(st.data(), st.sampled_from([MERSQI, NOS_E]), st.booleans())
def test_i43_a_total_lies_within_its_range_and_is_the_sum_of_its_domains(
    data: st.DataObject, spec: FormSpec, excluded: bool
) -> None:
    content = written(spec)
    content["scoring"]["na"] = "excluded" if excluded else "as_zero"
    spec = read_form(content)
    answers = {
        one.key: data.draw(st.sampled_from([None, *(option.key for option in one.options)])) for one in items(spec)
    }
    told, parts = total(spec, answers), [one for _, one in domain_totals(spec, answers)]
    assert told.least <= told.points <= told.most <= sum(max(points_of(one)) for one in items(spec))
    assert told.points == sum(one.points for one in parts)
    assert told.missing == sum(value is None for value in answers.values()) == sum(one.missing for one in parts)


def test_an_instrument_without_a_total_is_read_and_drawn() -> None:
    found = read_instrument(QUESTIONS)
    first, second = items(found.spec)
    assert [option.label for option in first.options] == ["Yes", "No", "Can't tell"]
    assert second.options[-1].not_applicable
    assert not has_total(found.spec)
    drawing = draw(
        [PlotRow("A & B", [score(first, first.options[2].key), score(second, None)], None)],
        items(found.spec),
        title="T",
    )
    assert "A &amp; B" in drawing
    assert ">Can&apos;t<" in drawing or ">Can't<" in drawing
    assert "Total" not in drawing


ROUTED = b"""
id: routed
name: Routed
source: Made for this test
scoring: {total: sum, na: excluded}
domains:
  - title: Design
    items: [{key: design, text: "Which design?", options: [{key: words, label: Interviews}, {key: trial, label: Trial}, Both]}]
  - title: Interviews
    show_if: {item: design, is: [words, Both]}
    items: [{key: rich, text: "Rich?", options: [{key: "n", label: "No", score: 0}, {key: "y", label: "Yes", score: 1}]}]
  - title: Trials
    show_if: {item: design, is: [Trial, Both]}
    items:
      - {key: random, text: "Random?", options: [{key: "n", label: "No", score: 0}, {key: "y", label: "Yes", score: 2}]}
      - key: hidden
        text: "Concealed?"
        show_if: {item: random, is: ["Yes"]}
        options: [{key: "n", label: "No", score: 0}, {key: "y", label: "Yes", score: 1}]
"""


@pytest.mark.parametrize(
    ("answers", "points", "most", "missing", "asked"),
    [
        ({"design": "words", "rich": "y"}, 1, 1, 0, 2),
        ({"design": "words", "rich": "y", "random": "y", "hidden": "y"}, 1, 1, 0, 2),
        ({"design": "trial", "random": "y"}, 2, 2, 1, 3),
        ({"design": "trial", "random": "n", "rich": "y"}, 0, 2, 0, 2),
        ({"design": "both", "rich": "y", "random": "y", "hidden": "y"}, 4, 4, 0, 4),
        ({"rich": "y"}, 0, 0, 1, 1),
    ],
)
def test_an_item_of_another_design_is_neither_missing_nor_counted_whatever_was_answered_before(
    answers: dict[str, str], points: float, most: float, missing: int, asked: int
) -> None:
    spec = read_instrument(ROUTED).spec
    assert has_total(spec)
    told, scores = total(spec, answers), scores_of(items(spec), spec, answers)
    assert (told.points, told.most, told.missing, told.asked) == (points, most, missing, asked)
    assert sum(part.points for _, part in domain_totals(spec, answers)) == points
    shown = [one.field.key for one in scores if one.is_asked]
    drawing = draw([PlotRow("S", scores, told)], items(spec), title="T")
    assert drawing.count("<rect") == asked + 1, "the ground, and a cell for each item that is asked"
    row = table_of(
        Appraisal(Form(pk=1, name="F"), spec, [Appraised(1, "S", scores, domain_totals(spec, answers), told)])
    ).rows[0]
    assert [cell == "not asked of this study" for cell in row[1:5]] == [one.key not in shown for one in items(spec)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[", UNREADABLE),
        (b"\xff", UNREADABLE),
        (b"- a", UNREADABLE),
        (b"!!python/object/apply:os.system ['true']", UNREADABLE),
        (b"a: &x [1]\nb: *x", "without anchors"),
        (b"x: " + b"a" * 300_000, "larger than"),
        (b"id: A B\nname: x", "id of small letters"),
        (b"id: a\nname: x", "source"),
        (QUESTIONS.replace(b"total: none", b"total: sum"), "needs its score"),
        (QUESTIONS.replace(b"total: none", b"total: mean"), "scoring says"),
        (QUESTIONS.replace(b"options: [Yes, No, Can't tell]", b"options: []"), "no options"),
        (QUESTIONS.replace(b"score: 2", b"score: many"), "no number"),
        (b"id: a\nname: x\nsource: s\ndomains: [{title: t, items: [1]}]", "text and its options"),
        (b"id: a\nname: x\nsource: s\ndomains: 7", "has domains"),
        (ROUTED.replace(b"{item: design, is: [words, Both]}", b"{item: rich, is: [Yes]}"), "names an earlier item"),
        (ROUTED.replace(b"{item: design, is: [words, Both]}", b"design"), "names an earlier item"),
        (ROUTED.replace(b"[Trial, Both]}", b"[Survey]}"), "is no answer of"),
    ],
)
def test_a_file_that_is_no_instrument_has_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FormError, match=words.replace(".", r"\.")):
        read_instrument(data)
