"""How a record is set: its languages, its authors, the parts of its abstract."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from reviewapp.templatetags.ui import abstract, age, authors, lang_of, language_names, svg_inside

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "codes", "expected"),
    [
        ("Writing circles", [], "en"),
        ("Écrire ensemble", ["fr"], "fr"),
        ("住院醫師參與醫學教育研究", ["en", "zh"], "zh"),
        ("PBL 在醫學教育的應用", [], "zh"),
        ("医学教育における研究", ["ja"], "ja"),
        ("의학교육 연구", [], "ko"),
        ("The Chinese term 醫學 in an English title", ["en"], "en"),
        ("Two languages", ["de", "fr"], "en"),
        ("", ["zh"], "en"),
    ],
)
def test_v2_each_text_says_its_language(text: str, codes: list[str], expected: str) -> None:
    assert lang_of(text, codes) == f'lang="{expected}"'


def test_v2_a_code_from_a_file_cannot_leave_its_attribute() -> None:
    assert lang_of("Title", ['x" onload="']) == 'lang="x&quot; onload=&quot;"'


def test_authors_are_family_names_with_initials_and_few() -> None:
    assert authors(["Archibald, Douglas", "St Jean, Marie-Claude"]) == "Archibald D, St Jean MC"
    assert authors(["林佳穎", "吳, 柏翰"]) == "林佳穎, 吳柏翰"
    assert authors([f"Name{number}, A" for number in range(15)]).endswith("Name11 A and 3 more")
    assert authors([]) == "Authors not given"


def test_languages_have_names_and_unknown_codes_stay() -> None:
    assert language_names(["en", "zh", "tlh"]) == "English, Chinese, tlh"


def test_a_structured_abstract_stands_in_parts_with_its_headings() -> None:
    text = "BACKGROUND: Few take part. METHODS AND RESULTS: We asked them. They said: no time."
    assert abstract(text) == (
        "<p><bdi><b>BACKGROUND:</b> Few take part.</bdi></p>"
        "<p><bdi><b>METHODS AND RESULTS:</b> We asked them. They said: no time.</bdi></p>"
    )


def test_a_plain_abstract_keeps_its_lines_and_its_colons() -> None:
    assert abstract("One: two.\n\nThree.") == "<p><bdi>One: two.</bdi></p><p><bdi>Three.</bdi></p>"
    assert abstract("A <script> stays words") == "<p><bdi>A &lt;script&gt; stays words</bdi></p>"


def test_fe1_a_drawing_becomes_an_element_of_the_page() -> None:
    assert svg_inside('<?xml version="1.0"?>\n<svg viewBox="0 0 1 1"></svg>') == '<svg viewBox="0 0 1 1"></svg>'


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (59, "just now"), (61, "1 minute"), (7200, "2 hours"), (-5, "just now")]
)
def test_an_age_is_told_from_the_first_minute_on(seconds: int, words: str) -> None:
    assert age(timezone.now() - timedelta(seconds=seconds)).replace("\xa0", " ") == words
