"""The same article as each database and reference manager writes it: every one gives the same fields."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import openpyxl
import pytest

from screening.imports.parsed import ParsedRecord, Refusal
from screening.imports.parsers.names import split_names
from screening.imports.reading import read
from tests.screening.imports.traps import sums

AUTHORS = {("Marsh, Tom", "Reed, Ann"), ("Marsh, T", "Reed, A"), ("Marsh, T.", "Reed, A."), ("Tom Marsh", "Ann Reed")}
PUBMED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://example.org/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">111</PMID><Article><Journal><JournalIssue><Volume>3</Volume>
<Issue>2</Issue><PubDate><MedlineDate>2011 Jan-Feb</MedlineDate></PubDate></JournalIssue><Title>J Kettles</Title></Journal>
<ArticleTitle>Kettles <i>of</i> the north</ArticleTitle><Pagination><MedlinePgn>11-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.1000/k1</ELocationID><AuthorList><Author><LastName>Marsh</LastName><ForeName>Tom</ForeName></Author>
<Author><LastName>Reed</LastName><ForeName>Ann</ForeName></Author></AuthorList></Article></MedlineCitation></PubmedArticle>
</PubmedArticleSet>"""
ENDNOTE = """<xml><records><record><ref-type name="Journal Article">17</ref-type><contributors><authors><author><style face="normal">
Marsh, Tom</style></author><author>Reed, Ann</author></authors></contributors><titles><title><style face="normal">Kettles of </style>
<style face="italic">the north</style></title><secondary-title>J Kettles</secondary-title></titles><pages>11-19</pages>
<volume>3</volume><number>2</number><dates><year>2011</year></dates>
<electronic-resource-num>https://doi.org/10.1000/k1</electronic-resource-num></record></records></xml>"""
CSL = {
    "id": "a", "type": "article-journal", "title": "Kettles of the north", "container-title": "J Kettles", "volume": 3,
    "author": [{"family": "Marsh", "given": "Tom"}, {"family": "Reed", "given": "Ann"}], "issued": {"date-parts": [["2011", 3]]},
    "issue": "2", "page": "11-19", "DOI": "10.1000/K1",
}  # fmt: skip
FILES: dict[str, str] = {
    "RIS of EndNote": "TY  - JOUR\r\nAU  - Marsh, Tom\r\nAU  - Reed, Ann\r\nPY  - 2011\r\nDA  - 2011/03/04\r\n"
    "TI  - Kettles of the north\r\n"
    "T2  - J Kettles\r\nSP  - 11-19\r\nVL  - 3\r\nIS  - 2\r\nDO  - 10.1000/k1\r\nKW  - kettle\r\nnorth\r\nER  - \r\n\r\n",
    "RIS of Mendeley": "TY  - JOUR\nT1  - Kettles of the north\nA1  - Marsh, Tom\nA1  - Reed, Ann\nY1  - 2011///\n"
    "JO  - J Kettles\nVL  - 3\n"
    "IS  - 2\nSP  - 11\nEP  - 19\nDO  - doi:10.1000/K1\nER  - \n",
    "RIS of IEEE Xplore": "TY  - JOUR\nTI  - Kettles of the north\nT2  - J Kettles\nSP  - 11\nEP  - 19\nAU  - T. Marsh\nAU  - A. Reed\n"
    "PY  - 2011\nDO  - 10.1000/k1\nJO  - J Kettles\nIS  - 2\nSN  - \nVO  - 3\nVL  - 3\nY1  - March 2011\nER  - \n\n\n",
    "RIS with the Cochrane Library's tags": "TY  - JOUR\nAU  - Marsh T\nAU  - Reed A\nTI  - Kettles of the north\nSO  - J Kettles\n"
    "YR  - 2011\nVL  - 3\nNO  - 2\nPG  - 11-19\nDOI - 10.1000/k1\nER  - \n",
    "Cochrane Library's text": "Record #1 of 1\nID: CN-001\nAU: Marsh T\nAU: Reed A\nTI: Kettles of the north\nSO: J Kettles\nYR: 2011\n"
    "VL: 3\nNO: 2\nPG: 11-19\nDOI: 10.1000/k1\nUS: https://example.org/1\n",
    "nbib": "\nPMID- 111\nTI  - Kettles of\n      the north\nLID - 10.1000/k1 [doi]\nFAU - Marsh, Tom\nAU  - Marsh T\nFAU - Reed, Ann\n"
    "DP  - 2011 Winter\nJT  - J Kettles\nPG  - 11-9\nVI  - 3\nIP  - 2\nSO  - J Kettles. 2011;3(2):11-9.\n",
    "Web of Science, tagged": "PT J\nAU Marsh, T\n   Reed, A\nAF Marsh, Tom\n   Reed, Ann\nTI Kettles of\n   the north\n"
    "SO J Kettles\nPY 2011\n"
    "VL 3\nIS 2\nBP 11\nEP 19\nDI 10.1000/k1\nER\n\nEF",
    "Web of Science, tabs": "PT\tAU\tAF\tTI\tSO\tPY\tVL\tIS\tBP\tEP\tDI\tUT\nJ\tMarsh, T; Reed, A\tMarsh, Tom; Reed, Ann\t"
    "Kettles of the north\tJ Kettles\t2011\t3\t2\t11\t19\t10.1000/k1\tWOS:0001\n",
    "Ovid, short labels": "<1. >\nDB  - Embase\nAU  - Marsh T.\nAU  - Reed A.\nTI  - Kettles of the north\n"
    "SO  - J Kettles. 3(2) (pp 11-19), 2011. Date of Publication: March 2011.\nDO  - 10.1000/k1\n",
    "Ovid, long labels": "Database: Ovid MEDLINE(R) <1946 to March 2011>\nSearch Strategy:\n----\n1     kettle (12)\n\n<1>\nTitle\n"
    "  Kettles of the north\nSource\n  J Kettles. 3(2):11-9, 2011 Mar.\nAuthors\n  Marsh T; Reed A\nDigital Object Identifier\n"
    "  https://dx.doi.org/10.1000/k1\nPublication Type\n  Journal Article. Review.\n",
    "EndNote, tagged": "%0 Journal Article\n%A Marsh, Tom\n%A Reed, Ann\n%D 2011\n%T Kettles of the north\n%J J Kettles\n%V 3\n%N 2\n"
    "%P 11-19\n%! Kettles\n%R 10.1000/k1\n%K kettle\nnorth\n",
    "RefWorks": "RT Journal Article\nSR Electronic\nA1 Marsh,Tom\nA1 Reed,Ann\nT1 Kettles of the north\nJF J Kettles\nYR 2011\nVO 3\n"
    "IS 2\nSP 11\nOP 19\nDO 10.1000/k1\nER\n",
    "NoteExpress": "{Reference Type}: Journal Article\n{Title}: Kettles of the north\n{Author}: Marsh, Tom;Reed, Ann\n"
    "{Journal}: J Kettles\n{Year}: 2011\n{Volume}: 3\n{Issue}: 2\n{Pages}: 11-19\n{DOI}: 10.1000/k1\n",
    "BibTeX": "@article{a,\n title = {{Kettles of {the} north}},\n author = \"Marsh, Tom and Ann Reed\",\n"
    " year = 2011, journal = {J Kettles}\n"
    " ,volume={3}, number={2}, pages={11--19}, doi={https://doi.org/10.1000/K1}}\n",
    "PubMed XML": PUBMED,
    "EndNote XML": ENDNOTE,
    "CSL-JSON": json.dumps([CSL]),
    "JSON lines": json.dumps(CSL) + "\n",
}  # fmt: skip
TABLES: dict[str, str] = {
    "Scopus": "Authors,Author full names,Title,Year,Source title,Volume,Issue,Page start,Page end,DOI,Source,EID\n"
    '"Marsh T.; Reed A.","Marsh, Tom (123456); Reed, Ann (234567)",Kettles of the north,2011,J '
    'Kettles,3,2,11,19,10.1000/k1,Scopus,2-s2.0-1\n',
    "IEEE Xplore": "Document Title,Authors,Publication Title,Publication Year,Volume,Issue,Start Page,End Page,DOI\n"
    "Kettles of the north,T. Marsh; A. Reed,J Kettles,2011,3,2,11,19,10.1000/k1\n",
    "PubMed": "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,DOI\n"
    '111,Kettles of the north,"Marsh T, Reed A.",J Kettles. 2011 Mar;3(2):11-9. doi: 10.1000/k1.,Marsh T,J Kettles,2011,10.1000/k1\n',
    "Zotero": "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Date,Pages,Issue,Volume\n"
    'A,journalArticle,2011,"Marsh, Tom; Reed, Ann",Kettles of the north,J Kettles,10.1000/k1,2011-03,11-19,2,3\n',
    "Lens": "Lens ID,Title,Date Published,Publication Year,Source Title,Author/s,Volume,Issue Number,Start Page,End Page,DOI\n"
    "000-1,Kettles of the north,2011-03-04,2011,J Kettles,Tom Marsh; Ann Reed,3,2,11,19,10.1000/k1\n",
    "Dimensions": '"About the data: Exported on Mar 04, 2011. Criteria: a, b"\n'
    "Rank,Publication ID,DOI,Title,Source title/Anthology title,PubYear,Volume,Issue,Pagination,Authors\n"
    '1,pub.1,10.1000/k1,Kettles of the north,J Kettles,2011,3,2,11-19,"Marsh, Tom; Reed, Ann"\n',
    "OpenAlex": "id,doi,title,display_name,publication_year,authorships.author.display_name,primary_location.source.display_name,"
    "biblio.volume,biblio.issue,biblio.first_page,biblio.last_page\n"
    "https://openalex.org/W1,https://doi.org/10.1000/k1,Kettles of the north,x,2011,Tom Marsh|Ann Reed,J Kettles,3,2,11,19\n",
    "Rayyan": "key,title,year,month,journal,issn,volume,issue,pages,authors,doi,pubmed_id\n"
    'rayyan-1,Kettles of the north,2011,3,J Kettles,1,3,2,11-19,"Marsh, Tom and Reed, Ann",10.1000/k1,111\n',
    "Covidence": "Title,Authors,Published Year,Journal,Volume,Issue,Pages,DOI,Ref,Covidence #,Study\n"
    'Kettles of the north,"Marsh, Tom; Reed, Ann",2011,J Kettles,3,2,11-19,10.1000/k1,1,#1,Marsh 2011\n',
    "Embase": "Title,Author Names,Source,Publication Year,DOI\n"
    'Kettles of the north,"Marsh T., Reed A.",J Kettles (2011) 3:2 (11-19),2011,10.1000/k1\n',
    "Publish or Perish": "Cites,Authors,Title,Year,Source,Volume,Issue,StartPage,EndPage,DOI\n"
    '12,"T Marsh, A Reed",Kettles of the north,2011,J Kettles,3,2,11,19,10.1000/k1\n',
    "a column an author": "Title,Author 1,Author 2,Journal,Year,Volume,Issue,Pages,DOI\n"
    'Kettles of the north,"Marsh, Tom","Reed, Ann",J Kettles,2011,3,2,11-19,10.1000/k1\n',
    "German": "Titel;Autoren;Jahr;Zeitschrift;Band;Heft;Seiten;DOI\n"
    "Kettles of the north;Marsh, Tom|Reed, Ann;2011;J Kettles;3;2;11-19;10.1000/k1\n",
    "Spanish": "Título;Autores;Año;Revista;Volumen;Número;Páginas;DOI\n"
    "Kettles of the north;Marsh, Tom|Reed, Ann;2011;J Kettles;3;2;11-19;10.1000/k1\n",
    "two rows of headings": "Bibliographic,,,,,,,Link\nTitle,Authors,Year,Journal,Volume,Issue,Pages,DOI\n"
    'Kettles of the north,"Marsh, Tom; Reed, Ann",2011,J Kettles,3,2,11-19,http://dx.doi.org/10.1000/K1\n',
    "dates and numbers of Excel": "Title,Authors,Publication Date,Journal,Volume,Issue,Pages,DOI\n"
    'Kettles of the north,"Marsh, Tom; Reed, Ann",40606,J Kettles,3.0,2.0,11-19,DOI 10.1000/k1.\n',
}  # fmt: skip


