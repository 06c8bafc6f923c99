"""IM8: which words of a file count as a stated publication type, and which say only where something stands."""

from __future__ import annotations

import pytest

from screening.imports.facts import facts_of
from screening.imports.parsed import ParsedRecord
from screening.imports.publication_types import MANAGED, stated_types
from screening.imports.sniff import FORMATS
from screening.protocol.hints import hint
from screening.protocol.presets import MEDICAL_EDUCATION

TYPES = next(one.rule for one in MEDICAL_EDUCATION.criteria if one.key == "publication_type")


def test_the_formats_of_reference_managers_are_formats_that_are_read() -> None:
    assert set(FORMATS) > MANAGED


@pytest.mark.parametrize(
    ("file_format", "raws", "stated"),
    [
        ("RIS", ("JOUR",), ()),
        ("RIS", ("JOUR", "Article"), ("journal_article",)),
        ("RIS", ("JOUR", "Editorial"), ("editorial",)),
        ("RIS", ("CONF",), ("conference_paper",)),
        ("RIS", ("GEN",), ()),
        ("BibTeX", ("article",), ()),
        ("BibTeX", ("ARTICLE", "Article"), ("journal_article",)),
        ("BibTeX", ("inproceedings",), ("conference_paper",)),
        ("EndNote XML", ("Journal Article",), ()),
        ("EndNote XML", ("Journal Article", "Letter"), ("letter",)),
        ("EndNote tagged", ("Generic",), ()),
        ("CSL-JSON", ("article-journal",), ()),
        ("CSV", ("journalArticle",), ()),
        ("CSV", ("Article",), ("journal_article",)),
        ("MEDLINE", ("Journal Article", "Review"), ("journal_article", "review")),
        ("PubMed XML", ("Journal Article",), ("journal_article",)),
        ("Web of Science tagged", ("Article; Proceedings Paper",), ("journal_article", "conference_paper")),
        ("Web of Science tagged", ("J",), ()),
        ("CSV", (), ()),
    ],
)
def test_im8_words_that_a_reference_manager_writes_for_anything_are_not_stated(
    file_format: str, raws: tuple[str, ...], stated: tuple[str, ...]
) -> None:
    assert stated_types(raws, file_format) == stated


def test_im8_a_record_of_a_reference_manager_is_never_taken_for_an_article_by_its_container_alone() -> None:
    record = ParsedRecord(1, types=("journal_article",), raw_types=("JOUR",), languages=("en",), raw_languages=("eng",))
    assert hint(TYPES, facts_of(record, "RIS")).answer == "unknown"
    assert hint(TYPES, facts_of(record, "MEDLINE")).answer == "unknown"
    assert hint({"languages": ["en"]}, facts_of(record, "RIS")).answer == "met"
