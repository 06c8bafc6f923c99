"""Exports as vendors, spreadsheets and editors write them, none of them like the next: each gives the records that a person
would count, or one sentence."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from screening.imports.parsed import NO_ABSTRACT, ParsedRecord, Refusal, is_damage
from screening.imports.reading import read
from tests.screening.imports.traps import sums

NBIB = "PMID- {0}\nOWN - NLM\nTI  - Rounds {0} on a ward that is so long\n      that it wraps.\nDP  - 2019 Jan-Feb\n\n"


def ris(title: str, *, gap: str = "  - ", end: str = "ER") -> str:
    lines = [
        f"TY{gap}JOUR",
        f"TI{gap}{title}",
        f"AU{gap}Lin, Mei",
        f"AB{gap}We asked IL-6 and",
        "PY- positive residents.",
    ]
    return "\n".join([*lines, *([f"{end}{gap}"] if end else []), "", ""])


def parsed(folder: Path, content: bytes | str, encoding: str = "utf-8") -> list[ParsedRecord]:
    """The records of a file, or of all files of a zip, whose sum closes and of which none is rejected."""
    path = folder / "export"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    found: list[ParsedRecord] = []
    for reading in read(path, name="export"):
        records, problems, markers = sums(reading)
        assert (problems, markers) == ([], len(records))
        found += records
    return found


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    "gap", ["- ", "  - ", " - ", "\t-\t", "\u00a0 - ", "  \u2013 ", " \u2013 ", "  \u2014 ", "    - "]
)
def test_tags_may_stand_tight_or_behind_what_a_word_processor_made_of_blank_and_dash(tmp_path: Path, gap: str) -> None:
    first, second = parsed(tmp_path, ris("One", gap=gap) + ris("Two", gap=gap))
    assert (first.title, second.title, first.authors) == ("One", "Two", ("Lin, Mei",))
    if gap != "- ":  # where tags stand so, nobody can tell
        assert (first.abstract, first.year) == ("We asked IL-6 and PY- positive residents.", None)
    assert "IL-6" in first.abstract


def test_a_word_cut_at_the_end_of_its_line_ends_no_record(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nAB  - The\nER-\npositive ones\nTY- shirts\nAU  - Lin, Mei\nER  - \n"
    (record,) = parsed(tmp_path, text)
    assert (record.abstract, record.authors) == ("The ER- positive ones TY- shirts", ("Lin, Mei",))


@pytest.mark.parametrize("gap", ["- ", "  - ", " - ", "\t-\t", "  -\t"])
@pytest.mark.parametrize("case", [str.lower, str.title])
def test_ris_tags_may_be_in_small_letters(tmp_path: Path, gap: str, case: Callable[[str], str]) -> None:
    text = ris("One", gap=gap) + ris("Two", gap=gap)
    for tag in ("TY", "TI", "AU", "AB", "ER", "PY"):
        text = text.replace(tag + gap, case(tag) + gap)
    first, second = parsed(tmp_path, text)
    assert (first.title, second.title, first.authors) == ("One", "Two", ("Lin, Mei",))
    assert not any(is_damage(flag) for flag in first.flags + second.flags)


def test_a_line_of_text_in_small_letters_is_no_tag_of_a_record_in_capitals(tmp_path: Path) -> None:
    (record,) = parsed(tmp_path, "TY  - JOUR\nTI  - One\nAB  - Grown\nin  - vitro\nau  - gold\nty - shirts\nER  - \n")
    assert record.abstract == "Grown in - vitro au - gold ty - shirts"


def test_a_known_tag_may_stand_in_another_spacing_than_its_record_but_words_of_an_abstract_stay_text(
    tmp_path: Path,
) -> None:
    text = "TY  - JOUR\nTI  - One\nAU - Lin, Mei\nPY  -2019\nKW -ward\nAB  - Grown\nIN - vitro\nAU - units\nER  - \n"
    (record,) = parsed(tmp_path, text)
    assert (record.title, record.authors, record.year) == ("One", ("Lin, Mei",), 2019)
    assert (record.abstract, record.keywords) == ("Grown IN - vitro AU - units", ("ward",))


def test_a_reference_type_may_be_told_in_words(tmp_path: Path) -> None:
    text = "".join(
        f"TY  - {kind}\nTI  - One\nER  - \n" for kind in ("Journal Article (peer-reviewed)", "JOUR; MGZN", "")
    )
    assert [record.flags for record in parsed(tmp_path, text)] == [(NO_ABSTRACT,)] * 3


TAGGED = {
    "RIS": ris("One") + ris("Two"),
    "PubMed": "".join(f"PMID- {n}\nOWN - NLM\nTI  - {title}\nAB  - We asked\n\n" for n, title in ((1, "One"), (2, "Two"))),
    "Web of Science": "VR 1.0\n" + "".join(f"PT J\nTI {title}\nAB We asked\nER\n\n" for title in ("One", "Two")) + "EF\n",
    "Ovid": "".join(f"<{n}. >\nTitle\n  {title}\nAbstract\n  We asked\n\n" for n, title in ((1, "One"), (2, "Two"))),
    "EndNote": "".join(f"%0 Journal Article\n%T {title}\n%X We asked\n\n" for title in ("One", "Two")),
    "RefWorks": "".join(f"RT Journal\nT1 {title}\nAB We asked\n\n" for title in ("One", "Two")),
    "NoteExpress": "".join(f"{{Reference Type}}: Book\n{{Title}}: {title}\n{{Abstract}}: We asked\n\n" for title in ("One", "Two")),
    "BibTeX": "".join(f"@article{{k{title},\n title = {{{title}}},\n abstract = {{We asked}}\n}}\n\n" for title in ("One", "Two")),
}  # fmt: skip
ENDS = {
    "CR": "\r", "CR LF": "\r\n", "CR CR LF": "\r\r\n", "LF CR": "\n\r", "next line": "\x85", "line separator": "\u2028",
    "paragraph separator": "\u2029", "form feed": "\x0c", "form feed and LF": "\x0c\n", "LF and form feed": "\n\x0c",
}  # fmt: skip


@pytest.mark.parametrize("form", TAGGED)
@pytest.mark.parametrize("end", ENDS)
def test_im1_lines_may_end_in_any_way_and_no_record_is_merged(tmp_path: Path, form: str, end: str) -> None:
    records = parsed(tmp_path, TAGGED[form].replace("\n", ENDS[end]))
    assert [record.title for record in records] == ["One", "Two"]
    assert all("We asked" in record.abstract for record in records)
    assert not any(is_damage(flag) for record in records for flag in record.flags)


@pytest.mark.parametrize("form", TAGGED)
@pytest.mark.parametrize("end", ENDS)
def test_im1_a_file_may_change_its_line_ends_half_way(tmp_path: Path, form: str, end: str) -> None:
    half = TAGGED[form].index("Two")
    text = TAGGED[form][:half] + TAGGED[form][half:].replace("\n", ENDS[end])
    assert [record.title for record in parsed(tmp_path, text)] == ["One", "Two"]
    text = TAGGED[form][:half].replace("\n", ENDS[end]) + TAGGED[form][half:]
    assert [record.title for record in parsed(tmp_path, text)] == ["One", "Two"]


@pytest.mark.parametrize("form", TAGGED)
@pytest.mark.parametrize("sign", ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_an_odd_end_of_a_line_inside_a_field_is_a_blank(tmp_path: Path, form: str, sign: str) -> None:
    first, second = parsed(tmp_path, TAGGED[form].replace("We asked", f"We{sign}asked"))
    assert ("We asked" in first.abstract, first.title, second.title) == (True, "One", "Two")


TABLES = {
    "blank before the quotation mark": 'Title, Authors, Year\n"One, two", "Lin, M.", 2020\n"Two", "Lin, M.", 2021\n',
    "Excel's Unicode text": 'Title\tAbstract\tYear\r\n"One, two"\t"An ""abstract"" over\r\nlines"\t2020\r\nTwo\tplain\t2021\r\n',
    "separator named first": "sep=;\r\nTitle;Authors;Year\r\nOne, two;Lin M;2020\r\nTwo;Lin M;2021\r\n",
    "decimal commas": 'Title;Impact;Year\n"One, two";3,45;2020\nTwo;1,2;2021\n',
    "preamble with a query": 'Exported on 1 May\n"Query: (a AND b), limited"\n\n#,Title,Year\n1,"One, two",2020\n2,Two,2021\n',
    "lone carriage returns": 'Title,Year\r"One, two",2020\rTwo,2021\r',
    "empty columns and rows at the end": 'Title,Year,,,\n"One, two",2020,,,\n,,,,\nTwo,2021,,,\n,,,,\n',
    "an index of its own": ',title,year\n0,"One, two",2020\n1,Two,2021.0\n',
    "quotation mark inside a cell of tabs": 'Title\tAuthors\tYear\nOne, two\tLin "Mei" M\t2020\nTwo\t5" tall\t2021\n',
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_of_all_makes(tmp_path: Path, name: str, encoding: str) -> None:
    records = parsed(tmp_path, TABLES[name], encoding)
    assert [(record.title, record.year) for record in records] == [("One, two", 2020), ("Two", 2021)]


def test_the_commas_of_a_single_column_are_text(tmp_path: Path) -> None:
    assert [record.title for record in parsed(tmp_path, "Title\nOne, two, three\nTwo\n")] == ["One, two, three", "Two"]


def test_a_title_in_braces_is_bibtex_but_in_an_export_of_ours_it_is_the_title(tmp_path: Path) -> None:
    assert parsed(tmp_path, "Title,Year\n{The {ICU}},2020\n")[0].title == "The ICU"
    assert parsed(tmp_path, "Record in review,Title,Year\n1,{x},2020\n")[0].title == "{x}"


def test_a_workbook_is_read_from_the_sheet_that_has_headings(tmp_path: Path) -> None:
    hits: list[list[object]] = [
        ["Hits of 1 May"], [], ["Title", "Publication Date", "Year"],
        ["One", datetime.date(2018, 7, 3), 2018.0], [None, None, None], [1984, None, "1949"],
    ]  # fmt: skip
    records = parsed(tmp_path, workbook([["Notes"]], hits))
    assert [(record.title, record.year) for record in records] == [("One", 2018), ("1984", 1949)]


def test_what_systems_leave_in_a_zip_is_passed_by(tmp_path: Path) -> None:
    names = [
        "a/part 1/hits.ris",
        "a/part 2/hits.ris",
        "__MACOSX/a/._hits.ris",
        "a/.DS_Store",
        "a/Thumbs.db",
        "a/desktop.ini",
    ]
    content = zipped(**{name: ris(name) if name.endswith("/hits.ris") else "\0\1" for name in names})
    assert [record.title for record in parsed(tmp_path, content)] == names[:2]


def test_bibtex_with_parentheses_macros_and_comments(tmp_path: Path) -> None:
    text = r"""% write to me@example.org (or not)
