"""PubMed XML: articles and book articles, structured abstracts, markup inside titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.entry import Entry
from screening.imports.parsers.medline import titles
from screening.imports.parsers.xml_records import entries, text_of, texts_of
from screening.records.identifiers import normalise_pmcid

RECORDS = ("PubmedArticle", "PubmedBookArticle")
_TRANSLATED = re.compile(r"^\[(?P<title>.*)\]\.?$", re.DOTALL)


def read(pieces: Iterable[str]) -> Iterator[Entry]:
    """The records of a PubMed XML file, one for each article or book article."""
    return entries(pieces, RECORDS, describe)


def describe(draft: Draft, record: Any) -> None:
    """The elements of one record in our terms (NLM's pubmed document type)."""
    citation = record.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if article is None:
        _describe_book(draft, record)
        return
    title = text_of(article, "ArticleTitle")
    translated = _TRANSLATED.match(title)
    vernacular = text_of(article, "VernacularTitle")
    draft.title, draft.title_translated = titles(translated["title"] if translated else title, vernacular)
    draft.authors = _authors(article.find("AuthorList"))
    draft.years = texts_of(
        article, "Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate", "ArticleDate/Year"
    )
    draft.years_early = texts_of(article, "ArticleDate/Year")
    draft.abstract = _abstract(article)
    draft.journal = text_of(article, "Journal/Title", "Journal/ISOAbbreviation") or text_of(
        citation, "MedlineJournalInfo/MedlineTA"
    )
    draft.volume, draft.issue = (
        text_of(article, "Journal/JournalIssue/Volume"),
        text_of(article, "Journal/JournalIssue/Issue"),
    )
    start, end = text_of(article, "Pagination/StartPage"), text_of(article, "Pagination/EndPage")
    draft.pages = text_of(article, "Pagination/MedlinePgn") or (f"{start}-{end}" if start and end else start)
    draft.keywords = texts_of(citation, "MeshHeadingList/MeshHeading/DescriptorName", "KeywordList/Keyword")
    draft.raw_languages = texts_of(article, "Language")
    draft.raw_types = texts_of(article, "PublicationTypeList/PublicationType")
    draft.pmid = text_of(citation, "PMID")
    _identify(draft, record, [*article.iterfind("ELocationID"), *record.iterfind("PubmedData/ArticleIdList/ArticleId")])


def _describe_book(draft: Draft, record: Any) -> None:
    document = record.find("BookDocument")
    if document is None:
        return
    draft.title = text_of(document, "ArticleTitle", "Book/BookTitle")
    draft.authors = _authors(document.find("AuthorList")) or _authors(document.find("Book/AuthorList"))
    draft.years = texts_of(document, "Book/PubDate/Year", "ContributionDate/Year", "Book/BeginningDate/Year")
    draft.abstract = _abstract(document)
    draft.journal = text_of(document, "Book/BookTitle")
    draft.pages = text_of(document, "Pagination/MedlinePgn")
    draft.keywords = texts_of(document, "KeywordList/Keyword")
    draft.raw_languages = texts_of(document, "Language")
    draft.raw_types = texts_of(document, "PublicationType", "PublicationTypeList/PublicationType")
    draft.pmid = text_of(document, "PMID")
    _identify(draft, record, [*document.iterfind("ArticleIdList/ArticleId"), *document.iterfind("Book/ELocationID")])


def _authors(people: Any) -> list[str]:
    if people is None:
        return []
    found: list[str] = []
    for person in people.iterfind("Author"):
        family, given = text_of(person, "LastName"), text_of(person, "ForeName", "Initials")
        found.append(f"{family}, {given}" if family and given else family or text_of(person, "CollectiveName"))
    return [name for name in found if name]


def _abstract(article: Any) -> str:
    """The parts of a structured abstract under their labels; a second abstract in another language only if it is alone."""
    parts: list[str] = []
    for part in [*article.iterfind("Abstract/AbstractText")] or [*article.iterfind("OtherAbstract/AbstractText")]:
        text = " ".join("".join(part.itertext()).split())
        label = (part.get("Label") or "").strip()
        parts.append(f"{label}: {text}" if text and label.upper() not in ("", "UNLABELLED") else text)
    return " ".join(part for part in parts if part)


def _identify(draft: Draft, record: Any, identifiers: list[Any]) -> None:
    by_kind: dict[str, str] = {}
    for found in identifiers:
        by_kind.setdefault((found.get("EIdType") or found.get("IdType") or "").casefold(), (found.text or "").strip())
    draft.doi = by_kind.get("doi", "")
    draft.ids = {"accession": draft.pmid, "pmcid": normalise_pmcid(by_kind.get("pmc", "")), "database": "PubMed"}
