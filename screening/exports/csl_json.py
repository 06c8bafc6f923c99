"""CSL-JSON, version 1.0.2 of the schema: what citeproc and Zotero read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from screening.exports.exported import GENERIC, JOURNAL, ExportRecord, kept_apart, language_words, listed, type_words

TYPES = {
    JOURNAL: "article-journal", "conference_paper": "paper-conference", "book": "book", "chapter": "chapter",
    "thesis": "thesis", "report": "report", "preprint": "manuscript", "news": "article-newspaper", "patent": "patent",
    "standard": "standard", "dataset": "dataset", GENERIC: "document",
}  # fmt: skip


def write(records: Iterable[ExportRecord]) -> Iterator[str]:
    """The text of the file, a piece an item."""
    before = "["
    for record in records:
        yield f"{before}\n{json.dumps(_item(record), ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def container(record: ExportRecord) -> str:
    """The type of the item."""
    return TYPES[record.kind]


def _item(record: ExportRecord) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": str(record.number),
        "type": TYPES[record.kind],
        "title": record.title,
        "original-title": record.title_translated,
        "author": [_person(name) for name in record.authors],
        "issued": _date(record),
        "available-date": {"date-parts": [[record.year_early]]} if record.year_early else None,
        "container-title": record.journal,
        "volume": record.volume,
        "issue": record.issue,
        "page": record.pages,
        "abstract": record.abstract,
        "keyword": kept_apart(record.keywords),
        "language": listed(language_words(record)),
        "genre": listed(type_words(record, container(record))),
        "DOI": record.doi,
        "URL": record.url,
        "PMID": record.pmid,
        "PMCID": record.ids.get("pmcid", ""),
        "source": record.ids.get("database", ""),
        "note": record.remark,
        "custom": {name: record.ids[name] for name in ("accession", "ut", "eid") if record.ids.get(name)},
    }
    return {name: value for name, value in found.items() if value}


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(", ")
    return {"family": family, "given": given} if comma and family and given else {"literal": name}


def _date(record: ExportRecord) -> dict[str, Any]:
    if record.year is not None:
        return {"date-parts": [[record.year]]}
    return {"literal": record.raw_year} if record.raw_year else {}
