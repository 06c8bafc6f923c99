"""What each format writes: the tags and elements that Zotero and EndNote look for, and nothing that a spreadsheet or LaTeX runs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
import time_machine
from defusedxml.ElementTree import fromstring

from screening.exports import bibtex, csl_json, endnote_xml, ris, table
from screening.exports.exported import ExportRecord
from screening.exports.formats import FORMATS

ARTICLE = ExportRecord(
    number=12,
    title="Taking part in {research} & teaching: 50 % of $5",
    title_translated="參與研究",
    authors=("Archibald, Douglas", "王小明", "The Study and Teaching Group"),
    year=2017,
    year_early=2016,
    journal="Teaching and Learning in Practice",
    volume="12",
    issue="4",
    pages="233-241",
    doi="10.1000/a_b",
    pmid="31000001",
    abstract="=1+1 is no formula here.",
    keywords=("Education, Medical, Graduate", "research"),
    languages=("en",),
    raw_languages=("eng",),
    types=("journal_article", "review"),
    raw_types=("Journal Article", "Review"),
    url="https://example.org/~a_b?x=1&y=2",
    ids={"accession": "31000001", "pmcid": "PMC1234567", "database": "MEDLINE"},
    extras=(("Primary reason", "Population"),),
    remark="Primary reason: Population",
)


def test_ris_has_one_standard_tag_a_line() -> None:
    assert "".join(ris.write([ARTICLE])) == (
        "TY  - JOUR\n"
        "TI  - Taking part in {research} & teaching: 50 % of $5\n"
        "TT  - 參與研究\n"
        "AU  - Archibald, Douglas\nAU  - 王小明\nAU  - The Study and Teaching Group\n"
        "PY  - 2017\nET  - 2016\nT2  - Teaching and Learning in Practice\nVL  - 12\nIS  - 4\nSP  - 233\nEP  - 241\n"
        "AB  - =1+1 is no formula here.\nKW  - Education, Medical, Graduate\nKW  - research\nLA  - eng\n"
        "M3  - Journal Article\nM3  - Review\nDO  - 10.1000/a_b\nUR  - https://example.org/~a_b?x=1&y=2\n"
        "AN  - 31000001\nC2  - PMC1234567\nU1  - 31000001[pmid]\nDB  - MEDLINE\nRN  - Primary reason: Population\n"
        "ER  - \n\n"
    )


@pytest.mark.parametrize(
    ("types", "journal", "code", "entry", "reference"),
    [
        (("journal_article",), "", "JOUR", "article", "Journal Article"),
        (("editorial",), "A journal", "JOUR", "article", "Journal Article"),
        (("journal_article", "conference_paper"), "A journal", "JOUR", "article", "Journal Article"),
        (("conference_paper",), "Proceedings", "CONF", "inproceedings", "Conference Paper"),
        (("thesis",), "A university", "THES", "phdthesis", "Thesis"),
        (("book",), "", "BOOK", "book", "Book"),
        (("chapter",), "A book", "CHAP", "incollection", "Book Section"),
        (("report",), "", "RPRT", "techreport", "Report"),
        (("patent",), "", "PAT", "misc", "Patent"),
        (("unknown",), "", "GEN", "misc", "Generic"),
        (("editorial",), "", "GEN", "misc", "Generic"),
    ],
)
def test_each_format_files_a_record_where_reference_managers_look_for_it(
    types: tuple[str, ...], journal: str, code: str, entry: str, reference: str
) -> None:
    record = ExportRecord(number=1, title="x", types=types, journal=journal)
    assert (ris.container(record), bibtex.container(record), endnote_xml.container(record)) == (code, entry, reference)


def test_ris_keeps_the_code_that_the_file_had() -> None:
    assert ris.container(ExportRecord(number=1, raw_types=("ABST", "Review"), types=("review",), journal="J")) == "ABST"
    assert ris.container(ExportRecord(number=1, raw_types=("Review",), types=("review",), journal="J")) == "JOUR"


def test_a_ris_record_of_a_book_without_title_is_not_called_by_its_series() -> None:
    text = "".join(ris.write([ExportRecord(number=1, types=("book",), raw_types=("BOOK",), journal="A series")]))
    assert "JF  - A series\n" in text
    assert "T2  -" not in text


@pytest.mark.parametrize(
    ("pages", "lines"),
    [
        ("233-241", ["SP  - 233", "EP  - 241"]),
        ("e12", ["SP  - e12"]),
        ("5-5", ["SP  - 5-5"]),
        ("1-2, 5-7", ["SP  - 1-2, 5-7"]),
    ],
)
def test_ris_takes_a_plain_range_of_pages_apart(pages: str, lines: list[str]) -> None:
    text = "".join(ris.write([ExportRecord(number=1, pages=pages)]))
    assert [line for line in text.split("\n") if line[:2] in ("SP", "EP")] == lines


def test_p29_no_cell_of_the_table_is_a_formula_and_the_mark_tells_its_encoding() -> None:
    text = "".join(
        table.write(
            [ARTICLE, replace(ARTICLE, title="'=1", volume="-1", issue="+1", journal="@x")], ("Primary reason",)
        )
    )
    assert text.startswith("\ufeffRecord in review,Title,")
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert first["Abstract"] == "'=1+1 is no formula here."
    assert (second["Title"], second["Volume"], second["Issue"], second["Journal"]) == ("''=1", "'-1", "'+1", "'@x")
    assert (first["Record in review"], first["Primary reason"]) == ("12", "Population")
    assert first["Authors"] == "Archibald, Douglas; 王小明; The Study and Teaching Group"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in (first, second) for cell in row.values())


def test_bibtex_writes_commands_for_what_latex_acts_upon_and_keeps_whole_names_whole() -> None:
    text = "".join(bibtex.write([ARTICLE]))
    assert text.startswith("@article{Archibald2017-12,\n")
    assert (
        "  title = {Taking part in {\\textbraceleft}research{\\textbraceright} \\& teaching: 50 \\% of \\$5},\n" in text
    )
    assert "  author = {Archibald, Douglas and 王小明 and {The Study and Teaching Group}},\n" in text
    assert "  pages = {233--241},\n" in text
    assert "  doi = {10.1000/a_b},\n  url = {https://example.org/~a_b?x=1&y=2},\n" in text
    assert "  annote = {Primary reason: Population},\n" in text
    assert text.count("{") == text.count("}")


def test_bibtex_keys_are_plain_and_each_once() -> None:
    records = [replace(ARTICLE, number=1), replace(ARTICLE, number=2), ExportRecord(number=3, authors=("王小明",))]
    keys = [line.partition("{")[2] for line in "".join(bibtex.write(records)).split("\n") if line.startswith("@")]
    assert keys == ["Archibald2017-1,", "Archibald2017-2,", "record-3,"]


def test_endnote_xml_has_the_elements_that_endnote_reads() -> None:
    root = fromstring("".join(endnote_xml.write([ARTICLE])).encode())
    (record,) = root.findall("records/record")
    kind = record.find("ref-type")
    assert kind is not None
    assert (kind.get("name"), kind.text) == ("Journal Article", "17")
    found = {path: record.findtext(path) for path in (
        "titles/title", "titles/secondary-title", "titles/translated-title", "periodical/full-title", "dates/year", "accession-num",
        "electronic-resource-num", "custom1", "custom2", "language", "work-type", "research-notes", "edition", "urls/related-urls/url",
    )}  # fmt: skip
    assert found == {
        "titles/title": ARTICLE.title,
        "titles/secondary-title": ARTICLE.journal,
        "titles/translated-title": ARTICLE.title_translated,
        "periodical/full-title": ARTICLE.journal,
        "dates/year": "2017",
        "accession-num": "31000001",
        "electronic-resource-num": "10.1000/a_b",
        "custom1": "PMID: 31000001",
        "custom2": "PMC1234567",
        "language": "eng",
        "work-type": "Review",
        "research-notes": "Primary reason: Population",
        "edition": "2016",
        "urls/related-urls/url": ARTICLE.url,
    }
    assert [author.text for author in record.iterfind("contributors/authors/author")] == list(ARTICLE.authors)
    assert [word.text for word in record.iterfind("keywords/keyword")] == list(ARTICLE.keywords)


def test_csl_json_has_the_variables_of_the_schema() -> None:
    (item,) = json.loads("".join(csl_json.write([ARTICLE])))
    assert item == {
        "id": "12",
        "type": "article-journal",
        "title": ARTICLE.title,
        "original-title": "參與研究",
        "author": [
            {"family": "Archibald", "given": "Douglas"},
            {"literal": "王小明"},
            {"literal": "The Study and Teaching Group"},
        ],
        "issued": {"date-parts": [[2017]]},
        "available-date": {"date-parts": [[2016]]},
        "container-title": ARTICLE.journal,
        "volume": "12",
        "issue": "4",
        "page": "233-241",
        "abstract": ARTICLE.abstract,
        "keyword": "Education, Medical, Graduate; research",
        "language": "eng",
        "genre": "Journal Article; Review",
        "DOI": "10.1000/a_b",
        "URL": ARTICLE.url,
        "PMID": "31000001",
        "PMCID": "PMC1234567",
        "source": "MEDLINE",
        "note": "Primary reason: Population",
        "custom": {"accession": "31000001"},
    }


def test_words_that_stand_where_no_year_could_be_read_are_kept() -> None:
    record = ExportRecord(number=1, title="x", raw_year="in press")
    assert "PY  - in press\n" in "".join(ris.write([record]))
    assert json.loads("".join(csl_json.write([record])))[0]["issued"] == {"literal": "in press"}


def test_a_guessed_language_is_not_written_as_if_somebody_had_said_it() -> None:
    guessed = ExportRecord(number=1, title="護理", languages=("zh",), language_inferred=True)
    assert "LA  -" not in "".join(ris.write([guessed]))
    assert "LA  - zh\n" in "".join(ris.write([replace(guessed, language_inferred=False)]))


@pytest.mark.parametrize("ending", FORMATS)
def test_an_empty_list_is_a_whole_file(ending: str) -> None:
    content = b"".join(FORMATS[ending].write([], ("Study",)))
    if ending == "json":
        assert json.loads(content) == []
    if ending == "xml":
        assert fromstring(content).tag == "xml"
    assert (content == b"") == (ending in ("ris", "bib"))


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_records_give_the_same_bytes(ending: str) -> None:
    write = FORMATS[ending].write
    with time_machine.travel("2026-01-01") as clock:
        once = b"".join(write([ARTICLE] * 2, ("Primary reason",)))
        clock.shift(100_000)
        assert b"".join(write([ARTICLE] * 2, ("Primary reason",))) == once
