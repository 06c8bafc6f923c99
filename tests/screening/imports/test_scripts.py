"""A text is read in an encoding without asking only where it reads like its language, and like no other's (IM2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports.decode import find_decoding
from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source
from screening.imports.scripts import CANDIDATES, KNOWN, MOST_PREVIEWS, best_reading, likely_readings

TEXTS = {
    "Japanese": "病棟における夜間の看護業務に関する研究\n本研究では、夜勤の看護師が行う業務の内容を調べた。記録に時間がかかる。",
    "Japanese without kana": "夜間看護業務研究\n山田太郎\n看護雑誌",
    "Korean": "병동 간호사의 야간 근무에 관한 연구\n본 연구는 야간 근무를 하는 간호사의 업무를 조사하였다.",
    "Russian": "Ночная работа медицинских сестёр\nЦель исследования: описать работу медсестёр ночью. Методы: опрос. Вестник.",
    "a Russian name": "Nurses at night\nИванов",
    "Chinese": "病房夜间护理工作的研究\n目的：探讨夜班护士的工作内容。方法：采用问卷调查。",
    "Taiwanese": "病房夜間護理工作之研究\n目的：探討夜班護理人員的工作內容。",
    "Taiwanese, rare": "病房夜間護理工作之研究：圍碁與裏\n目的：探討夜班護理人員的工作內容。恒",
    "Cantonese": "病房夜間護理工作之研究：佢哋嘅\n目的：探討夜班護理人員的工作內容。",
    "French": "Étude de la mémoire des infirmières\nLes infirmières ont été interrogées à l'hôpital.",
    "German": "Über die Größe\nMüller, J. Ärzteblatt",
    "Spanish": "Trabajo nocturno de enfermería: ¿qué pasó?\nNúñez, J. ¡Año!",
    "authors of many lands": "Núñez, J.; Müller, K.; Østergård, P.; Lefèvre, Zoé; García-Peña, A.; Þórsson, Ö.",
    "Czech": "Noční práce sester\nDvořák, J. Cílem bylo zjistit, jak sestry pracují při noční směně.",
    "Polish": "Praca pielęgniarek w nocy\nŻółkiewski, Ł. Celem było zbadanie pracy pielęgniarek w szpitalu.",
    "Turkish": "Hemşirelerin gece çalışması\nYılmaz, Ş. Amaç: Hemşirelerin çalışmasını incelemek.",
    "Greek": "Νυχτερινή εργασία νοσηλευτών\nΠαπαδόπουλος, Γ. Σκοπός της μελέτης",
    "Hebrew": "עבודת לילה של אחיות\nכהן, דוד",
    "Arabic": "العمل الليلي للممرضات\nأحمد",
    "Thai": "การทำงานกลางคืนของพยาบาล\nสมชาย",
}


def decoded_as(folder: Path, name: str, encoding: str, times: int = 1) -> str:
    path = folder / "file"
    path.write_bytes(("TI  - " + TEXTS[name] + "\n").encode(encoding) * times)
    source = Source(path, "file")
    return find_decoding(source).encoding


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Japanese", "shift_jis"), ("Japanese", "cp932"), ("Japanese", "euc_jp"), ("Japanese", "iso2022_jp"),
        ("Korean", "euc_kr"), ("Korean", "cp949"), ("Korean", "iso2022_kr"), ("Russian", "cp1251"), ("Chinese", "gb18030"),
        ("Taiwanese", "big5"), ("Taiwanese, rare", "cp950"), ("Cantonese", "big5hkscs"),
        ("French", "cp1252"), ("German", "cp1252"), ("Spanish", "cp1252"),
        ("authors of many lands", "cp1252"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 30])
def test_im2_a_text_that_reads_like_its_language_is_read_without_asking(
    tmp_path: Path, name: str, written: str, times: int
) -> None:
    found = decoded_as(tmp_path, name, written, times)
    assert TEXTS[name].encode(written).decode(found) == TEXTS[name]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Japanese without kana", "shift_jis"), ("Japanese without kana", "euc_jp"), ("Russian", "koi8_r"), ("Russian", "cp866"),
        ("Russian", "iso8859_5"), ("a Russian name", "cp1251"), ("French", "mac_roman"), ("French", "cp850"),
        ("German", "mac_roman"), ("German", "cp850"), ("Spanish", "mac_roman"), ("Czech", "cp1250"), ("Polish", "cp1250"),
        ("Polish", "iso8859_2"), ("Turkish", "cp1254"), ("Greek", "cp1253"), ("Hebrew", "cp1255"), ("Arabic", "cp1256"),
        ("Thai", "cp874"),
    ],
)  # fmt: skip
def test_im2_where_it_is_not_sure_a_person_chooses_and_the_right_one_is_among_the_previews(
    tmp_path: Path, name: str, written: str
) -> None:
    with pytest.raises(Refusal) as refused:
        decoded_as(tmp_path, name, written)
    assert refused.value.code == "encoding"
    shown = [preview.removeprefix("TI  - ") for preview in refused.value.previews.values()]
    assert any(preview.startswith(TEXTS[name].split("\n")[-1][:20]) or TEXTS[name][:6] in preview for preview in shown)
    assert len(shown) <= MOST_PREVIEWS


@pytest.mark.parametrize("name", KNOWN)
def test_plain_letters_say_nothing_for_any_encoding(name: str) -> None:
    assert not KNOWN[name]("Night nurses at work").is_certain
    assert best_reading({name: ""}) == ""


def test_the_three_most_frequent_encodings_are_always_offered() -> None:
    assert likely_readings({}) == CANDIDATES
