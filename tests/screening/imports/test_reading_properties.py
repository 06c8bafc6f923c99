"""IM1 holds for any set of records, in any dialect, with any line ends and encoding, cut or damaged anywhere."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.imports.parsed import ParsedRecord, ParseProblem, Refusal
from screening.imports.reading import read

LETTERS = "abcdefghij ABCDEF éüß 护理教学臺灣 .,;:-()/&%'\"12"
WORDS = st.text(LETTERS, min_size=1, max_size=40).map(lambda text: " ".join(text.split()) or "x")
TITLES = WORDS.map(lambda text: f"A {text} z")


@dataclass(frozen=True)
class Made:
    title: str
    author: str
    year: int
    abstract: str


RECORDS = st.lists(
    st.builds(Made, TITLES, WORDS.map(lambda text: f"Lin, {text}"), st.integers(1500, 2020), TITLES),
    min_size=1,
    max_size=6,
)


def ris(made: Made) -> str:
    return f"TY  - JOUR\nTI  - {made.title}\nAU  - {made.author}\nPY  - {made.year}\nAB  - {made.abstract}\nER  - \n\n"


def medline(made: Made) -> str:
    return f"\nPMID- 31000001\nOWN - NLM\nTI  - {made.title}\nFAU - {made.author}\nDP  - {made.year}\nAB  - {made.abstract}\n"


def eric(made: Made) -> str:
    return f"\nOWN - ERIC\nTI  - {made.title}\nAU  - {made.author}\nDP  - {made.year}\nAB  - {made.abstract}\n"


def wos(made: Made) -> str:
    return f"PT J\nAU {made.author}\nTI {made.title}\nPY {made.year}\nAB {made.abstract}\nER\n\n"


def ovid(made: Made) -> str:
    return f"<1. >\nAU  - {made.author}\nTI  - {made.title}\nYR  - {made.year}\nAB  - {made.abstract}\n\n"


def endnote(made: Made) -> str:
    return f"%0 Journal Article\n%A {made.author}\n%T {made.title}\n%D {made.year}\n%X {made.abstract}\n\n"


def title_first(made: Made) -> str:
    return f"%T {made.title}\n%0 Journal Article\n%A {made.author}\n%D {made.year}\n%X {made.abstract}\n\n"


def refworks(made: Made) -> str:
    return f"RT Journal Article\nA1 {made.author}\nT1 {made.title}\nYR {made.year}\nAB {made.abstract}\n\n"


def noteexpress(made: Made) -> str:
    return f"{{Reference Type}}: Journal Article\n{{Title}}: {made.title}\n{{Year}}: {made.year}\n{{Abstract}}: {made.abstract}\n\n"


def bibtex(made: Made) -> str:
    return f"@article{{k,\n title = {{{made.title}}},\n year = {{{made.year}}},\n abstract = {{{made.abstract}}},\n}}\n"


def csv(made: Made) -> str:
    cells = (made.title, made.author, str(made.year), made.abstract)
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def json_line(made: Made) -> str:
    return json.dumps({"title": made.title, "issued": made.year, "abstract": made.abstract}, ensure_ascii=False) + "\n"


def endnote_xml(made: Made) -> str:
    title, abstract = (text.replace("&", "&amp;") for text in (made.title, made.abstract))
    return f"<record><titles><title>{title}</title></titles><dates><year>{made.year}</year></dates><abstract>{abstract}</abstract></record>"


Writer = tuple[str, Callable[[Made], str], str]
DIALECTS: dict[str, Writer] = {
    "RIS": ("", ris, ""),
    "RIS, tight tags": ("", lambda made: re.sub(r"(?m)^([A-Z][A-Z0-9])  - ", r"\1- ", ris(made)), ""),
    "RIS, long dashes": ("", lambda made: re.sub(r"(?m)^([A-Z][A-Z0-9])  - ", "\\1\u00a0 \u2013 ", ris(made)), ""),
    "MEDLINE": ("", medline, ""),
    "ERIC": ("", eric, ""),
    "Web of Science": ("FN Clarivate Analytics Web of Science\nVR 1.0\n", wos, "EF\n"),
    "Ovid": ("", ovid, ""),
    "EndNote": ("", endnote, ""),
    "EndNote, title first": ("", title_first, ""),
    "RefWorks": ("", refworks, ""),
    "NoteExpress": ("", noteexpress, ""),
    "BibTeX": ("Record list\n", bibtex, ""),
    "BibTeX, parentheses": ("", lambda made: f"@article(k,{bibtex(made)[11:-2]})\n", ""),
    "CSV": ("Title,Authors,Year,Abstract\n", csv, ""),
    "JSON lines": ("", json_line, ""),
    "EndNote XML": ('<?xml version="1.0" encoding="UTF-8" ?><xml><records>', endnote_xml, "</records></xml>"),
}
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])


def written(dialect: str, made: list[Made], line_end: str = "\n") -> str:
    head, one, tail = DIALECTS[dialect]
    return (head + "".join(one(record) for record in made) + tail).replace("\n", line_end)


def entries(content: bytes, encoding: str | None = None) -> tuple[list[ParsedRecord | ParseProblem], int]:
    """Entries and markers of a file with this content; a refusal is no entry and no marker, and nothing else is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            (reading,) = read(path, name="file", encoding=encoding)
            return list(reading.entries), reading.markers
        except Refusal as refusal:
            if refusal.code in ("sum", "unreadable") or not refusal.sentence:
                raise
            return [], 0


