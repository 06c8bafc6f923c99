"""The fields of one JSON item in our terms: CSL-JSON, and what search services call the same things.

OpenAlex, Semantic Scholar, Europe PMC, Crossref, ERIC, Zotero and Publish or Perish hand out JSON. A path of names parted
by points leads into nested objects, and through a list to its first item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from screening.imports.parsers.draft import Draft
from screening.imports.parsers.names import split_names
from screening.records.identifiers import doi_in_url, normalise_doi, normalise_pmcid, normalise_pmid

_YEARS = (
    "published-print", "published", "original-date", "year", "publication_year", "pubYear", "publicationdateyear",
    "publicationDate", "publication_date", "date",
)  # fmt: skip
_JOURNALS = (
    "container-title", "journal.name", "journal.title", "journal", "publicationTitle", "journalTitle", "journalInfo.journal.title",
    "primary_location.source.display_name", "bookTitle", "proceedingsTitle", "venue", "event-title", "event.name", "event",
)  # fmt: skip
_MOST_WORDS = 20_000  # of an abstract that is kept as an index of its words


def describe(draft: Draft, data: dict[str, Any]) -> None:
    """Fill ``draft`` from one item."""
    draft.title = _text(data, "title", "display_name")
    draft.title_translated = _text(data, "original-title")
    draft.authors = _authors(data)
    draft.years = [_date(data.get("issued")), *(_date(data.get(name)) for name in _YEARS)]
    draft.years_early = [_date(data.get("published-online")) or _date(data.get("available-date"))]
    draft.abstract = _text(data, "abstract", "abstractNote", "abstractText") or _unfolded(data)
    if "publicationdateyear" in data:  # ERIC calls the abstract so
        draft.abstract = draft.abstract or _text(data, "description")
    _locate(draft, data)
    draft.keywords = _keywords(data)
    draft.raw_languages = _texts(data.get("language"))
    types = [*_texts(data.get("publicationTypes")), *_texts(data.get("publicationtype"))]
    draft.raw_types = [
        _text(data, "type", "itemType"),
        _text(data, "genre"),
        *types,
        *_texts(_at(data, "pubTypeList.pubType")),
    ]
    draft.url = _text(data, "URL", "article_url", "link")
    _identify(draft, data)


def _locate(draft: Draft, data: dict[str, Any]) -> None:
    draft.journal = _text(data, *_JOURNALS)
    if not draft.journal and "article_url" in data:  # Publish or Perish calls the journal so, CSL the database
        draft.journal = _text(data, "source")
    draft.volume = _number(data, "volume", "journal.volume", "biblio.volume", "journalVolume", "journalInfo.volume")
    draft.issue = _number(data, "issue", "number", "biblio.issue", "journalInfo.issue")
    draft.pages = _text(data, "page", "pages", "pageInfo", "journal.pages", "article-number")
    if not draft.pages:
        start = _number(data, "biblio.first_page", "startpage")
        end = _number(data, "biblio.last_page", "endpage")
        draft.pages = f"{start}-{end}" if start and end and start != end else start


def _identify(draft: Draft, data: dict[str, Any]) -> None:
    note = _text(data, "note", "extra")
    draft.doi = normalise_doi(_text(data, "DOI", "externalIds.DOI", "ids.doi")) or doi_in_url(draft.url)
    draft.doi = draft.doi or (normalise_doi(note) if "DOI:" in note else "")
    numbers = (_text(data, name) for name in ("PMID", "pubmed id", "externalIds.PubMed", "ids.pmid"))
    draft.pmid = next((pmid for number in numbers if (pmid := normalise_pmid(number))), "")
    draft.pmid = draft.pmid or (normalise_pmid(note) if "PMID" in note else "")
    central = _text(data, "PMCID", "ids.pmcid") or _text(data, "externalIds.PubMedCentral")
    draft.ids = {
        "record_id": _text(data, "id", "paperId", "citationKey", "key"),
        "pmcid": normalise_pmcid(central) or normalise_pmcid(note),
        "database": "" if "article_url" in data else _text(data, "source"),
        "accession": _text(data, "accession", "custom.accession"),
        "ut": _text(data, "custom.ut"),
        "eid": _text(data, "custom.eid"),
    }


def _authors(data: dict[str, Any]) -> list[str]:
    creators = data.get("creators")
    if isinstance(creators, list):  # Zotero
        kinds = {"author": [], "editor": []}  # type: dict[str, list[Any]]
        for person in creators:
            if isinstance(person, dict):
                kinds.setdefault(str(person.get("creatorType")), []).append(person)
        return _people(kinds["author"]) or _people(kinds["editor"])
    named = data.get("author", data.get("authors", data.get("authorships")))
    people = _people(named) or _people(_at(data, "authorList.author")) or split_names(_text(data, "authorString"))
    return people or _people(data.get("editor"))


def _people(people: Any) -> list[str]:
    if not isinstance(people, list):
        return split_names(people) if isinstance(people, str) else []
    return [_person(person) if isinstance(person, dict) else str(person) for person in people]


def _person(person: dict[str, Any]) -> str:
    family = " ".join(filter(None, (_text(person, "non-dropping-particle"), _text(person, "family", "lastName"))))
    given = _text(person, "given", "firstName")
    if family and given:
        return f"{family}, {given}"
    whole = ("literal", "name", "fullName", "author.display_name", "display_name", "raw_author_name", "collectiveName")
    return family or given or _text(person, *whole)


def _keywords(data: dict[str, Any]) -> list[str]:
    words = next((found for name in ("keyword", "keywords", "tags", "subject") if (found := data.get(name))), "")
    words = words or _at(data, "keywordList.keyword") or ""
    if isinstance(words, list):
        return [_text(word, "tag", "display_name", "name") if isinstance(word, dict) else str(word) for word in words]
    return re.split(r"\s*;\s*" if ";" in str(words) else r"\s*,\s*", str(words))


def _unfolded(data: dict[str, Any]) -> str:
    """OpenAlex keeps an abstract as an index: each word, and the places where it stands."""
    index = data.get("abstract_inverted_index")
    if not isinstance(index, dict):
        return ""
    places = [
        (place, str(word))
        for word, found in index.items()
        if isinstance(found, list)
        for place in found
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places)[:_MOST_WORDS])


def _at(data: Any, path: str) -> Any:
    """What lies at a path of names, ``None`` where it leads nowhere."""
    for name in path.split("."):
        data = data[0] if isinstance(data, list) and data else data
        if not isinstance(data, Mapping):
            return None
        data = data.get(name, data.get(name.casefold()))
    return data


def _text(data: dict[str, Any], *paths: str) -> str:
    """The first of the paths that leads to a text or a number; Crossref wraps titles into lists."""
    return next((text for path in paths for text in _texts(_at(data, path))[:1] if text), "")


def _number(data: dict[str, Any], *paths: str) -> str:
    """The same for what is counted from 1: a 0 says that nobody knows."""
    text = _text(data, *paths)
    return "" if text == "0" else text


def _texts(value: Any) -> list[str]:
    """The texts and numbers of a value: its own, or those of a list."""
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, (str, int, float)) and not isinstance(one, bool)]


def _date(value: Any) -> str:
    """CSL's ``{"date-parts": [[2020, 5]]}``, ``{"raw": ...}`` or a plain text."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        if isinstance(first, list) and first:
            return str(first[0])
        return str(value.get("raw") or value.get("literal") or "")
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
