"""The guess of a database by the name of its export file."""

from __future__ import annotations

import pytest

from screening.imports.databases import guess_database


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("scopus-update.csv", ("Scopus", "database")),
        ("savedrecs (3).txt", ("Web of Science", "database")),
        ("web_of_science.ris", ("Web of Science", "database")),
        ("csv-medicaled-set.csv", ("PubMed", "database")),
        ("pubmed-research-set.nbib", ("PubMed", "database")),
        ("MEDLINE via Ovid.ris", ("MEDLINE", "database")),
        ("cochrane-2022.ris", ("Cochrane CENTRAL", "register")),
        ("citation-searching.ris", ("Reference lists of included studies", "citation")),
        ("華藝.ris", ("Airiti Library", "database")),
        ("eric.nbib", ("ERIC", "database")),
        ("generic.ris", ("", "database")),
        ("export.ris", ("", "database")),
    ],
)
def test_the_name_of_a_file_tells_its_database(name: str, guess: tuple[str, str]) -> None:
    assert guess_database(name) == guess


def test_the_format_tells_where_the_name_does_not() -> None:
    assert guess_database("export.txt", "MEDLINE") == ("PubMed", "database")
    assert guess_database("scopus.txt", "MEDLINE") == ("Scopus", "database")
