"""Tables: headings are found and named, ragged rows put back or left unknown (IM5)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from screening.imports.parsed import NO_TITLE, RAGGED, RAGGED_UNSURE, Refusal, UnknownColumns
from screening.imports.parsers.headings import MAPPABLE, columns_of, is_heading_row
from screening.imports.publication_types import stated_types
from screening.imports.reading import read
from tests.screening.imports.traps import FOLDER, reading, records, sums


def test_im5_the_heading_row_may_come_late_and_empty_rows_are_no_records() -> None:
    first, second = records("csv_preamble_semicolon.csv")
    assert (first.title, first.authors, first.line) == ("Rounds, wards", ("Lin, M", "Okafor, A"), 5)
    assert (second.title, second.line) == ("Second", 7)


def test_im5_tabs_under_the_name_of_csv_and_a_lone_quotation_mark() -> None:
    first, second = records("csv_named_tsv.csv")
    assert first.title == 'The "quoted ward'
    assert second.year == 2021
    assert reading("csv_named_tsv.csv").columns["Unknown Heading"] == ""
    assert "Unknown Heading: x" in first.raw


def test_im5_a_shifted_row_is_put_back_by_its_anchors() -> None:
    straight, longer, shorter = records("csv_scopus_ragged.csv")
    assert straight.flags == ()
    assert (longer.pmid, longer.languages, longer.types) == ("31000008", ("en",), ("review",))
    assert (shorter.pmid, shorter.languages, shorter.types) == ("31000009", ("en",), ("letter",))
    assert longer.abstract == shorter.abstract == straight.abstract
    assert RAGGED in longer.flags
    assert RAGGED in shorter.flags


def test_im5_a_ragged_row_without_anchors_is_not_guessed() -> None:
    (record,) = records("csv_ragged_without_anchors.csv")
    assert (record.title, record.keywords) == ("", ())
    assert {RAGGED_UNSURE, NO_TITLE} <= set(record.flags)
    assert record.raw == "One, two,three".replace("One, two", "One, two") or "One" in record.raw


def test_im5_a_page_range_that_became_a_date_is_missing() -> None:
    first, second = records("csv_newlines_in_cells.csv")
    assert (first.title, first.abstract, first.pages) == ("Ward rounds", 'First line third, line "quoted"', "")
    assert first.flags == ("The pages were turned into a date by a spreadsheet: “Jan-10”.",)
    assert (second.pages, second.line) == ("e12", 3)


def test_a_repeated_heading_row_is_rejected_with_its_row() -> None:
    found, problems, markers = sums(reading("csv_headings_repeated.csv"))
    assert (len(found), len(problems), markers) == (2, 1, 3)
    assert (problems[0].line, problems[0].raw) == (3, "Title,Year")


def test_unknown_headings_are_a_question_and_its_answer_reads_the_table() -> None:
    with pytest.raises(UnknownColumns) as unknown:
        reading("csv_unknown_headings.csv")
    assert unknown.value.columns == ("Nimi", "Vuosi", "Tekijä")
    assert unknown.value.sample[0] == ("Ward rounds", "2020", "Lin, Mei")
    answered = reading("csv_unknown_headings.csv", mapping={"Nimi": "title", "Vuosi": "year", "Tekijä": "authors"})
    found, problems, markers = sums(answered)
    assert (found[0].title, found[0].year, found[0].authors) == ("Ward rounds", 2020, ("Lin, Mei",))
    assert (len(found), problems, markers) == (2, [], 2)
    assert answered.columns == {"Nimi": "title", "Vuosi": "year", "Tekijä": "authors"}


@pytest.mark.parametrize("title", [0, 1])
def test_of_two_columns_with_one_heading_the_chosen_one_is_read(tmp_path: Path, title: int) -> None:
    path = tmp_path / "twins.csv"
    path.write_text("Kop,Kop,\nEerste proef,Tweede,2001\n", encoding="utf-8")
    with pytest.raises(UnknownColumns) as unknown:
        read(path, name=path.name)
    first, second, bare = unknown.value.columns
    assert (first, second, bare) == ("Kop", "Kop (column 2)", "Column 3 without a heading")
    (answered,) = read(path, name=path.name, mapping={(first, second)[title]: "title", bare: "year"})
    (found,), _, markers = sums(answered)
    assert (found.title, found.year, markers) == (("Eerste proef", "Tweede")[title], 2001, 1)


@pytest.mark.parametrize("name", ["bare.csv", "bare.xlsx"])
def test_im1_a_table_without_headings_keeps_its_first_record(tmp_path: Path, name: str) -> None:
    rows = [["A study of nurses", "Lin, M", "2001"], ["A study of wards", "Okafor, A", "2002"]]
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("\n".join(f'{title};"{author}";{year}' for title, author, year in rows), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    with pytest.raises(UnknownColumns) as unknown:
        read(path, name=path.name)
    assert unknown.value.columns == tuple(rows[0])
    (answered,) = read(path, name=path.name, mapping={"Column 1": "title", "Column 2": "authors", "Column 3": "year"})
    found, problems, markers = sums(answered)
    assert [(one.title, *one.authors, str(one.year)) for one in found] == [tuple(row) for row in rows]
    assert (problems, markers) == ([], 2)


def test_a_quotation_mark_that_swallows_rows_is_refused() -> None:
    with pytest.raises(Refusal, match="Row 2 opens a quotation mark") as refused:
        reading("csv_open_quote.csv")
    assert refused.value.code == "open_quote"


def test_web_of_science_tabs_mean_other_things_by_two_letters() -> None:
    (record,) = records("csv_wos_tab.txt")
    assert (record.title, record.authors) == ('Tab "delimited', ("Lin, Mei", "Okafor, Ada"))
    assert (record.types, record.keywords) == (("review",), ("wards", "ROUNDS"))
    assert (record.ids["ut"], "record_id" in record.ids) == ("WOS:0009", False)


def test_embase_puts_journal_year_and_pages_into_one_cell() -> None:
    (record,) = records("csv_embase.csv")
    assert (record.journal, record.year, record.volume, record.issue) == ("Journal of Ward Rounds", 2014, "3", "2")
    assert (record.pages, record.authors) == ("152-160", ("Lin, M.", "Okafor, A.D."))


def test_a_record_id_column_is_kept() -> None:
    (record,) = records("csv_lists.csv")
    assert record.ids["record_id"] == "r-17"
    assert (record.authors, record.keywords) == (("Lin, Mei", "Okafor, Ada"), ("wards", "rounds"))


def test_a_chinese_table_in_gb18030() -> None:
    (record,) = records("csv_cnki_gb18030.csv")
    assert (record.title, record.authors, record.year) == ("护理教学查房的效果观察", ("王小明", "李华"), 2021)


def test_excel_is_read_from_the_sheet_with_headings() -> None:
    book = reading("dimensions.xlsx")
    assert book.warnings == ("Only the sheet “Records” was read, not “About”.",)
    found, problems, markers = sums(book)
    assert (markers, problems, [record.line for record in found]) == (2, [], [4, 6])
    assert (found[0].year, found[0].doi, found[0].authors) == (2020, "10.1234/xl.1", ("Lin, Mei", "Okafor, Ada"))
    assert found[1].pages == ""
    assert "turned into a date" in found[1].flags[-1]


def test_old_excel_turns_page_ranges_into_dates_too() -> None:
    first, second, third = records("wos.xls")
    assert (first.authors, first.pages, first.types, first.ids["ut"]) == (
        ("Lin, M", "Okafor, A"),
        "11-19",
        ("journal_article",),
        "WOS:0011",
    )
    assert (second.line, second.pages) == (6, "e5")
    assert (third.pages, "turned into a date" in third.flags[-1]) == ("", True)


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        (["Title", "Abstract"], True),
        (["title"], False),
        (["Article Title", "Source Title", "Something Else"], True),
        (["Title-题名", "Author-作者"], True),
        (["Title", "Title", "Title", "a", "b", "c"], False),
        (["My own title", "text"], False),
        (["Authors", "Year"], False),
        ([], False),
    ],
)
def test_a_heading_row_has_a_known_title_and_other_headings(row: list[str], heading: bool) -> None:
    assert is_heading_row(row) is heading


def test_only_the_first_row_may_hold_a_title_heading_alone() -> None:
    assert is_heading_row(["title"], first=True)
    assert is_heading_row(["Title", "Something Else"], first=True)
    assert not is_heading_row(["Title", "Something Else"])


@pytest.mark.parametrize("field", sorted(MAPPABLE))
def test_every_field_that_can_be_mapped_is_read(field: str) -> None:
    assert columns_of(["X1", "Title"], {"X1": field})[field][0] == 0


def test_a_mapping_wins_over_a_known_heading(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Title,Notes\nWrong,Right\n", encoding="utf-8")
    (found,) = read(path, name="a.csv", mapping={"Notes": "title", "Title": "journal"})
    (record,) = sums(found)[0]
    assert (record.title, record.journal) == ("Right", "Wrong")


def test_the_folder_of_traps_is_there() -> None:
    assert (FOLDER / "csv_lists.csv").exists()


SHARED = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Title</t></si><si><t>Year</t></si>'
    "<si><r><t>Rich </t></r><r><t>text</t></r></si><si><t> </t></si></sst>"
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>2020</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>3</v></c></row>'
    '<row r="5"><c r="B5"><v>2021</v></c></row></sheetData></worksheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def test_im1_excel_rows_of_shared_texts_are_counted_apart_from_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/sharedStrings.xml", SHARED),
            ("xl/worksheets/sheet1.xml", SHEET),
        ):
            archive.writestr(name, text)
    found, problems, markers = sums(read(path, name="a.xlsx")[0])
    assert (markers, problems) == (2, [])
    assert [(record.line, record.title, record.year) for record in found] == [(2, "Rich text", 2020), (5, "", 2021)]
    assert NO_TITLE in found[1].flags


def test_a_file_that_ends_inside_a_quotation_mark_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Title,Abstract\nOne,"whole"\nTwo,"cut o', encoding="utf-8")
    cut = read(path, name="a.csv")[0]
    assert "opened in row 3" in cut.warnings[0]
    assert [record.title for record in sums(cut)[0]] == ["One", "Two"]


def test_pubmed_csv_is_read_with_the_advice_to_export_more(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("PMID,Title,Authors,NIHMS ID,DOI\n31000001,Ward rounds,Lin M,,10.1234/a\n", encoding="utf-8")
    found = read(path, name="a.csv")[0]
    assert "no abstracts" in found.warnings[0]
    assert sums(found)[0][0].pmid == "31000001"


def test_ovid_writes_the_whole_citation_into_one_cell() -> None:
    placed, meeting, unplaced = records("csv_ovid_embase.csv")
    assert (placed.journal, placed.year, placed.volume, placed.issue) == ("Journal of Ward Rounds", 2011, "13", "2")
    assert (placed.pages, placed.authors, placed.pmid) == ("150-155", ("Lin, M.", "Okafor, A."), "31000001")
    assert placed.doi == "10.5555/ward.9"
    assert (meeting.journal, meeting.year, meeting.issue, meeting.pages) == ("Ward Notes", 2019, "Supplement 1", "88")
    assert (unplaced.journal, unplaced.volume) == ("Ward Notes, in the press, part 12 of 2020", "")
    assert "SO: Journal of Ward Rounds. 13(2) (pp 150-155), 2011." in placed.raw


def test_two_letters_mean_what_ovid_means_by_them() -> None:
    told, bare = records("csv_ovid_psycinfo.csv")
    assert (told.journal, told.volume, told.issue, told.pages) == ("Ward Talk", "45", "3", "1-14")
    assert (bare.journal, bare.year, bare.volume, bare.issue, bare.pages) == ("Ward Talk", 2021, "15", "", "77")


def test_paths_of_ebsco_are_headings_though_most_of_them_are_unknown() -> None:
    first, second = records("csv_ebsco_paths.csv")
    assert (first.title, first.authors, first.year) == ("Rounds on two wards", ("Lin, Mei", "Okafor, Ada"), 2022)
    assert (first.journal, first.volume, first.issue, first.pages) == ("Ward Notes", "12", "3", "66")
    assert (first.doi, first.pmid, first.languages) == ("10.5555/ward.1", "31000001", ("en",))
    assert first.abstract == "Two wards were compared. Se compararon dos salas."
    assert first.keywords == ("Wards", "Aged, 80 and Over")
    assert first.ids == {"accession": "900000001", "database": "CINAHL Plus"}
    assert (second.pmid, second.raw_types, second.issue) == ("31000002", ("Academic Journal", "review"), "")
    assert stated_types(second.raw_types, "CSV") == ("review",)


def test_a_person_may_still_say_what_a_path_of_ebsco_holds() -> None:
    keys = ["artinfo/tig/atl", "artinfo/aug/au/0", "jinfo/jtl", "pubinfo/vid"]
    assert columns_of(keys, {"pubinfo/vid": "issue"}) == {
        "title": [0],
        "authors_parts": [1],
        "journal": [2],
        "issue": [3],
    }
    assert not is_heading_row(["artinfo/aug/au/0", "jinfo/jtl", "pubinfo/vid"])


def test_a_bibtex_file_in_rows_keeps_neither_braces_nor_commands() -> None:
    article, thesis = records("csv_bibtex_rows.csv")
    assert (article.title, article.authors) == ("Rounds in the ICU: naïve or not", ("Lin, Mei", "García, Ana"))
    assert (article.journal, article.volume, article.issue, article.pages) == ("Ward Notes", "4", "2", "10-19")
    assert article.abstract.startswith("Rounds were watched on a ward for a year—by day")
    assert (article.doi, article.languages, article.raw_types) == ("10.5555/ward.4", ("en",), ())
    assert (thesis.title, thesis.authors, thesis.abstract) == ("Rounds", ("Okafor, Ada", "Lin, Mei"), "")


def test_braces_of_any_other_table_are_text() -> None:
    (record,) = records("csv_braces_of_its_own.csv")
    assert record.title == "The set {a, b} at rounds: 5% of \\alpha"