def only(folder: Path, content: bytes) -> list[ParsedRecord]:
    (folder / "export").write_bytes(content)
    (found,) = read(folder / "export", name="export")
    records, problems, markers = sums(found)
    assert (problems, markers) == ([], len(records))
    return records


@pytest.mark.parametrize("name", [*FILES, *TABLES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_article_is_the_same_whoever_exports_it(tmp_path: Path, name: str, encoding: str) -> None:
    (record,) = only(tmp_path, {**FILES, **TABLES}[name].encode(encoding))
    assert (record.title, record.year, record.doi) == ("Kettles of the north", 2011, "10.1000/k1")
    assert (record.journal, record.volume, record.issue, record.pages) == ("J Kettles", "3", "2", "11-19")
    assert record.authors in AUTHORS


def test_ovid_writes_several_publication_types_into_one_line(tmp_path: Path) -> None:
    (record,) = only(tmp_path, FILES["Ovid, long labels"].encode())
    assert record.types == ("journal_article", "review")


def test_a_table_with_a_field_a_row_is_refused_and_not_taken_for_records(tmp_path: Path) -> None:
    text = '"TITLE","Kettles"\n"AUTHOR NAMES","Marsh T."\n"SOURCE","J Kettles"\n\n"TITLE","Pans"\n"AUTHOR NAMES","Lee B."\n'
    with pytest.raises(Refusal, match="one field, not one record"):
        only(tmp_path, text.encode())


def test_a_workbook_may_hold_dates_numbers_merged_cells_and_an_empty_first_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[list[object]] = [
        [None, "Results of 1 May"],
        [None, "Title", "Authors", "Publication Date", "DOI"],
        [None, "Kettles", "Marsh, Tom; Reed, Ann", datetime.date(2011, 3, 4), "https://doi.org/10.1000/k1"],
        [None, "Pans", "Lee, Bo", 41000, None],
        [],
        [None, "Lids", None, "12/2013", "n/a"],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("B1:E1")
    file = io.BytesIO()
    book.save(file)
    records = only(tmp_path, file.getvalue())
    assert [(record.title, record.year, record.doi) for record in records] == [
        ("Kettles", 2011, "10.1000/k1"), ("Pans", 2012, ""), ("Lids", 2013, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("T Marsh, AB Reed", ["Marsh, T", "Reed, AB"]),
        ("T. Marsh, A.B. Reed", ["Marsh, T.", "Reed, A.B."]),
        ("Marsh, Tom; Reed, Ann; et al.", ["Marsh, Tom", "Reed, Ann"]),
        ("Marsh T. et al.", ["Marsh, T."]),
        ("Иванов И. И., Петрова А.", ["Иванов, И. И.", "Петрова, А."]),
        ("王小明，李华等", ["王小明", "李华"]),
        ("Marsh, T., Reed, A. B., & Lee, C.", ["Marsh, T.", "Reed, A. B.", "Lee, C."]),
    ],
)
def test_authors_of_one_cell_are_told_apart(cell: str, people: list[str]) -> None:
    assert split_names(cell) == people


def test_the_text_of_the_cochrane_library_is_cut_at_its_records_and_capitals_in_it_are_text(tmp_path: Path) -> None:
    text = "Record #1 of 2\nID: CN-1\nTI: Kettles\nAB: Aims\nAND\nmore\n\n\nRecord #2 of 2\nID: CN-2\nTI: Pans\n"
    one, two = only(tmp_path, text.encode())
    assert (one.title, one.abstract, two.title, two.ids["accession"]) == ("Kettles", "Aims AND more", "Pans", "CN-2")


@pytest.mark.parametrize("title", ["[Not Available].", "[Not available].", "Not Available."])
def test_a_title_that_nobody_translated_is_the_one_in_its_own_language(tmp_path: Path, title: str) -> None:
    (record,) = only(tmp_path, f"PMID- 111\nTI  - {title}\nTT  - Bouilloires du nord\n".encode())
    assert (record.title, record.title_translated) == ("Bouilloires du nord", "")
    article = "<PubmedArticle><MedlineCitation><PMID>111</PMID><Article><ArticleTitle>{}</ArticleTitle>{}</Article>"
    article += "</MedlineCitation></PubmedArticle>"
    vernacular = "<VernacularTitle>Bouilloires du nord</VernacularTitle>"
    (record,) = only(tmp_path, f"<PubmedArticleSet>{article.format(title, vernacular)}</PubmedArticleSet>".encode())
    assert (record.title, record.title_translated) == ("Bouilloires du nord", "")


def test_a_bibtex_key_may_lack_its_comma(tmp_path: Path) -> None:
    one, two = only(tmp_path, b"@article{a title = {Kettles}, year = {2011}}\n@article{b\n title = {Pans}\n}\n")
    assert [(found.title, found.year, found.flags[:-1]) for found in (one, two)] == [
        ("Kettles", 2011, ()),
        ("Pans", None, ()),
    ]


def test_a_workbook_is_not_read_through_for_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's files tell none, and openpyxl would look for it in every sheet each time that it opens the book."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("records", 0)
    for row in (["Title", "Year"], ["Kettles", 2011]):
        sheet.append(row)
    path = tmp_path / "google.xlsx"
    book.save(path)
    monkeypatch.setattr(
        "openpyxl.worksheet._reader.WorkSheetParser.parse_dimensions", lambda parser: pytest.fail("read through")
    )
    (reading,) = read(path, name=path.name)
    (record,), problems, markers = sums(reading)
    assert (record.title, record.year, problems, markers) == ("Kettles", 2011, [], 1)
