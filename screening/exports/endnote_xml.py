"""EndNote's XML, as EndNote writes it without style marks: elements in the order of its document type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from screening.exports.exported import GENERIC, JOURNAL, ExportRecord, language_words, listed, type_words

# Reference types of EndNote: name and number.
TYPES = {
    JOURNAL: ("Journal Article", 17), "conference_paper": ("Conference Paper", 47), "book": ("Book", 6),
    "chapter": ("Book Section", 5), "thesis": ("Thesis", 32), "report": ("Report", 27), "preprint": ("Unpublished Work", 34),
    "news": ("Newspaper Article", 23), "patent": ("Patent", 25), "standard": ("Standard", 58), "dataset": ("Dataset", 59),
    GENERIC: ("Generic", 13),
}  # fmt: skip


def write(records: Iterable[ExportRecord]) -> Iterator[str]:
    """The text of the file, a piece a record."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for record in records:
        yield f"<record>{''.join(_elements(record))}</record>\n"
    yield "</records></xml>\n"


def container(record: ExportRecord) -> str:
    """The name of the reference type."""
    return TYPES[record.kind][0]


def _elements(record: ExportRecord) -> Iterator[str]:
    name, number = TYPES[record.kind]
    yield _one("rec-number", str(record.number))
    yield f"<ref-type name={quoteattr(name)}>{number}</ref-type>"
    yield _in("contributors", _many("authors", "author", record.authors))
    titles = [
        ("title", record.title),
        ("secondary-title", record.journal),
        ("translated-title", record.title_translated),
    ]
    yield _in("titles", "".join(_one(tag, text) for tag, text in titles))
    yield _in("periodical", _one("full-title", record.journal if record.kind == JOURNAL else ""))
    yield _one("pages", record.pages)
    yield _one("volume", record.volume)
    yield _one("number", record.issue)
    yield _one("edition", str(record.year_early or "") if record.kind == JOURNAL else "")
    yield _many("keywords", "keyword", record.keywords)
    yield _in("dates", _one("year", record.year_written))
    yield _one("accession-num", record.ids.get("accession", ""))
    yield _one("abstract", record.abstract)
    yield _one("research-notes", record.remark)
    yield _one("work-type", listed(type_words(record, container(record))))
    yield _in("urls", _in("related-urls", _one("url", record.url)))
    yield _one("custom1", f"PMID: {record.pmid}" if record.pmid else "")
    yield _one("custom2", record.ids.get("pmcid", ""))
    yield _one("electronic-resource-num", record.doi)
    yield _one("remote-database-name", record.ids.get("database", ""))
    yield _one("language", listed(language_words(record)))


def _one(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def _in(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>" if inside else ""


def _many(tag: str, each: str, texts: tuple[str, ...]) -> str:
    return _in(tag, "".join(_one(each, text) for text in texts))
