"""Words to mark: how a list is written, what its words find, and that no list and no text makes the work run away (P30)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.protocol.words import LONGEST_TEXT, MOST_WORDS, Marker, Marks, UnreadableWordError, fold, read_words


def found(words: str, text: str) -> list[str]:
    """What a list that speaks for inclusion marks in a text."""
    return [text[span.start : span.end] for span in Marker(read_words(words)).spans(text)]


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ("educat*", "Educators educate; re-education, coeducation", ["Educators", "educate", "education"]),
        ("education", "Educational education", ["education"]),
        ("*ology", "Psychology and biology, not geologist", ["Psychology", "biology"]),
        ("wom*n", "A woman, women and a womanly man", ["woman", "women"]),
        ("*educat*", "coeducational", ["coeducational"]),
        ("medical education", "medical\n education, medical-education, medical, education", ["medical\n education", "medical-education"]),
        ("work-based", "work\u2010based work\u2011based work based workbased", ["work\u2010based", "work\u2011based", "work based"]),
        ("health profession*", "Health professionals of the health profession", ["Health professionals", "health profession"]),
        ("parkinson's", "Parkinson’s and parkinson's", ["Parkinson’s", "parkinson's"]),
        ("naive; CAFÉ", "NAÏVE naive café cafe\u0301", ["NAÏVE", "naive", "café", "cafe\u0301"]),
        ("covid", "ＣＯＶＩＤ　疫情 Covid疫苗", ["ＣＯＶＩＤ", "Covid"]),
        ("office", "The oﬃce", ["oﬃce"]),
        ("straße", "STRASSE", ["STRASSE"]),
        ("education", "edu\u00adcation", ["edu\u00adcation"]),
        ("醫學教育", "探討醫學教育的現況", ["醫學教育"]),
        ("医学", "探討醫學教育，医学教育", ["醫學", "医学"]),
        ("護理*臺灣", "护理人员在台湾", ["护理人员在台湾"]),
        ("教育", "醫學教育教育者", ["教育", "教育"]),
        ("學生*態度", "學生的學習態度；學生沒有在這裡說到很多很多其他事情的態度", ["學生的學習態度"]),
        ("교육", "의학교육에서", ["교육"]),
        ("ヘルスケア", "日本のヘルスケア制度", ["ヘルスケア"]),
        ("covid 疫苗", "COVID 疫苗接種", ["COVID 疫苗"]),
        ("a b, a b c", "a b c a b", ["a b c", "a b"]),
        ("“medical education”", "Medical education", ["Medical education"]),
        ("(abc)+", "abcabc (abc)+", ["abc"]),
        ("education", "", []),
    ],
)  # fmt: skip
def test_a_word_of_a_list_finds_what_its_writer_meant(words: str, text: str, marked: list[str]) -> None:
    assert found(words, text) == marked


def test_both_lists_mark_and_the_longer_word_wins() -> None:
    text = "Medical education of medical students"
    spans = Marker(["medical education", "educat*"], ["student*", "medical"]).spans(text)
    assert [(text[span.start : span.end], span.speaks) for span in spans] == [
        ("Medical education", "for"), ("medical", "against"), ("students", "against"),
    ]  # fmt: skip


def test_a_list_is_read_one_a_line_or_parted_by_commas_each_word_once() -> None:
    assert read_words("educat*,  Medical   education ;EDUCAT*\n\n醫學、護理；護理") == [
        "educat*",
        "Medical education",
        "醫學",
        "護理",
    ]


@pytest.mark.parametrize("line", ["*", "a*", "**", "x", "-", "?", "w" * 81])
def test_a_line_that_would_mark_everything_or_nothing_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(UnreadableWordError, match=r"\.$"):
        read_words(line)


def test_a_list_has_an_end() -> None:
    with pytest.raises(UnreadableWordError, match="at most 100"):
        read_words("\n".join(f"word {n}" for n in range(MOST_WORDS + 1)))


ALPHABET = st.sampled_from("abeé*-' ＡＢ醫學生’ﬁß\u0301\u00ad\n<>&\"İ")


@given(st.lists(st.text(ALPHABET, min_size=1, max_size=6), max_size=6), st.text(ALPHABET, max_size=60))
def test_p30_marks_lie_in_the_text_one_after_the_other_whatever_is_typed(lines: list[str], text: str) -> None:
    words = []
    for line in lines:
        try:
            words += read_words(line)
        except UnreadableWordError:
            continue
    end = 0
    for span in Marker(words, words[:1]).spans(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(st.text(max_size=40))
def test_folding_keeps_track_of_every_character(text: str) -> None:
    plain, places = fold(text)
    if places is None:
        assert len(plain) == len(text)
    else:
        assert len(places) == len(plain) + 1
        assert list(places) == sorted(places)
        assert places[-1] == len(text)


def test_p30_hostile_lists_and_texts_take_no_more_than_their_length() -> None:
    lists = (
        ["*a" * 30, "a*" * 30, "*a*b*c*d*" * 5, "醫*" * 30],
        [f"*{chr(97 + n % 26)}{n}*" for n in range(MOST_WORDS)],
    )
    marker = Marker(*lists)
    begun = time.process_time()
    for text in ("a" * 1_000_000, ("a" * 59 + " ") * 500, "醫" * LONGEST_TEXT, "a b " * 5_000):
        marker.spans(text)
    assert time.process_time() - begun < 3  # well below one second on an idle machine


def test_marks_are_counted_for_the_legend() -> None:
    marks = Marks(Marker(["educat*"], ["student*"]))
    marks.spans("Education of students by educators")
    assert (marks.speaks_for, marks.speaks_against) == (2, 1)
    assert [marks.told_once("for"), marks.told_once("for"), marks.told_once("against")] == [True, False, True]
