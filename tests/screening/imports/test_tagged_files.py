"""The tagged-line engine on hand-written files, one trap each (IM4)."""

from __future__ import annotations

import pytest

from screening.imports.parsed import (
    CUT_OFF,
    NO_ABSTRACT,
    NO_END,
    NO_START,
    NO_TITLE,
    REPLACED,
    TWICE_DECODED,
    ParsedRecord,
    is_damage,
)
from screening.imports.parsers import ris
from tests.screening.imports.traps import reading, records


@pytest.mark.parametrize(
    "name",
    [
        "ris_bom.ris",
        "ris_crlf.ris",
        "ris_utf16le_bom.ris",
        "ris_utf16be_no_bom.ris",
        "ris_lone_cr_only.ris",
        "ris_two_boms.ris",
    ],
)
def test_byte_order_marks_and_line_ends_cost_no_record(name: str) -> None:
    record = records(name)[0]
    assert record.title == "Bedside teaching after a night shift"
    assert record.authors == ("Lin, Mei", "Okafor, Ada")
    assert (record.year, record.journal, record.volume, record.issue) == (2019, "Journal of Ward Rounds", "4", "2")
    assert (record.pages, record.doi, record.languages) == ("101-109", "10.1234/jwr.2019.7", ("en",))
    assert (record.types, record.keywords, record.abstract) == (
        ("journal_article",),
        ("teaching",),
        "We asked forty residents.",
    )
    assert record.flags == ()


def test_im4_1_a_lone_carriage_return_before_a_tag_ends_its_line() -> None:
    first, second = records("ris_cr_before_tag.ris")
    assert first.ids["accession"] == "WOS:0001"
    assert second.types == ("conference_paper",)


def test_im4_1_only_real_line_ends_end_a_line() -> None:
    assert records("ris_other_line_separators.ris")[0].title == "A title with odd spaces"


def test_im4_2_the_spacing_of_the_start_tag_is_that_of_all_tags() -> None:
    assert records("ris_one_space.ris")[0].abstract == "Grown IN - vitro, not a tag"
    (record,) = records("ris_text_like_tag.ris")
    assert record.abstract == "Cells were grown IN - vitro and ER - positive ones were counted"
    assert record.keywords == ("cells",)


def test_im4_2_an_oddly_spaced_tag_counts_where_no_text_can_be_running() -> None:
    (record,) = records("ris_odd_tag_spacing.ris")
    assert (record.authors, record.keywords, record.pmid) == (("Lin, Mei",), ("first", "second"), "12345678")


def test_im4_2_a_tab_separates_a_tag() -> None:
    (record,) = records("ris_tab_tags.ris")
    assert (record.title, record.authors) == ("Tabs", ("Lin, Mei",))


def test_im4_3_an_empty_tag_is_a_tag() -> None:
    (record,) = records("ris_empty_tags.ris")
    assert (record.pages, record.abstract, record.flags) == ("", "Text", ())


def test_im4_4_a_record_without_end_tag_is_closed_by_the_next_and_flagged() -> None:
    first, second = records("ris_no_end_tags.ris")
    assert (first.authors, second.authors) == (("A, B",), ("C, D",))
    assert NO_END in first.flags
    assert CUT_OFF in second.flags


def test_im4_4_a_cut_off_record_is_kept_and_flagged() -> None:
    whole, cut = records("ris_cut_off.ris")
    assert whole.flags == ()
    assert (cut.title, cut.line) == ("Cut in the mid", 17)
    assert any(is_damage(flag) for flag in cut.flags)


def test_a_file_cut_inside_a_character_says_so() -> None:
    assert reading("ris_cut_in_character.ris").warnings == (
        "The file ends in the middle of a character: it is cut off.",
    )
    assert REPLACED in records("ris_cut_in_character.ris")[0].flags


def test_a_second_end_tag_is_no_record() -> None:
    assert len(records("ris_end_tag_twice.ris")) == 1


def test_records_without_start_tag_are_recognised_by_title_or_author() -> None:
    first, second = records("ris_no_start_tag.ris")
    assert (first.title, first.journal) == ("No type was given", "Journal of Ward Rounds")
    assert second.title == "Neither was here"
    assert NO_START in first.flags


def test_im4_5_text_between_records_is_not_looked_at() -> None:
    first, second = records("ris_between_records.ris")
    assert (first.title, second.title) == ("One", "Two")
    assert "NL  -" not in first.raw + second.raw


def test_im4_6_lines_join_with_a_space_and_keywords_do_not() -> None:
    (record,) = records("ris_keywords_wrap.ris")
    assert record.title == "A title that goes on"
    assert record.keywords == ("one", "two", "three")


