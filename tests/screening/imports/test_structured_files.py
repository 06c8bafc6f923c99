"""BibTeX, XML and JSON on hand-written files, one trap each."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports.parsed import CUT_OFF, ParsedRecord, ParseProblem
from screening.imports.parsers import bibtex
from screening.imports.parsers.bibtex import UNBALANCED
from screening.imports.parsers.csl_json import read as read_json
from screening.imports.parsers.json_places import Place, place_of_items
from screening.imports.parsers.latex import plain
from screening.imports.parsers.markers import elements
from screening.imports.parsers.xml_records import REPAIRED, cut_records
from screening.imports.reading import read
from tests.screening.imports.traps import reading, records, sums


def test_bibtex_accents_macros_and_groups() -> None:
    record = records("bibtex.bib")[0]
    assert record.title == "Ward rounds & études: a DNA story"
    assert record.authors == ("Müller, Jürgen", "van Beethoven, Ludwig", "World Ward Group")
    assert (record.journal, record.year, record.doi) == ("Journal of Ward Rounds", 2020, "10.1234/a_b")
    assert (record.pages, record.keywords) == ("11-19", ("wards", "rounds"))


def test_bibtex_repeated_keys_and_fields_lose_nothing() -> None:
    record = records("bibtex.bib")[1]
    assert (record.title, record.year) == ("A joined title", 2019)
    assert record.authors == ("Huey, SL", "Mehta, NH", "Mehta, S")
    assert "{2018}" in record.raw


def test_bibtex_a_brace_too_many_costs_one_field_and_no_record() -> None:
    record = records("bibtex.bib")[1]
    assert record.abstract == "one brace too many"
    assert UNBALANCED in record.flags
    assert len(records("bibtex.bib")) == 4


def test_bibtex_chinese_names_and_an_entry_cut_off() -> None:
    record = records("bibtex.bib")[3]
    assert (record.authors, record.languages) == (("王小明", "陳美玲"), ("zh",))
    assert CUT_OFF in record.flags


PARENTS = """@inproceedings{one, crossref = {Days}, title = {Kettles}, author = {Marsh, Tom}, pages = {1--5}}
@inproceedings{two, crossref = days, title = {Pans}, author = {Reed, Ann}, date = {2012-05}}
@proceedings{days, title = {Kettle Days}, editor = {Lee, Bo}, year = 2011, doi = {10.1000/days}, abstract = {All of it}}
@inbook{three, crossref = "book", title = "Lids"}
@book{book, title = "On Lids", author = "Big, Boss", year = 1999}
@inproceedings{four, crossref = {gone}, title = {Spoons}}
@article{five, xdata = {shared}, title = {Ladles}}
@xdata{shared, journal = {Tools}, year = {2005}, crossref = {shared}}
""".replace("crossref = days", 'crossref = "days"')


def test_bibtex_a_paper_takes_from_its_volume_where_and_when_it_was_published_and_nothing_else() -> None:
    found = bibtex.read(PARENTS.splitlines(True), lambda: bibtex.parents_in(PARENTS.splitlines))
    one, two, days, three, book, four, five = (entry for entry in found if isinstance(entry, ParsedRecord))
    assert (one.journal, one.year, one.authors, one.doi, one.abstract) == ("Kettle Days", 2011, ("Marsh, Tom",), "", "")
    assert (two.journal, two.year) == ("Kettle Days", 2012)
    assert (days.title, days.doi, days.authors) == ("Kettle Days", "10.1000/days", ("Lee, Bo",))
    assert (three.title, three.journal, three.authors) == ("Lids", "On Lids", ("Big, Boss",))
    assert (book.title, four.title, four.year) == ("On Lids", "Spoons", None)
    assert (five.journal, five.year) == ("Tools", 2005)


def test_bibtex_a_parent_is_found_wherever_it_stands_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(PARENTS, encoding="utf-8")
    (found,) = read(tmp_path / "a.bib", name="a.bib")
    kettles, problems, markers = sums(found)
    assert (len(kettles), problems, markers) == (7, [], 7)
    assert (kettles[0].journal, kettles[0].year) == ("Kettle Days", 2011)


def test_bibtex_entries_that_name_each_other_end() -> None:
    circle = ["@inbook{a, crossref={b}, title={A}}\n", "@inbook{b, crossref={a}, title={B}, year={2001}}\n"]
    one, two = bibtex.read(circle, lambda: bibtex.parents_in(lambda: circle))
    assert isinstance(one, ParsedRecord)
    assert isinstance(two, ParsedRecord)
    assert (one.journal, one.year, two.journal) == ("B", 2001, "A")


def test_bibtex_macros_are_joined_and_made_of_macros() -> None:
    text = """@string{kd = {Kettle } # "Days"}
@STRING(both = kd # " of " # {May})
@article{same, title = "On " # kd # { and more}, journal = both, subtitle = {A tale}}
@article{same, title = {The other}, subtitle = {the other}}
"""
    one, two = bibtex.read(text.splitlines(True))
    assert isinstance(one, ParsedRecord)
    assert isinstance(two, ParsedRecord)
    assert (one.title, one.journal) == ("On Kettle Days and more: A tale", "Kettle Days of May")
    assert (two.title, two.ids["record_id"]) == ("The other", "same")


def test_bibtex_comments_preambles_and_entries_of_styles_are_no_records(tmp_path: Path) -> None:
    text = """Saved for tom@example.org
@comment{jabref-meta: grouping:
0 AllEntriesGroup:;}
@preamble{"\\newcommand{\\x}[1]{}"}
@IEEEtranBSTCTL{IEEE:ctl, CTLuse_url = {no}}
% @article{hidden, title = {Hidden}}
@article{k, title = {Shown}, abstract = {Write to me @ home}}
"""
    (tmp_path / "a.bib").write_text(text, encoding="utf-8")
    (found,) = read(tmp_path / "a.bib", name="a.bib")
    assert [record.title for record in sums(found)[0]] == ["Shown"]
    assert found.markers == 1


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller \"{u} \"u {\'e} \'{e} \'e", "Müller ü ü é é é"),
        (r"Stra{\ss}e Stra\ss{}e {\o} \O{}", "Straße Straße ø Ø"),
        (r"\c{c} \v{s} \v s {\v{S}} \~n \^{\i} \'\i", "ç š š Š ñ î í"),
        (r"\H{o} \.z \k{a} \u{g} \=a \r{u} {\L}\'od\'z", "ő ż ą ğ ā ů Łódź"),
        (r"J.~Marsh and~Reed, 10~20, http://x.org/~reed", "J. Marsh and Reed, 10~20, http://x.org/~reed"),
        (r"So it is {\textit{E. coli}} {{Twice}} 5\%", "So it is E. coli Twice 5%"),
    ],
)
def test_latex_accents_and_signs(latex: str, text: str) -> None:
    assert " ".join(plain(latex).split()) == text


def test_json_of_another_kind_is_no_record() -> None:
    (entry,) = read_json(['{"settings": {"title": "x"}}'], Place(0))
    assert isinstance(entry, ParseProblem)


def test_json_with_other_names_for_the_same_things_is_read() -> None:
    (entry,) = read_json(
        ['{"title": "a", "authors": ["Lin, Mei"], "year": "2020", "journal": "J Ward", "pages": "1-2"}'], Place(0)
    )
    assert isinstance(entry, ParsedRecord)
    assert (entry.authors, entry.year, entry.journal, entry.pages) == (("Lin, Mei",), 2020, "J Ward", "1-2")


def test_latex_is_plain_text() -> None:
    assert (
        plain(r"\v{S}koda, na\"{\i}ve, \o re, gar\c con \textit{x} $\alpha$ 5\,\% \{a\}")
        == "Škoda, naïve, øre, garçon x α 5 % {a}"
    )
    assert plain("no markup") == "no markup"


def test_endnote_xml_one_broken_record_costs_one_record() -> None:
    found, problems, markers = sums(reading("endnote.xml"))
    assert (len(found), len(problems), markers) == (2, 2, 4)
    assert (found[0].title, found[0].authors) == ("Ward rounds & more", ("Lin, Mei", "Okafor, Ada"))
    assert (found[1].title, found[1].flags[0]) == ("Broken & bare", REPAIRED)
    assert "not well formed" in problems[0].reason
    assert problems[1].raw == "<record><titles><title>Cut off"


def test_pubmed_xml_keeps_text_inside_markup_and_labels_of_an_abstract() -> None:
    article, book = records("pubmed.xml")
    assert (article.title, article.abstract) == ("Role of TP53 in H2O", "AIM: To ask. To tell.")
    assert (article.year, article.year_early, article.pages) == (2018, 2017, "101-109")
    assert article.authors == ("Lin, Mei", "Ward Group")
    assert (article.doi, article.pmid, article.ids["pmcid"]) == ("10.1234/px.1", "31000005", "PMC99999")
    assert (book.title, book.year, book.pmid) == ("Book of wards", 2009, "31000006")


def test_xml_is_cut_alike_wherever_its_pieces_end() -> None:
    text = '<xml><records><record a="1">\n<x/></record>\n<records2/><record></record><record>rest'
    whole = list(cut_records([text], ("record",)))
    assert [(cut.line, cut.closed) for cut in whole] == [(1, True), (3, True), (3, False)]
    for size in range(1, 12):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(cut_records(pieces, ("record",))) == whole
        assert list(elements(("record",))(pieces)) == [cut.line for cut in whole]


def test_json_items_are_cut_alike_wherever_the_pieces_end() -> None:
    text = '[{"title": "a \\"{[ \\\\", "author": [{"family": "x"}]},\n {"title": "b"}, {"title": 1'
    whole = list(read_json([text], Place(1)))
    assert len(whole) == 3
    for size in range(1, 12):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(read_json(pieces, Place(1))) == whole


def test_csl_json_reads_what_is_sound_and_lists_what_is_not() -> None:
    found, problems, markers = sums(reading("csl.json"))
    assert (len(found), len(problems), markers) == (2, 2, 4)
    assert (found[0].title, found[0].authors) == ('Ward "rounds" {and} more', ("Lin, Mei", "Ward Group"))
    assert (found[0].year, found[0].doi, found[0].languages) == (2020, "10.1234/csl.1", ("en",))
    assert (found[1].year, found[1].types) == (2019, ("thesis",))
    assert [problem.reason for problem in problems] == [
        "This item is not valid JSON.",
        "The file is cut off in this item.",
    ]


def test_json_items_lie_in_an_array_under_a_key_or_one_after_the_other() -> None:
    assert place_of_items(' [{"title": 1}]') == Place(1)
    assert place_of_items('{"items": [{"title": "a", "DOI": "b"}]}') == Place(2, listed=True)
    assert place_of_items('{"title": 1}\n{"title": 2}') == Place(0)
    assert place_of_items('{"title": "a", "year": 1}\n{"title": 2}') == Place(0)
    answer = (
        '{"message": {"facets": {}, "items": [{"reference": [{"title": "x", "year": 1}], "title": ["a"], "DOI": "b"}'
    )
    assert place_of_items(answer) == Place(3, listed=True)
    assert place_of_items('{"message": {"title": ["a"], "DOI": "b"}}') == Place(1)
    assert place_of_items("[" * 200_000) == Place(1)
