"""What a card says of two or more records, and which characters it marks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.dedupe.cards import Fields, Row, changes, compare, marked, no_field_differs

ARTICLE = Fields(
    title="Teaching clinicians to read a forest plot: a trial",
    authors=("Okafor, N.", "Lindqvist, E."),
    year=2019,
    journal="Teaching and Learning in Practice",
    volume="12",
    issue="4",
    pages="233-241",
    doi="10.1000/tlp.233",
    pmid="31000001",
    abstract="We compared two ways of teaching.",
)
TEXT = st.text(alphabet="abcde 研究參與-:é", max_size=40)


def row(name: str, *records: Fields) -> Row:
    return next(one for one in compare(records) if one.name == name)


@pytest.mark.parametrize(
    ("name", "other", "state", "word"),
    [
        ("title", {}, "equal", "Equal"),
        ("title", {"title": "TEACHING clinicians to read a forest plot - a trial"}, "equal", "Equal but for case and marks"),
        ("title", {"title": "Teaching clinicians to read a funnel plot: a trial"}, "differs", "Differs"),
        ("title", {"title": ""}, "lacks", "Missing in one"),
        ("authors", {"authors": ("Okafor N", "Lindqvist EM")}, "equal", "Same family names"),
        ("authors", {"authors": ("Okafor N",)}, "differs", "Differs"),
        ("year", {"year": 2020}, "differs", "Differs"),
        ("year", {"year": None}, "lacks", "Missing in one"),
        ("journal", {"journal": "Teach Learn Pract"}, "equal", "Equal, written otherwise"),
        ("journal", {"journal": "Annals of Sleep"}, "differs", "Differs"),
        ("place", {"pages": "233-41"}, "equal", "Equal, written otherwise"),
        ("place", {"pages": ""}, "lacks", "Missing in one"),
        ("place", {"pages": "12-20"}, "differs", "Differs"),
        ("place", {"volume": "13", "pages": ""}, "differs", "Differs, missing in one"),
        ("doi", {"doi": "10.1000/tlp.234"}, "differs", "Differs"),
        ("pmid", {"pmid": ""}, "lacks", "Missing in one"),
        ("abstract", {"abstract": "We compared three ways of teaching."}, "differs", "Differs"),
    ],
)  # fmt: skip
def test_a_field_is_equal_differs_or_is_missing_by_word(
    name: str, other: dict[str, object], state: str, word: str
) -> None:
    found = row(name, ARTICLE, replace(ARTICLE, **other))  # type: ignore[arg-type]
    assert (found.state, found.word) == (state, word)


def test_a_field_that_no_record_gives_is_missing_in_all() -> None:
    nothing = replace(ARTICLE, pmid="", volume="", issue="", pages="")
    assert row("pmid", nothing, nothing).word == "Missing in all"
    assert row("place", nothing, nothing).word == "Missing in all"


def test_three_records_are_compared_each_with_each() -> None:
    found = row("doi", replace(ARTICLE, doi=""), ARTICLE, replace(ARTICLE, doi="10.1000/other"))
    assert (found.state, found.word) == ("differs", "Differs, missing in one")


def test_only_the_changed_characters_are_marked() -> None:
    first, second, third = marked(
        ["strategic development - a case", "strategic development – a case", "strategic development: A case"]
    )
    assert [piece.text for piece in second if piece.changed] == ["–"]
    assert "".join(piece.text for piece in third if piece.changed) == ":A"
    assert "".join(piece.text for piece in first if piece.changed).replace(" ", "") == "-a", "against both others"


def test_a_chinese_title_is_marked_by_the_character() -> None:
    _, second = marked(["醫學教育研究參與之障礙", "醫學教育研究參加之障礙"])
    assert [piece.text for piece in second if piece.changed] == ["加"]


def test_a_missing_value_marks_nothing() -> None:
    assert marked(["", "12(4)"]) == [(), ()] or not any(
        piece.changed for cell in marked(["", "12(4)"]) for piece in cell
    )


@given(TEXT, TEXT)
def test_what_is_not_marked_reads_the_same_in_both(a: str, b: str) -> None:
    left, right = changes(a, b)
    assert (len(left), len(right)) == (len(a), len(b))
    kept = [
        "".join(letter for letter, changed in zip(text, mask, strict=True) if not changed)
        for text, mask in ((a, left), (b, right))
    ]
    assert kept[0] == kept[1]
    if a == b:
        assert not any(left)


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_the_pieces_of_a_cell_are_its_text(texts: list[str]) -> None:
    assert ["".join(piece.text for piece in cell) for cell in marked(texts)] == texts


@given(
    st.lists(st.builds(Fields, title=TEXT, doi=TEXT, year=st.none() | st.integers(1900, 2030)), min_size=2, max_size=3)
)
def test_the_order_of_the_records_changes_no_word(records: list[Fields]) -> None:
    def words(listed: list[Fields]) -> list[tuple[str, str]]:
        return [(one.state, one.word) for one in compare(listed)]

    assert words(records) == words(records[::-1])


@pytest.mark.parametrize(
    ("other", "may"),
    [
        ({}, True),
        ({"pmid": "", "abstract": ""}, True),
        ({"year": 2020}, False),
        ({"abstract": "Another text."}, False),
        ({"title": ""}, False),
        ({"authors": (), "doi": "", "pmid": "", "volume": "", "issue": "", "pages": ""}, False),
    ],
)
def test_only_a_card_without_a_differing_field_may_be_accepted_with_others(other: dict[str, object], may: bool) -> None:
    assert no_field_differs(compare([ARTICLE, replace(ARTICLE, **other)])) is may  # type: ignore[arg-type]
