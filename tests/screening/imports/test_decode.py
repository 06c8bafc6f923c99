"""Encodings are found in a fixed order, and no character is replaced without a word (IM2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports.decode import Decoding, find_decoding, lines_of
from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source

CHINESE = "TY  - JOUR\nTI  - 护理教学查房的效果观察与分析\nAB  - 目的：了解教学查房的效果。方法：随机分组。\nER  - \n"
TAIWAN = "TY  - JOUR\nTI  - 臺灣護理人員工作壓力與離職意願之研究\nAB  - 目的：探討護理人員的工作壓力。\nER  - \n"
FRENCH = "TY  - JOUR\nTI  - Étude de la qualité de vie des élèves\nAU  - Lefèvre, Zoé\nER  - \n"


def source(folder: Path, content: bytes) -> Source:
    path = folder / "file"
    path.write_bytes(content)
    return Source(path, "file")


def decoded(folder: Path, content: bytes, encoding: str | None = None) -> tuple[Decoding, str]:
    found = source(folder, content)
    decoding = find_decoding(found, encoding)
    return decoding, "".join(lines_of(found, decoding))


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8-sig"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "utf-16-le", "utf-16-le"),
        (FRENCH, "utf-16-be", "utf-16-be"),
        (FRENCH, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (TAIWAN, "big5", "big5"),
        (TAIWAN, "utf-16-be", "utf-16-be"),
    ],
)
def test_an_encoding_is_found_and_the_text_comes_back(tmp_path: Path, text: str, written: str, found: str) -> None:
    decoding, back = decoded(tmp_path, text.encode(written))
    assert (decoding.encoding, back, decoding.warnings) == (found, text, ())


def test_xml_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")
    assert decoded(tmp_path, content)[1].endswith("<a>é</a>")
    chinese = '<?xml version="1.0" encoding="GB2312"?><a>护</a>'.encode("gb18030")
    assert decoded(tmp_path, chinese)[0].encoding == "gb18030"


def test_an_unclear_encoding_is_a_question_with_previews(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        decoded(tmp_path, "AU  - 王小明\n".encode("gb18030"))
    assert refused.value.code == "encoding"
    assert set(refused.value.previews) >= {"gb18030", "big5", "cp1252"}
    assert refused.value.previews["gb18030"] == "AU  - 王小明"


def test_a_person_settles_an_unclear_encoding(tmp_path: Path) -> None:
    assert decoded(tmp_path, "AU  - 王小明\n".encode("gb18030"), "gbk")[1] == "AU  - 王小明\n"


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "idna"])
def test_an_encoding_that_python_does_not_know_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="Nobody here knows"):
        decoded(tmp_path, b"TY  - JOUR\n", name)


def test_the_wrong_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="not written in utf-8"):
        decoded(tmp_path, (FRENCH * 20).encode("cp1252"), "utf-8")


def test_after_a_wrong_choice_the_others_are_offered_again(tmp_path: Path) -> None:
    czech = "TY  - JOUR\nTI  - Žluťoučký kůň příliš úpěl ďábelské ódy\nER  - \n".encode("cp1250")
    with pytest.raises(Refusal) as asked:
        decoded(tmp_path, czech)
    with pytest.raises(Refusal, match="not written in gb18030") as again:
        decoded(tmp_path, czech, "gb18030")
    assert set(again.value.previews) == set(asked.value.previews) - {"gb18030"} >= {"cp1250"}


def test_im2_a_broken_byte_shows_and_is_warned_of(tmp_path: Path) -> None:
    decoding, text = decoded(tmp_path, (FRENCH * 9).encode() + b"\xff")
    assert decoding.encoding == "utf-8"
    assert text.count("\ufffd") == 1
    assert "damaged in one place" in decoding.warnings[0]


def test_im2_a_file_cut_inside_a_character_is_warned_of(tmp_path: Path) -> None:
    decoding, text = decoded(tmp_path, CHINESE.encode()[:-12])
    assert decoding.encoding == "utf-8"
    assert "middle of a character" in decoding.warnings[0] or not text.endswith("\ufffd")


@pytest.mark.parametrize("cut", [1, 2])
def test_im2_a_cut_character_is_never_dropped_in_silence(tmp_path: Path, cut: int) -> None:
    decoding, text = decoded(tmp_path, "TI  - 护理".encode()[:-cut])
    assert text == "TI  - 护\ufffd"
    assert decoding.warnings == ("The file ends in the middle of a character: it is cut off.",)


def test_bytes_of_no_encoding_are_refused_with_previews(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        decoded(tmp_path, b"TI  - \xff\xff \x81 a\n" * 3)
    assert refused.value.code == "encoding"
    assert refused.value.previews


def test_every_line_end_is_one_line_end(tmp_path: Path) -> None:
    assert decoded(tmp_path, b"a\r\nb\rc\nd\xe2\x80\xa8e\x0bf")[1] == "a\nb\nc\nd\u2028e\x0bf"
