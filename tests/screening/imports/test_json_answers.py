"""The JSON that search services and reference managers hand out: the same article in the words of each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screening.imports.reading import read
from tests.screening.imports.traps import sums

OPENALEX = {
    "meta": {"count": 1},
    "results": [
        {
            "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/K1", "display_name": "Kettles of the north",
            "publication_year": 2011, "language": "en", "type": "article",
            "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/31300001"},
            "authorships": [{"author": {"display_name": "Tom Marsh"}}, {"author": {"display_name": "Ann Reed"}}],
            "primary_location": {"source": {"display_name": "J Kettles"}},
            "biblio": {"volume": "3", "issue": "2", "first_page": "11", "last_page": "19"},
            "abstract_inverted_index": {"They": [0], "boil": [1, 3], "and": [2]}, "referenced_works": [{"title": "x", "year": 1}],
        }
    ],
}  # fmt: skip
SEMANTIC_SCHOLAR = {
    "total": 1,
    "data": [
        {
            "paperId": "a1", "externalIds": {"DOI": "10.1000/k1", "PubMed": "31300001"}, "title": "Kettles of the north",
            "abstract": "They boil and boil", "year": 2011, "journal": {"name": "J Kettles", "volume": "3", "pages": "11-19"},
            "authors": [{"authorId": "1", "name": "Tom Marsh"}, {"authorId": "2", "name": "Ann Reed"}],
        }
    ],
}  # fmt: skip
EUROPE_PMC = {
    "hitCount": 1,
    "resultList": {
        "result": [
            {
                "id": "31300001", "pmid": "31300001", "doi": "10.1000/k1", "title": "Kettles of the north", "pubYear": "2011",
                "authorString": "Marsh T, Reed A.", "journalInfo": {"issue": "2", "volume": "3", "journal": {"title": "J Kettles"}},
                "pageInfo": "11-19", "abstractText": "They boil and boil", "language": "eng",
            }
        ]
    },
}  # fmt: skip
CROSSREF = {
    "status": "ok",
    "message": {
        "facets": {"a": {"value-count": 1}},
        "items": [
            {
                "reference": [{"title": "other", "year": "1999"}], "DOI": "10.1000/k1", "title": ["Kettles of the north"],
                "author": [{"given": "Tom", "family": "Marsh"}, {"given": "Ann", "family": "Reed"}], "volume": "3", "issue": "2",
                "page": "11-19", "container-title": ["J Kettles"], "issued": {"date-parts": [[2011, 3]]},
                "abstract": "<jats:p>They boil and boil</jats:p>",
            }
        ],
    },
}  # fmt: skip
ZOTERO = {
    "config": {"options": {"title": "x"}},
    "items": [
        {
            "itemType": "journalArticle", "title": "Kettles of the north", "DOI": "10.1000/k1", "date": "2011-03", "volume": "3",
            "creators": [{"firstName": "Tom", "lastName": "Marsh", "creatorType": "author"}, {"creatorType": "editor", "name": "X"},
                         {"firstName": "Ann", "lastName": "Reed", "creatorType": "author"}],
            "publicationTitle": "J Kettles", "issue": "2", "pages": "11-19", "abstractNote": "They boil and boil",
            "tags": [{"tag": "tea"}], "extra": "PMID: 31300001",
        }
    ],
}  # fmt: skip
ERIC = {
    "response": {
        "numFound": 1,
        "docs": [
            {
                "id": "EJ1", "title": "Kettles of the north", "author": ["Marsh, Tom", "Reed, Ann"], "publicationdateyear": 2011,
                "description": "They boil and boil", "subject": ["tea"], "language": ["English"],
            }
        ],
    }
}  # fmt: skip
PUBLISH_OR_PERISH = [
    {
        "uid": "GS:1", "title": "Kettles of the north", "source": "J Kettles", "article_url": "https://example.org/10.1000",
        "abstract": "They boil and boil", "year": 2011, "volume": 0, "issue": 0, "startpage": 0, "authors": ["T Marsh", "A Reed"],
    }
]  # fmt: skip
ANSWERS: dict[str, Any] = {
    "OpenAlex": OPENALEX, "Semantic Scholar": SEMANTIC_SCHOLAR, "Europe PMC": EUROPE_PMC, "Crossref": CROSSREF,
    "Zotero": ZOTERO, "ERIC": ERIC, "Publish or Perish": PUBLISH_OR_PERISH,
    "Crossref, one work": {"status": "ok", "message": CROSSREF["message"]["items"][0]},  # type: ignore[index]
}  # fmt: skip


@pytest.mark.parametrize("service", ANSWERS)
@pytest.mark.parametrize("indent", [None, 1])
def test_the_answer_of_a_search_service_is_read(tmp_path: Path, service: str, indent: int | None) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(ANSWERS[service], indent=indent), encoding="utf-8")
    (reading,) = read(path, name=path.name)
    (record,), problems, markers = sums(reading)
    assert (problems, markers) == ([], 1)
    assert (record.title, record.year, record.abstract) == ("Kettles of the north", 2011, "They boil and boil")
    assert [name.replace(",", "").split()[0] for name in record.authors] in (["Marsh", "Reed"], ["Tom", "Ann"])
    assert record.doi in ("", "10.1000/k1")
    assert record.pmid in ("", "31300001")
    assert (record.volume, record.issue, record.pages) in (("3", "2", "11-19"), ("3", "", "11-19"), ("", "", ""))
    assert record.journal == ("" if service == "ERIC" else "J Kettles")
    assert record.languages == (("en",) if service in ("OpenAlex", "Europe PMC", "ERIC") else ())
