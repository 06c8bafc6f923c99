"""What we export comes back as it was, field by field, whatever the text holds; what a format cannot carry stands in a table."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from screening.exports import bibtex, csl_json, endnote_xml, ris
from screening.exports.exported import ExportRecord, exported, language_words, type_lines, type_words
from screening.exports.formats import FORMATS
from screening.imports.parsed import ParsedRecord, Refusal
from screening.imports.parsers.draft import Draft
from screening.imports.publication_types import canonical_types
from screening.imports.reading import read
from screening.records.identifiers import pmid_in_text

NASTY = [
    "{braces} and }unbalanced{ {", 'a "quoted" word', "two\nlines\r\nthree", "=1+1", "+44 20", "-1", "@SUM(A1)", "'=1", "''-x",
    "\\textbf{x} \\ % & # _ ^ ~ $5 and $6 $", "} @article{key, title = {x}}", "&lt;b&gt; &amp;amp; <i>x</i>", "護理教學；評估、研究",
    "e\u0301 o\u0302\u0323 x\u0302", "ﬁ ｆｕｌｌ width", "TY  - JOUR", "ER  -", "AU  - Nobody", "a | b; c", "<record></record>", "]]>",
    '"', "''", "\\", "\\&", "tab\there", "\u200bzero\u2028line", "PMID- 1", "%0 Journal", "null", "[1]", "{", "A and B", "Ø", "&#59;",
]  # fmt: skip
LETTERS = "abzABZ éüøñ 护理教學 ㄅ か한 x̂ {}\"'`\\$%&#_^~<>;:,.!?()[]|/=+-@*\n\r\t0189"
HOSTILE = st.text(LETTERS, max_size=40) | st.text(max_size=20) | st.sampled_from(NASTY)
GIVEN = st.text("abc ABC éü 护理{}\"'\\$&-.", min_size=1, max_size=12)
NAMES = (
    st.builds("{}, {}".format, GIVEN, GIVEN)
    | GIVEN
    | HOSTILE
    | st.sampled_from(
        ["王小明", "Ludwig van Beethoven", "The WHO and UNICEF Study Group", "others", "O'Brien, M. J.", "Li X"]
    )
)
PLACES = st.sampled_from(["", "12", "3-4", "Suppl 1", "S12", "十二", "A{1}"])
PAGES = st.sampled_from(["", "12", "233-241", "S12-S15", "e0123456", "1-2, 5-7", "23-5", "12-", "页1"])
ADDRESSES = st.sampled_from(
    [
        "",
        "https://example.org/a_b~c?x=1&y=%20#top",
        "https://example.org/護理",
        "https://example.org/{a}$b$@c",
        "www.example.org",
    ]
)
DOIS = st.sampled_from(
    ["", "10.1000/182", "10.1002/(sici)1097-0258(19980815)17:15/16<1661::aid-sim968>3.0.co;2-2", "10.1000/a_b"]
)
KEYWORDS = st.lists(
    HOSTILE.filter(lambda text: not set("；;|") & set(text)) | st.just("Education, Medical, Graduate"), max_size=4
)
LANGUAGES = st.lists(st.sampled_from(["eng", "Chinese", "中文", "German", "Klingon", "zh-TW"]), max_size=3, unique=True)
WORDS = st.sampled_from(
    ["JOUR", "Journal Article", "Article", "Editorial", "Review", "THES", "CONF", "Meeting Abstract", "article", "Book Chapter",
     "Article; Proceedings Paper", "Article, Review", "Clinical Trial, Phase I", "Research Support, N.I.H.", "GEN", "UNPB", "硕士"]
)  # fmt: skip
IDS = st.fixed_dictionaries(
    {},
    optional={
        "accession": st.sampled_from(["WOS:000123", "L630000001", "2-s2.0-85000000001", "CN-01234567"]),
        "pmcid": st.just("PMC1234567"),
        "record_id": st.sampled_from(["12", "smith2012", "http://zotero.org/1"]),
        "database": st.sampled_from(["Scopus", "護理資料庫", "CINAHL & others"]),
    },
)


@st.composite
def records(draw: st.DrawFn) -> ParsedRecord:
    """A record as any of our readers would have left it."""
    draft = Draft(
        line=1,
        raw="",
        title=draw(HOSTILE),
        title_translated=draw(HOSTILE),
        authors=draw(st.lists(NAMES, max_size=4)),
        years=[str(draw(st.integers(1500, 2024)))]
        if draw(st.booleans())
        else draw(st.sampled_from([[], ["n.d."], ["in press"]])),
        journal=draw(HOSTILE),
        volume=draw(PLACES),
        issue=draw(PLACES),
        pages=draw(PAGES),
        doi=draw(DOIS),
        pmid=draw(st.sampled_from(["", "31000001"])),
        abstract=draw(HOSTILE).removeprefix("Copyright of "),
        keywords=draw(KEYWORDS),
        raw_languages=draw(LANGUAGES),
        raw_types=draw(st.lists(WORDS, max_size=3, unique=True)),
        url=draw(ADDRESSES),
        ids=draw(IDS),
    )
    if draft.years and draft.years[0].isdigit() and draw(st.booleans()):
        draft.years_early = [str(int(draft.years[0]) - 1)]
    found = draft.finish()
    assume(found.title or found.authors or found.doi or found.abstract)
    return found


# What a format cannot carry: for each, the record that comes back instead of the one that went out.
Change = Callable[[ExportRecord], dict[str, object]]


def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("; ".join(words),) if words else ()


def _types(container: str, record: ExportRecord, words: tuple[str, ...]) -> dict[str, object]:
    """The format says of every record in what it stands, so that its types gain "journal article" in a journal."""
    return {"raw_types": (container, *words), "types": canonical_types([container, *record.raw_types])}


def _of_one_field(container: str, record: ExportRecord) -> dict[str, object]:
    """One field for all words of type, one for all words of language."""
    words = _joined(type_words(record, container))
    return {**_types(container, record, words), "raw_languages": _joined(language_words(record))}


def _ids(record: ExportRecord, *kept: str, **others: str) -> dict[str, str]:
    return {**{name: record.ids[name] for name in kept if name in record.ids}, **others}


def _web_of_science(record: ExportRecord) -> dict[str, str]:
    """Readers take an accession number of Web of Science for its UT."""
    accession = record.ids.get("accession", "")
    return {"ut": accession} if accession.startswith(("WOS:", "ISI:")) else {}


def _keywords(record: ExportRecord) -> tuple[str, ...]:
    """Where all keywords share a field, one that holds a semicolon comes back as several."""
    parts = (part.strip() for word in record.keywords for part in re.split("[;；]", word))
    return tuple(dict.fromkeys(part for part in parts if part))


def _from_link(record: ExportRecord) -> dict[str, str]:
    """A table's reader takes Scopus's number out of the link, and the first number it finds for the accession number."""
    found = re.search(r"2-s2\.0-\d+", record.url)
    return {"eid": found[0]} if found else {}


def of_ris(record: ExportRecord) -> dict[str, object]:
    code = ris.container(record)
    return {
        **_types(code, record, type_lines(record, code)),
        "ids": {**_ids(record, "accession", "record_id", "pmcid", "database"), **_web_of_science(record)},
        "year_early": record.year_early if code == "JOUR" else None,
        "pmid": record.pmid or pmid_in_text(record.ids.get("accession", "")),
    }


def of_csv(record: ExportRecord) -> dict[str, object]:
    raw = _joined(type_words(record))
    return {
        "raw_types": raw,
        "types": record.types,
        "raw_languages": _joined(language_words(record)),
        "keywords": _keywords(record),
        "ids": {**_from_link(record), **_web_of_science(record), **record.ids},
    }


def of_bibtex(record: ExportRecord) -> dict[str, object]:
    key = bibtex._key(record)
    return {
        **_of_one_field(bibtex.container(record), record),
        "keywords": _keywords(record),
        "ids": {**_ids(record, "accession", "pmcid", "database", record_id=key), **_web_of_science(record)},
    }


def of_endnote_xml(record: ExportRecord) -> dict[str, object]:
    name = endnote_xml.container(record)
    return {
        **_of_one_field(name, record),
        "raw_languages": _joined(language_words(record)),
        "ids": {
            **_ids(record, "accession", "pmcid", "database", record_id=str(record.number)),
            **_web_of_science(record),
        },
        "year_early": record.year_early if name == "Journal Article" else None,
    }


def of_csl_json(record: ExportRecord) -> dict[str, object]:
    return {
        **_of_one_field(csl_json.container(record), record),
        "keywords": _keywords(record),
        "ids": _ids(record, "accession", "ut", "eid", "pmcid", "database", record_id=str(record.number)),
    }


CHANGES: dict[str, tuple[str, Change]] = {
    "ris": ("RIS", of_ris),
    "csv": ("CSV", of_csv),
    "xlsx": ("Excel", of_csv),
    "bib": ("BibTeX", of_bibtex),
    "xml": ("EndNote XML", of_endnote_xml),
    "json": ("CSL-JSON", of_csl_json),
}
OF_THE_FILE = {"line", "raw", "flags"}


def again(ending: str, written: list[ExportRecord]) -> list[ParsedRecord]:
    """The records of a file of this format, read as an import reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{ending}"
        path.write_bytes(b"".join(FORMATS[ending].write(written, ())))
        (reading,) = read(path, name=path.name)
        found = list(reading.entries)
        assert reading.format == CHANGES[ending][0]
        assert reading.markers == len(found)
    assert all(isinstance(one, ParsedRecord) for one in found)
    return [one for one in found if isinstance(one, ParsedRecord)]