@string(ward = {Ward Notes})
@string{half = "Ward "}
@comment{ @article{none, title = {Not a record}} }
@article(a, title = {{The {ICU}} of {\"U}berlingen (a study)}, journal = ward, year = 2020)
@inproceedings{b, title = "Rounds with {"}quotes{"} and @home (at night, too)", booktitle = half # {Talk}, crossref = {c}} @book(c,
  title = {Talk}, year = 2019
)
"""
    first, second, third = parsed(tmp_path, text)
    assert (first.title, first.journal, first.year) == ("The ICU of Überlingen (a study)", "Ward Notes", 2020)
    assert (second.title, second.journal) == ('Rounds with "quotes" and @home (at night, too)', "Ward Talk")
    assert (third.title, third.year, third.raw_types) == ("Talk", 2019, ("book",))


def test_two_exports_in_one_file_are_all_there(tmp_path: Path) -> None:
    half = NBIB.format(1) + NBIB.format(2)
    assert len(parsed(tmp_path, f"\ufeff{half}\ufeff{half}")) == 4
    assert len(parsed(tmp_path, half.replace("\n", "\r"))) == 2
    assert len(parsed(tmp_path, half.replace("\n", "\r\n") + "\x1a")) == 2


def test_line_ends_blank_lines_and_the_mark_of_dos_cost_nothing(tmp_path: Path) -> None:
    text = "TY  - JOUR\r\nTI  - One\r\n\r\nAU  - Lin, Mei\n\nAB  - First.\r\n\r\nSecond.\rThird.\r\nER  - \r\n"
    text += "TY  - JOUR\rTI  - Two\rER  - \n\x1a"
    first, second = parsed(tmp_path, text)
    assert (first.abstract, first.authors, second.title) == ("First. Second. Third.", ("Lin, Mei",), "Two")


def test_im2_a_nul_that_is_taken_out_is_told(tmp_path: Path) -> None:
    first, second = parsed(tmp_path, ris("One\0 ward") + ris("Two"))
    assert (first.title, any("NUL" in flag for flag in first.flags)) == ("One ward", True)
    assert not any("NUL" in flag for flag in second.flags)


def test_very_long_lines_are_lines(tmp_path: Path) -> None:
    first, second = parsed(tmp_path, ris("word " * 300_000) + ris("Two"))
    assert (len(first.title), second.title) == (300_000 * 5 - 1, "Two")


def test_dates_of_csl_in_all_their_forms(tmp_path: Path) -> None:
    dates = [
        {"date-parts": [["2020", "5", 1]]},
        {"raw": "May 2018"},
        {"date-parts": [[2017]], "season": 2},
        {"literal": "c. 1999"},
    ]
    items = [{"id": n, "type": "book", "title": f"B{n}", "issued": date} for n, date in enumerate(dates)]
    assert [record.year for record in parsed(tmp_path, json.dumps(items, indent=1))] == [2020, 2018, 2017, 1999]


def test_a_text_of_csl_may_run_over_lines_that_hold_braces(tmp_path: Path) -> None:
    text = '[{"title": "One",\n "abstract": "first {\nsecond \\"} {\nthird"},\n {"title": "Two"}]'
    first, second = parsed(tmp_path, text)
    assert (first.title, first.abstract, second.title) == ("One", 'first { second "} { third', "Two")


@pytest.mark.parametrize(
    "text", ["Udział studentów w badaniach naukowych łączy wiedzę i świat, Łódź", "Zażółć gęślą jaźń w nauczaniu"]
)
def test_im2_an_encoding_beyond_the_usual_is_asked_for_and_not_guessed(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsed(tmp_path, ris(text) * 3, "cp1250")
    assert refused.value.code == "encoding"
    assert text in refused.value.previews["cp1250"]


@pytest.mark.parametrize(
    "text",
    [
        "¿Qué opinan los médicos? ¡Así es! 37,5 °C ±2 µm, 10³ células, £50, ¾ de los niños",
        "Größe für alle – übrigens natürlich auch später, naïve Åsa Ødegård",
    ],
)
def test_western_text_in_windows_1252_needs_no_question(tmp_path: Path, text: str) -> None:
    assert parsed(tmp_path, ris(text) * 3, "cp1252")[0].title == text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": "<x/>"}), "OpenDocument"),
        (json.dumps({"status": "ok", "hits": 3}).encode(), "as RIS"),
        (b'<?xml version="1.0"?><Workbook><Worksheet><Table/></Worksheet></Workbook>', "as RIS"),
    ],
)
def test_what_is_not_read_says_how_to_export_it(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(Refusal, match=word):
        parsed(tmp_path, content)


def test_a_strict_workbook_is_named_and_not_called_empty(tmp_path: Path) -> None:
    plain = zipfile.ZipFile(io.BytesIO(workbook([["Title", "Year"], ["One", 2020]])))
    office, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    members = {
        name: plain.read(name).replace(office + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main")
        .replace(office + b"officeDocument/2006/relationships", strict + b"officeDocument/relationships").decode()
        for name in plain.namelist()
    }  # fmt: skip
    with pytest.raises(Refusal, match="Strict"):
        parsed(tmp_path, zipped(**members))
