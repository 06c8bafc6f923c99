"""Languages become ISO 639-1 codes, or a guess by script that says it is one."""

from __future__ import annotations

import pytest

from screening.imports.languages import guess_language, language_codes


@pytest.mark.parametrize(
    ("raws", "codes"),
    [
        (["eng"], ("en",)),
        (["en-US"], ("en",)),
        (["English"], ("en",)),
        (["chi"], ("zh",)),
        (["zh_TW"], ("zh",)),
        (["zh-Hant"], ("zh",)),
        (["中文;"], ("zh",)),
        (["繁體中文"], ("zh",)),
        (["Chinese (Traditional)"], ("zh",)),
        (["eng ger"], ("en", "de")),
        (["English\nEstonian"], ("en", "et")),
        (["en, es"], ("en", "es")),
        (["English; French"], ("en", "fr")),
        (["fre", "eng"], ("fr", "en")),
        (["English."], ("en",)),
        (["Espanhol", "Inglês"], ("es", "en")),
        (['["eng", "fre"]'], ("en", "fr")),
        (["ngerman"], ("de",)),
        (["Klingon"], ()),
        (["und"], ()),
        ([""], ()),
    ],
)
def test_spellings_of_databases_give_codes(raws: list[str], codes: tuple[str, ...]) -> None:
    assert language_codes(raws) == codes


def test_chinese_letters_give_a_guess() -> None:
    assert guess_language("护理教学查房 English words", "") == "zh"
    assert guess_language("臺灣護理", "") == "zh"


def test_kana_hangul_and_latin_letters_give_none() -> None:
    assert guess_language("看護教育の研究", "") == ""
    assert guess_language("간호 教育", "") == ""
    assert guess_language("A study of 黄芪 in wards and rounds of teaching hospitals", "") == ""
    assert guess_language("", "") == ""
