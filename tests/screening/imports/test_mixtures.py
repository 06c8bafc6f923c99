"""Two exports pasted into one file: whatever comes second, no record of it is passed over without a word."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from screening.imports.parsed import Refusal
from screening.imports.reading import read
from tests.screening.imports.traps import sums

EXPORTS = {
    "RIS": "TY  - JOUR\nTI  - Kettles [of the north]\nAU  - Marsh, T\nPY  - 2011\nER  - \n\n",
    "MEDLINE": "PMID- 1\nOWN - NLM\nTI  - Kettles\nLID - 10.1000/k1 [doi]\nFAU - Marsh, T\nDP  - 2011\n\n",
    "Web of Science": "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Marsh, T\nTI Kettles\nPY 2011\nER\n\nEF\n",
    "EndNote": "%0 Journal Article\n%A Marsh, T\n%T Kettles\n%D 2011\n\n",
    "BibTeX": "@article{a,\n title={Kettles},\n year={2011}\n}\n\n",
    "CSV": 'Title,Authors,Year\n"Kettles","Marsh, T",2011\n',
    "JSON": '[{"title": "Kettles", "author": [{"family": "Marsh"}]},\n {"title": "Cups", "DOI": "10.1000/c1"}]\n',
    "EndNote XML": '<?xml version="1.0"?>\n<xml><records><record><titles><title>Kettles</title></titles></record></records></xml>\n',
    "PubMed XML": '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://example.org/p.dtd">\n<PubmedArticleSet>'
    "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>Kettles</ArticleTitle></Article></MedlineCitation>"
    "</PubmedArticle></PubmedArticleSet>\n",
}


# Rows that are JSON may stand in a table; those that do not fit its headings are flagged and ask for a tick.
PAIRS = [pair for pair in permutations(EXPORTS, 2) if pair != ("CSV", "JSON")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_second_format_is_refused_with_its_line(tmp_path: Path, first: str, second: str) -> None:
    path = tmp_path / "pasted.txt"
    path.write_text(EXPORTS[first] + "\n" + EXPORTS[second], encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        [list(reading.entries) for reading in read(path, name=path.name)]
    assert refused.value.code == "mixed"
    assert "split it there" in refused.value.sentence


@pytest.mark.parametrize("name", EXPORTS)
def test_one_format_twice_is_one_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "twice.txt"
    path.write_text(EXPORTS[name] + "\n" + EXPORTS[name], encoding="utf-8")
    (reading,) = read(path, name=path.name)
    found, problems, markers = sums(reading)
    assert len(found) + len(problems) == markers
    assert len(found) == (4 if name == "JSON" else 2)


def test_a_text_in_a_cell_or_an_abstract_is_no_other_format(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text('Title,Abstract,Year\nKettles,"They boil.\n\nTY  - JOUR\n\n{""a"": 1}",2011\n', encoding="utf-8")
    (reading,) = read(path, name=path.name)
    assert [record.title for record in sums(reading)[0]] == ["Kettles"]
    path.write_text(
        "TY  - JOUR\nTI  - Kettles\nAB  - [see\n\nTitle, authors and year]\n\n[1] Cups\nER  - \n", encoding="utf-8"
    )
    (reading,) = read(path, name=path.name)
    assert [record.title for record in sums(reading)[0]] == ["Kettles"]