@pytest.mark.parametrize("dialect", DIALECTS)
@given(made=RECORDS, line_end=LINE_ENDS, encoding=ENCODINGS)
@settings(max_examples=15)
def test_im1_every_record_comes_back_from_every_dialect(
    dialect: str, made: list[Made], line_end: str, encoding: str
) -> None:
    if dialect == "EndNote XML" and encoding == "gb18030":
        encoding = "utf-8"
    found, markers = entries(written(dialect, made, line_end).encode(encoding), encoding)
    assert markers == len(found) == len(made)
    for record, one in zip(found, made, strict=True):
        assert isinstance(record, ParsedRecord)
        assert (record.year, bool(record.title), bool(record.raw)) == (one.year, True, True)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(made=RECORDS, line_end=LINE_ENDS, share=st.floats(0, 1))
@settings(max_examples=25)
def test_im1_a_file_cut_anywhere_keeps_the_sum(dialect: str, made: list[Made], line_end: str, share: float) -> None:
    content = written(dialect, made, line_end).encode()
    found, markers = entries(content[: int(share * len(content))])
    assert markers == len(found)
    assert len(found) <= len(made)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(
    made=RECORDS,
    hits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
@settings(max_examples=25)
def test_im1_flipped_bytes_keep_the_sum(dialect: str, made: list[Made], hits: list[tuple[float, int]]) -> None:
    content = bytearray(written(dialect, made).encode())
    for place, byte in hits:
        content[int(place * len(content))] = byte
    found, markers = entries(bytes(content))
    assert markers == len(found)


MARKS = """TY  - JOUR|ER  - |TI  - x|AU - y|%0 Book|%T x|PMID- 1|OWN - NLM|PT J|<1. >|RT Book|@a{k,|{Reference Type}: x|EF|"|{|}|[|]|,|<|&
Title,Year|a,b|<record>|</record>|\ufeff|\t- |  |护""".replace("\n", "|")
PIECES = st.sampled_from(["\n", "\r", "\n\n", *MARKS.split("|")])


@given(st.lists(PIECES, max_size=40))
@settings(max_examples=200)
def test_im12_no_mixture_of_marks_raises_or_breaks_the_sum(pieces: list[str]) -> None:
    found, markers = entries("".join(pieces).encode())
    assert markers == len(found)


@given(st.binary(max_size=300))
def test_im12_no_bytes_raise(content: bytes) -> None:
    found, markers = entries(content)
    assert markers == len(found)


def test_no_record_is_refused_for_its_length() -> None:
    found, markers = entries(f"TY  - JOUR\nTI  - long\nAB  - {'word ' * 200_000}\nER  - \n".encode())
    assert (markers, len(found)) == (1, 1)
    assert isinstance(found[0], ParsedRecord)
    assert len(found[0].abstract) == 999_999


def test_no_record_is_refused_for_its_number_of_tags() -> None:
    found, markers = entries(b"TY  - JOUR\nTI  - many\n" + b"AU  - Lin, Mei\n" * 100_000 + b"ER  - \n")
    assert (markers, len(found)) == (1, 1)
    assert isinstance(found[0], ParsedRecord)
    assert len(found[0].authors) == 100_000