def test_ebsco_puts_the_translation_the_copyright_and_the_doi_where_it_likes() -> None:
    (record,) = records("ris_ebsco.ris")
    assert record.title_translated == "Bedside teaching."
    assert record.abstract == "Un essai. A trial."
    assert (record.doi, record.year, record.languages) == ("10.1234/jwr.77", 2018, ("fr",))
    assert record.ids == {"accession": "987654", "database": "cin20"}


def test_a_doi_of_a_cited_work_is_not_taken() -> None:
    assert records("ris_references_in_note.ris")[0].doi == ""


def test_m3_holds_a_type_a_class_code_or_a_doi() -> None:
    editorial, class_code, doi = records("ris_type_in_m3.ris")
    assert editorial.raw_types == ("JOUR", "Editorial")
    assert editorial.types == ("journal_article", "editorial")
    assert class_code.raw_types == ("JOUR",)
    assert (doi.raw_types, doi.doi) == (("JOUR",), "10.1234/abc")


def test_im6_an_odd_year_never_refuses_a_record() -> None:
    odd, compact = records("ris_odd_year.ris")
    assert (odd.year, odd.raw_year, odd.flags) == (None, "10 15", ("The year cannot be read: “10 15”.",))
    assert compact.year == 2018


def test_im6_na_is_missing() -> None:
    (record,) = records("ris_missing_values.ris")
    assert (record.abstract, record.authors, record.flags) == ("", (), (NO_ABSTRACT,))


def test_im2_text_decoded_twice_is_flagged_and_not_repaired() -> None:
    (record,) = records("ris_double_utf8.ris")
    assert record.title == "CafÃ© and ward"
    assert TWICE_DECODED in record.flags


def test_im2_a_broken_byte_is_flagged_in_its_record() -> None:
    (record,) = records("ris_broken_byte.ris")
    assert REPLACED in record.flags
    assert "naïveté" in record.abstract


def test_windows_1252_and_big5_are_told_apart() -> None:
    assert records("ris_cp1252.ris")[0].authors[0] == "Müller, Jürgen"
    (record,) = records("ris_taiwan_big5.ris")
    assert reading("ris_taiwan_big5.ris").encoding == "big5"
    assert (record.authors, record.year, record.raw_year) == (("王小明", "陳美玲"), 2023, "民國112年")
    assert (record.languages, record.language_inferred) == (("zh",), False)


def test_medline_wraps_by_indentation_and_brackets_a_translated_title() -> None:
    first, second = records("nbib_pubmed.nbib")
    assert (first.title, first.title_translated) == (
        "Teaching at the bedside: a long title",
        "Enseigner au lit du malade.",
    )
    assert (first.abstract, first.pages, first.doi) == ("First line and second.", "466-475", "10.1234/jwr.2018.1")
    assert first.authors == ("Lin, Mei", "Ward Rounds Study Group")
    assert (first.year, first.year_early, first.languages) == (2018, 2017, ("fr",))
    assert first.ids == {"accession": "31000001", "pmcid": "PMC123456", "database": "NLM"}
    assert second.pmid == "31000002"


def test_im4_7_eric_begins_a_record_with_its_owner() -> None:
    first, second = records("nbib_eric.nbib")
    assert (first.year, first.doi, first.ids["accession"]) == (2019, "10.1234/eric.5", "EJ1000001")
    assert second.types == ("review",)


def test_web_of_science_prefers_full_names_and_keeps_both_years() -> None:
    first, second = records("wos.txt")
    assert first.authors == ("Lin, Mei", "Okafor, Ada")
    assert first.title == "Ward rounds in a teaching hospital"
    assert (first.year, first.year_early, first.pages, first.pmid) == (2020, 2019, "11-19", "31000003")
    assert first.types == ("journal_article", "conference_paper")
    assert second.types == ("book",)


def test_a_web_of_science_file_without_end_is_warned_of() -> None:
    assert "lacks the line EF" in reading("wos_no_end.txt").warnings[0]
    assert CUT_OFF in records("wos_no_end.txt")[1].flags


def test_ovid_takes_journal_and_pages_from_its_source_line() -> None:
    first, second = records("ovid_tagged.txt")
    assert (first.title, first.abstract) == ("Ward rounds that go on", "In this Ward Round Study")
    assert (first.journal, first.volume, first.issue, first.pages) == ("Journal of Ward Rounds", "12", "3", "101-109")
    assert (first.authors, first.pmid) == (("Lin, M.",), "31000004")
    assert (second.ids["accession"], second.pmid) == ("2016000001", "")