def said(record: ParsedRecord) -> dict[str, object]:
    return {one.name: getattr(record, one.name) for one in fields(record) if one.name not in OF_THE_FILE}


def expected(ending: str, before: ParsedRecord, record: ExportRecord) -> dict[str, object]:
    return {**said(before), "raw_year": record.year_written[:60], **CHANGES[ending][1](record)}


def test_every_format_that_is_offered_makes_the_round_trip() -> None:
    assert set(FORMATS) == set(CHANGES)
    assert {ending: FORMATS[ending].label for ending in FORMATS} == {key: name for key, (name, _) in CHANGES.items()}


@pytest.mark.parametrize("ending", FORMATS)
@given(found=st.lists(records(), min_size=1, max_size=4))
@settings(max_examples=40)
def test_what_is_exported_is_imported_equal_field_by_field(ending: str, found: list[ParsedRecord]) -> None:
    written = [exported(record, number) for number, record in enumerate(found, 1)]
    for before, record, after in zip(found, written, again(ending, written), strict=True):
        assert said(after) == expected(ending, before, record)


@pytest.mark.parametrize("ending", FORMATS)
@given(found=records())
@settings(max_examples=20)
def test_a_second_export_of_what_came_back_is_the_same_to_the_byte(ending: str, found: ParsedRecord) -> None:
    (once,) = again(ending, [exported(found, 1)])
    (twice,) = again(ending, [exported(once, 1)])
    write = FORMATS[ending].write
    assert b"".join(write([exported(once, 1)], ())) == b"".join(write([exported(twice, 1)], ()))


@pytest.mark.parametrize("ending", FORMATS)
def test_records_of_real_databases_make_the_round_trip(ending: str, review_data: Path) -> None:
    wrong = []
    for path in sorted((review_data / "imports").iterdir()):
        found = _records_of(path)
        written = [exported(record, number) for number, record in enumerate(found, 1)]
        for before, record, after in zip(found, written, again(ending, written) if written else [], strict=True):
            if said(after) != expected(ending, before, record):
                wrong.append((path.name, record.number))
    assert wrong == []


def _records_of(path: Path) -> list[ParsedRecord]:
    """The first records of a file that say what they are about; none of a file that is refused."""
    try:
        entries = [one for reading in read(path, name=path.name) for one in reading.entries]
    except Refusal:
        return []
    records = [one for one in entries if isinstance(one, ParsedRecord)]
    return [one for one in records if one.title or one.authors or one.doi or one.abstract][:150]
