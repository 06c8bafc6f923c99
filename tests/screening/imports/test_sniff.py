"""A file is what its content says, whatever its name (IM3), and what it is not is said in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.imports import sniff
from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source
from screening.imports.sniff import sniff_bytes, sniff_text


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("TY  - JOUR\nTI  - a\n", sniff.RIS),
        ("\n\n1.\nTY - JOUR\n", sniff.RIS),
        ("TI  - a\nAU  - b\nER  - \n", sniff.RIS),
        ("\nPMID- 1\nOWN - NLM\n", sniff.MEDLINE),
        ("\r\rOWN - ERIC\rTI  - a\r", sniff.MEDLINE),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\n", sniff.WOS),
        ("PT J\nAU Lin\n", sniff.WOS),
        ("<1. >\nTI  - a\n", sniff.OVID),
        ("%0 Journal Article\n", sniff.ENDNOTE_TAGGED),
        ("%T First\n%0 Journal Article\n", sniff.ENDNOTE_TAGGED),
        ("RT Journal Article\nA1 Lin\n", sniff.REFWORKS),
        ("{Reference Type}: Journal Article\n", sniff.NOTEEXPRESS),
        ("SrcDatabase-来源库: 期刊\n", sniff.CNKI),
        ("Record #1 of 3\n@article{a,\n", sniff.BIBTEX),
        ('[{"title": "a"}]', sniff.CSL_JSON),
        ('{"items": [{"title": "a"}]}', sniff.CSL_JSON),
        ("<?xml version='1.0'?><xml><records><record>", sniff.ENDNOTE_XML),
        ("<PubmedArticleSet><PubmedArticle>", sniff.PUBMED_XML),
        ("Title,Year\na,2020\n", sniff.TEXT_TABLE),
        ("Title;Year\na;2020\n", sniff.TEXT_TABLE),
        ("note\nnote\nTitle\tYear\na\t2020\n", sniff.TEXT_TABLE),
        ('Title,Notes\na,"TY  - JOUR\nTI  - not RIS"\n', sniff.TEXT_TABLE),
        ("Nimi,Vuosi\na,2020\nb,2021\n", sniff.TEXT_TABLE),
    ],
)
def test_the_first_mark_tells_the_format(head: str, kind: str) -> None:
    assert sniff_text(head) == kind


@pytest.mark.parametrize(
    ("head", "code", "word"),
    [
        ("<!DOCTYPE html><title>Log in</title>", "html", "sign-in"),
        ("<html><body>results</body></html>", "html", "web page"),
        ("<html><table><tr><td>Title-题名</td></tr></table></html>", "html", "save it as .xlsx"),
        ("31000001\n31000002\n", "pmid_list", "nbib"),
        ("【题名】水壶\n【作者】林一\n", "text_report", "NoteExpress"),
        ("Report Information from ProQuest\n", "text_report", "ProQuest"),
        ("1. J Ward. 2019.\n\nPMID: 31000001\n", "text_report", "PubMed"),
        ("<mods><title>a</title></mods>", "unknown_xml", "mods"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><xml><records><record>', "entities", "entities"),
        ("Dear colleague,\n", "unknown", "Dear colleague"),
    ],
)
def test_what_is_no_export_is_named(head: str, code: str, word: str) -> None:
    with pytest.raises(Refusal) as refused:
        sniff_text(head)
    assert refused.value.code == code
    assert word in refused.value.sentence


def test_a_doctype_without_entities_is_fine() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://example.org/x.dtd"><PubmedArticle>'
    assert sniff_text(head) == sniff.PUBMED_XML


def test_the_lock_file_of_an_open_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "~$records.xlsx"
    path.write_bytes(b"\x09Ward Lead" + b" " * 45 + b"\x09\0" + "Ward Lead".ljust(54).encode("utf-16-le"))
    with pytest.raises(Refusal, match="lock file"):
        sniff_bytes(Source(path, path.name))