def test_ovid_long_labels() -> None:
    (record,) = records("ovid_labels.txt")
    assert (record.title, record.authors) == ("Ward rounds on long labels", ("Lin, Mei", "Okafor, Ada"))
    assert (record.journal, record.pages, record.year) == ("Journal of Ward Rounds", "1048-1064", 2015)


def test_im4_7_endnote_begins_with_the_title_where_the_type_comes_later() -> None:
    first, second, third = records("endnote_title_first.enw")
    assert (first.title, first.types) == ("The first", ("journal_article",))
    assert (second.title, second.types) == ("No type here", ("unknown",))
    assert third.title == "The third"


def test_cnki_in_gb18030_keeps_chinese_names_whole_and_marks_the_language_as_a_guess() -> None:
    first, second = records("endnote_cnki.txt")
    assert reading("endnote_cnki.txt").encoding == "gb18030"
    assert (first.authors, first.keywords) == (("王小明", "李华"), ("护理", "教学", "查房"))
    assert (first.languages, first.language_inferred, first.raw_languages) == (("zh",), True, ())
    assert (second.types, second.year, second.raw_year) == (("thesis",), 2014, "2014")


def test_im4_7_refworks_from_china_lacks_spaces() -> None:
    first, second = records("refworks_no_space.txt")
    assert first.authors == ("林行众", "王小明", "李华")
    assert (first.pages, first.languages, first.language_inferred) == ("11-15", ("zh",), False)
    assert second.types == ("thesis",)


@pytest.mark.parametrize("name", ["noteexpress.net", "cnki_labels.txt"])
def test_labelled_chinese_texts(name: str) -> None:
    first, second = records(name)
    assert (first.title, first.authors) == ("护理教学查房", ("王小明", "李华"))
    assert first.abstract == "目的 了解效果"
    assert second.types == ("thesis",)
    assert NO_ABSTRACT in second.flags
    assert NO_TITLE not in second.flags


def record_of(*fields: str) -> ParsedRecord:
    (found,) = ris.read(["TY  - JOUR", "TI  - A title", *fields, "ER  - "])
    assert isinstance(found, ParsedRecord)
    return found


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        (["U3  - Cited By :9", "", "Conference Paper"], "types", ("journal_article", "conference_paper")),
        (["T3  - Retraction in: J Ward 2020"], "types", ("journal_article", "retraction")),
        (["M1  - 3"], "issue", "3"),
        (["M1  - 1008150341"], "issue", ""),
        (["SP  - No", "EP  - Specified"], "pages", ""),
        (["SP  - 353-364"], "pages", "353-364"),
        (["C7  - 104501"], "pages", "104501"),
        (["DP  - NLM", "AN  - 31000001"], "pmid", "31000001"),
        (["AN  - 31000001"], "pmid", ""),
        (["C3  - PUBMED 31000001"], "pmid", "31000001"),
        (["U1  - 31000001 [PMID]"], "pmid", "31000001"),
        (["L2  - http://dx.doi.org/10.1234/abc"], "doi", "10.1234/abc"),
        (["N1  - J Ward. 2018. doi: 10.1234/abc."], "doi", "10.1234/abc"),
        (["DB  - Embase", "U2  - L373791783"], "ids", {"accession": "L373791783", "database": "Embase"}),
        (
            ["UR  - http://ovidsp.ovid.com/x", "ID  - 2019-1-001"],
            "ids",
            {"accession": "2019-1-001", "record_id": "2019-1-001"},
        ),
        (["AN  - WOS:0001"], "ids", {"accession": "WOS:0001", "ut": "WOS:0001"}),
        (["C2  - PMC5887696"], "ids", {"pmcid": "PMC5887696"}),
        (["N2  - Only here"], "abstract", "Only here"),
        (["T2  - Book of wards", "JO  - J Ward"], "journal", "J Ward"),
        (["ED  - Lin, Mei"], "authors", ()),
        (["UR  - <Go to ISI>://WOS:0001"], "url", ""),
        (["UR  - https://example.org/a https://example.org/b"], "url", "https://example.org/a"),
    ],
)
def test_each_tag_means_what_its_database_means(fields: list[str], name: str, value: object) -> None:
    assert getattr(record_of(*fields), name) == value


def test_a_book_without_authors_has_its_editors() -> None:
    (found,) = ris.read(["TY  - BOOK", "T2  - Book of wards", "A2  - Lin, Mei", "ER  - "])
    assert isinstance(found, ParsedRecord)
    assert (found.title, found.authors) == ("Book of wards", ("Lin, Mei",))
