"""The headings of tables: what each database calls its columns, in our field names (imports.md 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from screening.imports.parsers.ebsco import ebsco_columns

# field: its spellings as `heading_key` writes them, the better column of one table first.
_SPELLINGS = {
    "title": "title | article title | document title | item title | title primary | primary title | publication title "
    "original | titles | ti | t1 | artinfo tig atl | atl | paper title | reference title | study title | full title "
    "| title abstract title | main title | display name "
    "| 题名 | 篇名 | 标题 | 標題 | 題名 | 文献题名 | title 题名 | 論文名稱 | 论文题名 | 中文題名 | 中文篇名 "
    "| titel | título | titulo | titre | titolo | tittel | title en | brief title | official title "
    "| タイトル | 論題 | 표제 | 제목 | название | заглавие",
    "title_translated": "original title | translated title | title translated | foreign title | vernacular title "
    "| title original | english title | 英文题名 | 英文篇名 | 英文題名 | 外文题名"
    " | original foreign title",
    "authors": "authors | author names | author s | author | au | authors full | authors list | author list | artinfo aug "
    "au | first authors | a1 | creators | creator | authors primary | authors full name | author name | item authors "
    "| authorships author display name | authorships raw author name | 作者 | author 作者 | 著者 | 作者姓名 | 责任者 | 中文作者 "
    "| autoren | autor | autores | auteurs | auteur | autori | verfasser | 著者名 | 저자 | авторы | автор | first author | last author"
    " | group authors | corporate authors | book authors | book group authors",
    "authors_full": "author full names | authors full names | af | author full name | full author names",
    "editors": "editors | editor",
    "year": "year | publication year | published year | pub year | pubyear | year of publication | publish year | yr | py "
    "| pubdate year | publicationyear | article year | 年 | year 年 | 出版年 | 年份 | 發表年 | 出版年份 | 年度 "
    "| jahr | erscheinungsjahr | año | ano | année | annee | anno | 発行年 | 연도 | 발행년도 | год"
    " | year publication",
    "date": "date | publication date | published date | pub date | pubdate | date published | date of publication "
    "| issue date | cover date | publication date online | published | dp | pubtime 发表时间 | 发表时间 | 出版日期 | 發表時間 "
    "| pubtime | 出版時間",
    "date_early": "early access date | ea | publication date print online | year early",
    "journal": "source title | publication title | journal book | journal | journal title | so | jf | full journal name "
    "| periodical | publication name | jtl | journal name | pubtitle | source publication | publicationtitle | jt "
    "| container title | primary location source display name | secondary title | source journal | publication | periodical title "
    "| 刊名 | 期刊 | 期刊名 | 来源 "
    "| 文献来源 | source 文献来源 | 期刊名稱 | 期刊名称 | 刊物名稱 | 来源期刊 | 出處 | 出版物名称 "
    "| source title anthology title | zeitschrift | revista | revue | rivista "
    "| 雑誌名 | 掲載誌 | 학술지명 | 학술지 | журнал | host publication"
    " | periodical full | title secondary",
    "journal_short": "abbreviated source title | journal abbreviation | ji | j9 | ja | jo | journal abbrev | ta "
    "| alternate title2 | alternate title3"
    " | journal iso abbreviation | periodical abbrev",
    "book": "booktitle | book title | book series title | conference name | conference title | proceedings title",
    "volume": "volume | vol | vl | vo | journal volume | vid | biblio volume "
    "| band | volumen | tome | 巻 | 권 | том | volume 卷 | 卷 | 卷号"
    " | volume number",
    "issue": "issue | number | is | iss | no | issue number | iid | journal issue | biblio issue "
    "| heft | número | numéro | 号 | 호 | period 期 | 期 | 期号 | op issue | cp",
    "pages": "pages | page | pg | page numbers | page range | pagination | ppf ppct | page s | pagecount 页码 | 页码 | 頁碼 "
    "| 起止页码 | 頁次 | 页数 pages | seiten | páginas | ページ | 페이지 | страницы",
    "start_page": "page start | start page | bp | beginning page | sp | ppf | first page | startpage | start pg "
    "| biblio first page | 起始页",
    "end_page": "page end | end page | ep | ending page | last page | biblio last page | endpage | 终止页 | other pages",
    "article_number": "art no | article number | ar | article no | artno",
    "doi": "doi | item doi | digital object identifier | doi link | di | digitalobjectidentifier | doi url | doi s "
    "| digital object identifiers | digitalobjectidentifiers | ui doi | doi number | doi doi",
    "pmid": "pmid | pubmed id | pubmedid | pm | pubmed | ui pmid | medline pmid | pubmed number | pubmed unique identifier | ids pmid",
    "pmcid": "pmcid | pmc id | pmc | pubmed central id",
    "abstract": "abstract | abstract note | ab | abstracts | abstract text | abstractnote | item abstract | n2 | summary "
    "| 摘要 | summary 摘要 | 文摘 | 中文摘要 | abstract 摘要 "
    "| zusammenfassung | resumen | resumo | résumé | riassunto | 抄録 | 要旨 | 초록 | аннотация | реферат | brief summary",
    "abstract_original": "original abstract | english abstract | translated abstract | 英文摘要",
    "keywords": "author keywords | keywords | keyword | manual tags | kw | de | subjects | subject terms | 关键词 | 關鍵字 "
    "| 关键字 | schlagwörter "
    "| palabras clave | palavras chave | mots clés "
    "| キーワード | 주제어 | ключевые слова "
    "| keyword 关键词 | 關鍵詞 | index keywords | mesh terms | mesh heading terms | keywords author | descriptors "
    "| emtree medical index terms | automatic tags | identifiers | keywords plus | subject"
    " | keyword s | descriptor s",
    "language": "language of original document | language | languages | la | original language | language s | lg "
    "| language of publication | 语种 | 語言 | 语言 | 語文",
    "type": "document type | publication type | item type | reference type | dt | type | documenttype | pt | article type "
    "| type of reference | content type | doctype | type of work | articletype | itemtype | type of article | record type "
    "| source type | ref type | publication types | document identifier | 文献类型 | srcdatabase 来源库 | 来源库 | 資料類型 | 文獻類型",
    "url": "url | link | urls | open url link | pdf link | ur | full text url | source linkout | external url | web link "
    "| links | permalink | document url | documenturl | 链接 | 網址 | url 网址 | 网址"
    " | fulltext url | articleurl | article url | fulltexturl | full text link",
    "accession": "accession number | accession | an | accession no | central id | cochrane id | id cochrane "
    "| accessionnumber | publication id | lens id | unique id | ut unique wos id | eric number | pui | embase accession id "
    "| medline accession number | document identifier number | nlm unique id | openalex id | covidence | ref"
    " | accession num",
    "eid": "eid",
    "ut": "ut",
    "record_id": "nct number | trialid "
    "| record id | id | recordid | key | item id | itemid | rec number | record number | citekey | study id "
    "| reference id | rayyan id",
    "database": "database | source database | db | database provider | databases | 数据库 | sub file database",
    "citation": "source | citation | so citation | bibliographic citation | source citation",
    "entry_type": "entrytype",
    "note": "note | notes",
}
# Web of Science's tab-delimited file and Excel sheet of two-letter tags mean other things by some of them.
_WOS_SPELLINGS = {
    "title": "ti", "authors": "af | au | ba | ca", "editors": "be", "year": "py", "date_early": "ea", "journal": "so",
    "journal_short": "ji | j9", "volume": "vl", "issue": "is", "start_page": "bp", "end_page": "ep",
    "article_number": "ar", "doi": "di", "pmid": "pm", "abstract": "ab", "keywords": "de | id", "language": "la",
    "type": "dt", "ut": "ut", "accession": "ut", "type_weak": "pt",
}  # fmt: skip
_WOS_MARKS = frozenset({"pt", "au", "ti", "so", "ut"})
# So does Ovid's: IS is the ISSN, CP a country or a notice of copyright, and SO the whole citation.
_OVID_SPELLINGS = {
    "title": "ti | bt", "title_translated": "ot | tt", "authors": "fa | au", "editors": "ed", "year": "yr", "date": "dp | dg",
    "journal": "jn | nj | ja | so", "volume": "vo", "issue": "ip", "pages": "pg", "doi": "do | di", "pmid": "pm | pmid",
    "abstract": "ab", "keywords": "kw | mh | sh | de", "language": "lg | la", "type": "pt | dt", "url": "ur | url | fturl | xl | jl",
    "accession": "an | ui", "medline_number": "ui | an", "database": "db", "source": "so",
}  # fmt: skip
_OVID_MARKS = (frozenset({"vn", "db", "ti"}), frozenset({"orn", "ti"}))
# PubMed's table until 2020: the authors are its description, the citation its details.
_OLD_PUBMED_SPELLINGS = {
    "title": "title",
    "authors": "description",
    "citation": "details",
    "pmid": "entrezuid | identifiers",
}
_OLD_PUBMED_MARKS = frozenset({"shortdetails", "entrezuid"})
# SciELO parts people from each other by the same comma as family from given name.
_SCIELO_MARKS = frozenset({"author s", "language s", "fulltext url"})
_BIBTEX_MARKS = ("entrytype", "bibtexkey", "bibtex key")

FIELDS: tuple[str, ...] = tuple(_SPELLINGS)

# What a person may say a column holds, in the order of a form.
MAPPABLE: dict[str, str] = {
    "title": "Title",
    "abstract": "Abstract",
    "authors": "Authors",
    "year": "Year",
    "journal": "Journal or book",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "doi": "DOI",
    "pmid": "PubMed id",
    "keywords": "Keywords",
    "language": "Language",
    "type": "Publication type",
    "title_translated": "Translated title",
    "url": "Link",
    "accession": "Accession number",
    "record_id": "Record id",
}


def heading_key(heading: str) -> str:
    """A heading without case, punctuation and byte order mark: ``Author(s)`` becomes ``author s``."""
    return " ".join(re.sub(r"[\W_]+", " ", heading.replace("\ufeff", "").casefold()).split())


def place_name(place: int) -> str:
    """What the column at ``place``, from 1, of a table without headings is called."""
    return f"Column {place}"


def told_apart(headings: Sequence[str]) -> list[str]:
    """The headings; one that is empty, or stood further left already, with its place."""
    found: list[str] = []
    seen: set[str] = set()
    for place, heading in enumerate(headings, start=1):
        key = heading_key(heading)
        again = f"{heading.strip()} ({place_name(place).lower()})" if key else f"{place_name(place)} without a heading"
        found.append(heading if key and key not in seen else again)
        seen.add(key)
    return found


def _table(spellings: Mapping[str, str]) -> dict[str, list[str]]:
    return {field: [name.strip() for name in names.split(" | ")] for field, names in spellings.items()}


_TABLE = _table(_SPELLINGS)
_WOS_TABLE = _table(_WOS_SPELLINGS)
_OVID_TABLE = _table(_OVID_SPELLINGS)
_OLD_PUBMED_TABLE = _table(_OLD_PUBMED_SPELLINGS)
_SCIELO_TABLE = {**_TABLE, "authors": [], "authors_in_turn": ["author s"]}
_KNOWN = {name for names in _TABLE.values() for name in names}
_TITLES = frozenset(_TABLE["title"])


_NUMBERED_AUTHOR = re.compile(
    r"(?:author|creator|autor|auteur) ?\d{1,3}|(?:first|second|third|fourth|last|other) authors?"
)


def is_one_field_a_row(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first column holds the headings, a record under the other ("fields by row"): a row is no record then."""
    first = [key for cells in rows if cells and (key := heading_key(cells[0]))]
    narrow = all(sum(1 for cell in cells if cell.strip()) <= 2 for cells in rows)
    known = sum(key in _KNOWN for key in first)
    return narrow and len(first) >= 3 and known >= 0.7 * len(first) and any(key in _TITLES for key in first)


