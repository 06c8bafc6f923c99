"""Whole citations in one cell or line are taken apart where their shape is certain, and only there."""

from __future__ import annotations

import pytest

from screening.imports.parsers.citations import base_abstract, base_citation, citation, ovid_citation
from tests.screening.imports.traps import records


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ward Notes. 9(4) (pp 150-155), 2011. Date of Publication: December 2011.", "Ward Notes|2011|9|4|150-155"),
        ("Ward Notes. 36 (15 Supplement 1) (no pagination), 2018.", "Ward Notes|2018|36|15 Supplement 1|"),
        ("Ward Notes. (524) (pp 43-49), 1996. Date of Publication: 1996.", "Ward Notes|1996||524|43-49"),
        ("Ward Notes. 11(1) (pp 1-18), 2021. Article Number: 52. Date of Publication: May 2021.", "Ward Notes|2021|11|1|1-18"),
        ("Wards. WARDS. 12(Pt 2) (pp 19-20, 24), 2007.", "Wards. WARDS|2007|12|Pt 2|19-20, 24"),
        ("Wards. Conference: 1. Tag. Bonn Germany. Conference Publication: (var.pagings). 18(SUPPL. 1) (pp S14), 2013.",
         "Wards|2013|18|SUPPL. 1|S14"),
        ("Ward Talk. (no pagination), 2023. Date of Publication: 15 Feb 2023.", "Ward Talk|2023|||"),
        ("Ward Talk: Section B. Vol.80,(5-B(E)), 2019, pp. No Pagination Specified.", "Ward Talk: Section B|2019|80|5-B(E)|"),
        ("Ward Talk. Vol.64(4), Jul-Aug 2009, pp. 274-281.", "Ward Talk|2009|64|4|274-281"),
        ("Ward Talk. 2021, pp. No Pagination Specified.", "Ward Talk|2021|||"),
        ("Ears & Wards. 38(2):e1-e8, 2017 Feb.", "Ears & Wards|2017|38|2|e1-e8"),
        ("Wards. 12 Suppl 1:S3-9, 2001 Dec 1.", "Wards|2001|12 Suppl 1||S3-9"),
        ("Wards. Part A. 382(8):e12, 2020 02 20.", "Wards. Part A|2020|382|8|e12"),
        ("Ears & Wards. 2023 Aug 08.", "Ears & Wards|2023|||"),
    ],
)  # fmt: skip
def test_a_source_of_ovid_gives_journal_year_volume_issue_and_pages(text: str, parts: str) -> None:
    found = ovid_citation(text)
    assert found is not None
    assert "|".join((found.journal, found.year, found.volume, found.issue, found.pages)) == parts


@pytest.mark.parametrize(
    "text",
    ["", "Lancet", "The Ward of 1984", "Wards. 2019.", "Wards 12(3), 2001, 4-5", "Lin, M [Ed]. (2021). Wards. (pp. 161-189).",
     "Wards. 12(3) (pp 1-2), 3001.", "Wards. 38(2):e1-e8", "Wards. 12(3) (pp 1-2), 2001. and more " + "x" * 2000],
)  # fmt: skip
def test_what_does_not_fit_from_end_to_end_is_not_guessed(text: str) -> None:
    assert ovid_citation(text) is None


def test_the_citations_of_embase_and_pubmed_are_known_beside_those_of_ovid() -> None:
    embase, pubmed = citation("Wards (2014) 3:3 (152-160)"), citation("Wards. 2022 Mar;53(2):334-347. doi: 10.5555/1")
    assert embase is not None
    assert (embase.journal, embase.year, embase.pages) == ("Wards", "2014", "152-160")
    assert pubmed is not None
    assert (pubmed.volume, pubmed.issue, pubmed.pages) == ("53", "2", "334-347")


@pytest.mark.parametrize(
    ("note", "parts"),
    [
        ("Source: Wards ; volume 42, issue 2, page 102858 ; ISSN 0000-1111", "Wards||42|2|102858"),
        ("Source: Wards, Vol 13, Iss 1, Pp 1-10 (2022) ; Description: x", "Wards|2022|13|1|1-10"),
        ("Source: Wards, Vol 2, Iss , Pp 144-153 (2021)", "Wards|2021|2||144-153"),
        ("Source: Wards; Volume 13; Issue 10; Pages: 5406 ; Description: x", "Wards||13|10|5406"),
        ("Source: Wards ; Description: x", ""),
        ("Source: https://example.org/ward ; Description: x", ""),
    ],
)
def test_the_source_in_a_note_of_base_is_taken_apart_where_it_names_a_volume(note: str, parts: str) -> None:
    found = base_citation(note)
    shown = "|".join((found.journal, found.year, found.volume, found.issue, found.pages)) if found else ""
    assert shown == parts


def test_a_description_is_an_abstract_where_it_is_more_than_a_name() -> None:
    text = "Rounds were watched for a year. " * 6
    assert base_abstract(f"Source: Wards ; Description: {text}") == text.strip()
    assert base_abstract("Description: University of the Wards") == ""
    assert base_abstract(f"Thesis. Description: {text}") == ""


def test_ris_gives_the_source_of_ovid_where_it_has_no_fields_of_its_own() -> None:
    named, whole = records("ris_ovid_source.ris")
    assert (named.journal, named.year, named.volume, named.issue, named.pages) == (
        "Ward Notes",
        2017,
        "38",
        "2",
        "e1-e8",
    )
    assert (whole.journal, whole.year, whole.volume, whole.pages) == ("Ward Notes", 2022, "13", "123")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ward Notes. 2019 Jul 13. doi: 10.1000/w1. [Epub ahead of print]", "Ward Notes|2019|||"),
        ("Ward Notes. 2019 Jul 12:1-9. doi: 10.1000/w1.", "Ward Notes|2019|||1-9"),
        ("Ward Notes;30(2): 183-211, 2021 Feb. ", "Ward Notes|2021|30|2|183-211"),
        ("Ward Notes;139: e17, 2021 07.", "Ward Notes|2021|139||e17"),
        ("Notas (Norte); 8(1); 132-145", "Notas (Norte)||8|1|132-145"),
        ("Notas; (67); 88-98", "Notas|||67|88-98"),
    ],
)
def test_a_source_of_a_library_is_taken_apart(text: str, parts: str) -> None:
    found = citation(text)
    assert found is not None
    assert "|".join((found.journal, found.year, found.volume, found.issue, found.pages)) == parts


@pytest.mark.parametrize(
    "text", ["MEDLINE; Embase", "Ward Notes. 2019 edition of the world", "Scopus", "A; B; C, 2020 and more; D"]
)
def test_what_is_no_citation_is_left_alone(text: str) -> None:
    assert citation(text) is None
