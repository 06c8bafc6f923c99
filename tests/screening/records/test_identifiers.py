"""DOIs, PubMed numbers and pages as databases write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.records.identifiers import (
    doi_in_note,
    doi_in_url,
    normalise_doi,
    normalise_issn,
    normalise_pages,
    normalise_pmcid,
    normalise_pmid,
    pmid_in_text,
)


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1234/ABC.5", "10.1234/abc.5"),
        ("https://doi.org/10.1234/abc", "10.1234/abc"),
        ("http://dx.doi.org/10.1234/abc.", "10.1234/abc"),
        ("doi: 10.1234/abc;", "10.1234/abc"),
        ("(10.1234/abc)", "10.1234/abc"),
        ("10.1016/S1532-0456(03)00003-6", "10.1016/s1532-0456(03)00003-6"),
        (
            "10.1002/(SICI)1097(19980815)17:15<1661::AID-X>3.0.CO;2-2",
            "10.1002/(sici)1097(19980815)17:15<1661::aid-x>3.0.co;2-2",
        ),
        ("10.1007/978-3\\_4", "10.1007/978-3_4"),
        ("10.1234%2Fabc", "10.1234/abc"),
        ("10.13386/j.cnki.1000-0001。", "10.13386/j.cnki.1000-0001"),
        ("10.1234/a 10.1234/b", "10.1234/a"),
        ("10.1000.10/182", "10.1000.10/182"),
        ("volume 10, page 12", ""),
        ("", ""),
    ],
)
def test_a_doi_is_lower_case_without_host_label_and_punctuation(written: str, doi: str) -> None:
    assert normalise_doi(written) == doi


@given(st.text(st.characters(exclude_characters="&%\\"), max_size=80))
def test_normalising_a_doi_twice_changes_nothing(text: str) -> None:
    once = normalise_doi(f"10.1234/{text}")
    assert normalise_doi(once) == once


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://doi.org/10.1234/abc", "10.1234/abc"),
        ("https://www.example.org/doi/pdf/10.1234/abc.55?needAccess=true", "10.1234/abc.55"),
        ("https://www.example.org/doi/full/10.1234/abc", "10.1234/abc"),
        ("https://www.example.org/x?eid=2-s2.0-1&doi=10.1234%2fabc&md5=1", "10.1234/abc"),
        ("https://ovid.example.org/web.cgi?T=JS&PAGE=fulltext&D=emed&DO=10.1234%2fabc", "10.1234/abc"),
        ("https://ovid.example.org/web.cgi?T=JS&PAGE=fulltext&D=emed&DO=12345", ""),
        ("https://example.org/article/10.1234/abc.pdf", "10.1234/abc"),
        ("https://example.org/articles/10.1234/abc.1/full", "10.1234/abc.1"),
        ("https://example.org/plosone/article?id=10.1234/abc", "10.1234/abc"),
        ("https://example.org/files/10.1234", ""),
        ("https://example.org/10.5/abc", ""),
        ("https://example.org", ""),
    ],
)
def test_an_address_gives_a_doi_only_where_addresses_carry_one(address: str, doi: str) -> None:
    assert doi_in_url(address) == doi


def test_a_note_gives_a_doi_only_if_it_says_so() -> None:
    assert doi_in_note("J Ward. 2018;7:53. doi: 10.1234/abc. eCollection 2018.") == "10.1234/abc"
    assert doi_in_note("10.1234/abc") == "10.1234/abc"
    assert doi_in_note("see also 10.1234/abc in the list") == ""
    assert doi_in_note("no number") == ""


@pytest.mark.parametrize(
    ("written", "pmid"),
    [
        ("31000001", "31000001"),
        ("0012", "12"),
        ("PMID: 31000001", "31000001"),
        ("31000001 (http://www.ncbi.nlm.nih.gov/pubmed/31000001)", "31000001"),
        ("https://pubmed.ncbi.nlm.nih.gov/31000001/", "31000001"),
        ("MEDLINE:31000001", "31000001"),
        ("PMID31000001", "31000001"),
        ("PMID: NLM31000001", "31000001"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC484668", ""),
        ("PMC484668", ""),
        ("310000011111", ""),
        ("none", ""),
    ],
)
def test_a_pubmed_number_is_its_digits(written: str, pmid: str) -> None:
    assert normalise_pmid(written) == pmid


def test_other_fields_give_a_pubmed_number_only_under_its_label() -> None:
    assert pmid_in_text("PUBMED 21314913") == "21314913"
    assert pmid_in_text("35957633 [PMID]") == "35957633"
    assert pmid_in_text("21314913") == ""


def test_pmcid_and_issn_have_one_spelling() -> None:
    assert normalise_pmcid("see PMC 123456") == "PMC123456"
    assert normalise_pmcid("123456") == ""
    assert normalise_issn("ISSN-1234567x") == "1234-567X"
    assert normalise_issn("12345") == ""


@pytest.mark.parametrize(
    ("written", "pages"),
    [
        ("466-75", "466-475"),
        ("pp. 466–75", "466-475"),
        ("466--475", "466-475"),
        ("1 - 10", "1-10"),
        ("S12-5", "S12-15"),
        ("S384-S388", "S384-S388"),
        ("e0815", "e0815"),
        ("1-15", "1-15"),
        ("XX, 327", "XX, 327"),
        ("No-Specified", ""),
        ("", ""),
    ],
)
def test_a_page_range_is_written_out(written: str, pages: str) -> None:
    assert normalise_pages(written) == pages