def is_heading_row(cells: Sequence[str], *, first: bool = False) -> bool:
    """Whether a row holds a known title heading among headings, each once; the ``first`` row of a file may hold few."""
    keys = [heading_key(cell) for cell in cells]
    filled = [key for key in keys if key]
    if "title" in ebsco_columns(keys):
        return True
    if not any(key in _TITLES for key in filled):
        return False
    known = sum(key in _KNOWN for key in filled)
    return (
        len(set(filled)) > 0.8 * len(filled)
        and (known >= 2 or (first and len(filled) <= 2))
        and known >= 0.1 * len(filled)
    )


def known_headings(cells: Sequence[str]) -> int:
    """How many cells of a row are headings we know."""
    keys = [heading_key(cell) for cell in cells]
    return sum(key in _KNOWN for key in keys) + len(ebsco_columns(keys))


def is_bibtex(headings: Sequence[str]) -> bool:
    """Whether a table is a BibTeX file turned into rows: its cells then hold LaTeX."""
    return any(heading_key(heading) in _BIBTEX_MARKS for heading in headings)


def is_our_own(headings: Sequence[str]) -> bool:
    """Whether the table is an export of this site: its cells hold just what the records hold."""
    return bool(headings) and heading_key(headings[0]) == "record in review"


def columns_of(headings: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, list[int]]:
    """For each field the columns that hold it, the better one first. ``mapping`` (heading: field) wins over our table."""
    keys = [heading_key(heading) for heading in headings]
    fields = {heading_key(heading): field for heading, field in (mapping or {}).items() if field}
    said = {
        index: fields[key] for index, name in enumerate(told_apart(headings)) if (key := heading_key(name)) in fields
    }
    told = {keys[index]: field for index, field in said.items()}
    columns = ebsco_columns(keys, told)
    taken = {index for found in columns.values() for index in found}
    for field, names in _table_for(set(keys)).items():
        known = [index for name in names for index, key in enumerate(keys) if key == name and key not in told]
        if found := [index for index in known if index not in taken]:
            columns[field] = [*columns.get(field, ()), *found]
    numbered = [index for index, key in enumerate(keys) if key not in told and _NUMBERED_AUTHOR.fullmatch(key)]
    if len(numbered) > 1 and not set(columns.get("authors", ())) - set(numbered):
        columns["authors_parts"] = sorted({*columns.get("authors_parts", ()), *columns.pop("authors", ()), *numbered})
    for index, field in said.items():
        columns.setdefault(field, []).insert(0, index)
    return columns


def _table_for(keys: set[str]) -> Mapping[str, Sequence[str]]:
    for marks, table in (
        (_WOS_MARKS, _WOS_TABLE),
        (_OLD_PUBMED_MARKS, _OLD_PUBMED_TABLE),
        (_SCIELO_MARKS, _SCIELO_TABLE),
    ):
        if keys >= marks:
            return table
    return _OVID_TABLE if any(keys >= marks for marks in _OVID_MARKS) else _TABLE
