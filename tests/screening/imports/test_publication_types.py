"""Publication types become a set of canonical values."""

from __future__ import annotations

import pytest

from screening.imports.publication_types import CANONICAL_TYPES, canonical_types, is_type_word


@pytest.mark.parametrize(
    ("raws", "types"),
    [
        (["JOUR"], ("journal_article",)),
        (["JOUR", "Editorial"], ("journal_article", "editorial")),
        (["Article; Proceedings Paper"], ("journal_article", "conference_paper")),
        (["Review; Early Access"], ("review", "article_in_press")),
        (["Journal Article", "Randomized Controlled Trial", "Research Support, N.I.H."], ("journal_article", "trial")),
        (["Clinical Trial, Phase II"], ("trial",)),
        (["Thesis", "博士"], ("thesis",)),
        (["Systematic Review", "META-ANALYSIS"], ("systematic_review", "meta_analysis")),
        (["Retraction in"], ("retraction",)),
        (["Legal Rule or Regulation"], ("standard",)),
        (["journal-article"], ("journal_article",)),
        (["proceedings-article"], ("conference_paper",)),
        (["book-chapter", "posted-content"], ("chapter", "preprint")),
        (
            ["JournalArticle", "ClinicalTrial", "CaseReport", "MetaAnalysis"],
            ("journal_article", "trial", "case_report", "meta_analysis"),
        ),
        (["EJOUR"], ("journal_article",)),
        (["GEN"], ("unknown",)),
        (["GEN", "Book"], ("book",)),
        (["Short Survey."], ("note",)),
        (["something nobody wrote before"], ("unknown",)),
        ([], ("unknown",)),
    ],
)
def test_raw_words_give_canonical_values_in_their_order(raws: list[str], types: tuple[str, ...]) -> None:
    assert canonical_types(raws) == types


def test_case_and_spacing_do_not_matter() -> None:
    assert canonical_types(["  jOuRnAl   ARTICLE "]) == ("journal_article",)


def test_only_canonical_values_come_out() -> None:
    words = [
        "JOUR",
        "THES",
        "CHAP",
        "Letter",
        "News",
        "PAT",
        "Data Paper",
        "Preprint",
        "Case Reports",
        "Practice Guideline",
    ]
    assert set(canonical_types(words)) <= set(CANONICAL_TYPES)


def test_a_word_that_says_nothing_is_still_known() -> None:
    assert is_type_word("misc")
    assert not is_type_word("cited By 3")
