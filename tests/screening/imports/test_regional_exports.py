"""Exports of libraries and search sites beside the big databases: each gives what its own columns and tags hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports.parsed import ParsedRecord
from screening.imports.reading import read
from tests.screening.imports.traps import sums

SCIELO = (
    "ID,Title,Author(s),Source,Journal,Language(s),Publication year,Fulltext URL \n"
    'S01-scl,Chaleiras do norte,"Lin Marsh, Tomás Ana, Reed, Ana",Rev Chaleiras (Norte); 8(1); 13-14,Rev Chaleiras (Norte),'
    "Espanhol,2023,http://example.org/a?pid=S01 \n"
)
VIRTUAL_HEALTH_LIBRARY = (
    "ID,Title,Authors,Source,Journal,Database,Type,Language,Publication year,Descriptor(s),Fulltext URL, Abstract,"
    "Volume number,Issue number,DOI\n"
    'mdl-34000001,Kettles,"Marsh, Tom; Reed, Ann","J Kettles;139: 17-18, 2021 07. ",J Kettles,MEDLINE,article,en,2021,'
    "Tea; Water,https://example.org/k,They boil.,,,\n"
)
OLD_PUBMED = (
    "Title,URL,Description,Details,ShortDetails,Resource,Type,Identifiers,Db,EntrezUID,Properties\n"
    '"Kettles.","/pubmed/31300001","Marsh T, Reed A.","J Kettles. 2019 Jul 12:1-9. doi: 10.1000/k1. [Epub ahead of print]",'
    '"J Kettles.  2019","PubMed","citation","PMID:31300001","pubmed","31300001","create date:2019/07/13"\n'
)
OVID_EXCEL_AS_TEXT = (
    "ORN,VN,DB,UI,TI,AU,NJ,DP,PM\n"
    "1,Ovid Technologies,Ovid MEDLINE(R),9068402,Kettles,Marsh T,Journal of kettles,1997 Feb,"
    "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC484668\n"
)
REFWORKS_TABLE = (
    'Reference Type,"Authors, Primary",Title Primary,Periodical Full,Pub Year,Volume,Issue,Start Page,Other Pages,DOI\n'
    'Journal Article,"Marsh,Tom;Reed,Ann",Kettles,J Kettles,2014,66,2,71,93,10.1000/k1\n'
)
GOOGLE_SCHOLAR = (
    "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,CitesURL,GSRank\n"
    '24,"T Marsh, AB Reed‐Lin, K van Li, ...",Kettles,2011,J Kettles,Ward,https://example.org/k,https://example.org/c,1\n'
)


def only_record(folder: Path, text: str) -> ParsedRecord:
    path = folder / "export.txt"
    path.write_text(text, encoding="utf-8")
    (reading,) = read(path, name=path.name)
    (record,), problems, markers = sums(reading)
    assert (problems, markers) == ([], 1)
    return record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SCIELO,
            {"authors": ("Lin Marsh, Tomás Ana", "Reed, Ana"), "journal": "Rev Chaleiras (Norte)", "volume": "8", "issue": "1",
             "pages": "13-14", "languages": ("es",), "url": "http://example.org/a?pid=S01"},
        ),
        (
            VIRTUAL_HEALTH_LIBRARY,
            {"volume": "139", "pages": "17-18", "pmid": "34000001", "keywords": ("Tea", "Water"), "url": "https://example.org/k"},
        ),
        (
            OLD_PUBMED,
            {"authors": ("Marsh, T", "Reed, A"), "journal": "J Kettles", "year": 2019, "pages": "1-9", "pmid": "31300001",
             "doi": "10.1000/k1"},
        ),
        (OVID_EXCEL_AS_TEXT, {"journal": "Journal of kettles", "pmid": "9068402", "year": 1997}),
        (REFWORKS_TABLE, {"authors": ("Marsh, Tom", "Reed, Ann"), "journal": "J Kettles", "pages": "71-93"}),
        (
            GOOGLE_SCHOLAR,
            {"authors": ("Marsh, T", "Reed‐Lin, AB", "van Li, K"), "url": "https://example.org/k", "journal": "J Kettles"},
        ),
    ],
    ids=["SciELO", "Virtual Health Library", "PubMed before 2020", "Ovid for Excel", "RefWorks", "Publish or Perish"],
)  # fmt: skip
def test_a_table_gives_what_its_columns_hold(tmp_path: Path, text: str, expected: dict[str, object]) -> None:
    record = only_record(tmp_path, text)
    assert {name: getattr(record, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("CP  - 9th Conference on Kettles", {"issue": ""}),
        ("CP  - 2", {"issue": "2"}),
        ("CP  - Suppl 1", {"issue": "Suppl 1"}),
        ("KW  - Tea; Water\nKW  - Cups", {"keywords": ("Tea", "Water", "Cups")}),
        ("N1  - Accession Number: 2020-1-001. PMID: 33300001 Other Journal Title: K.", {"pmid": "33300001"}),
        ("N1  - Accession Number: 1. Language: English. PMID: NLM33300001.", {"pmid": "33300001"}),
        ("N1  - It answers another paper (PMID: 33300001).", {"pmid": ""}),
        ("AU  - Marsh T, Reed A", {"authors": ("Marsh, T", "Reed, A")}),
        ("UR  - https://www.example.org/articles/10.1000/k.2017.1/full", {"doi": "10.1000/k.2017.1"}),
        ("UR  - https://example.org/plosone/article?id=10.1000/k.2017.1", {"doi": "10.1000/k.2017.1"}),
    ],
)
def test_a_tag_of_ris_gives_what_it_holds(tmp_path: Path, tags: str, expected: dict[str, object]) -> None:
    record = only_record(tmp_path, f"TY  - JOUR\nTI  - Kettles\n{tags}\nER  - \n")
    assert {name: getattr(record, name) for name in expected} == expected


def test_old_cnki_writes_all_authors_on_one_line(tmp_path: Path) -> None:
    record = only_record(
        tmp_path, "%0 Journal Article\n%A 林一 %A 王二 %A 陈三\n%T 水壶研究\n%X <正>本文研究水壶。\n%W CNKI\n"
    )
    assert record.authors == ("林一", "王二", "陈三")
    assert record.abstract == "本文研究水壶。"
