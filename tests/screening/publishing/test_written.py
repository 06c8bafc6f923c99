"""The files of a published flow hold what was frozen, and nothing that a spreadsheet would run."""

import csv
import io

from screening.publishing.written import numbers_csv, references_csv


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_numbers_stand_in_their_order_an_empty_cell_where_there_is_none() -> None:
    rows = [
        {
            "label": "Records identified",
            "unit": "records",
            "dbr": {"key": "dbr_identified", "n": 12_345},
            "other": None,
        },
        {"label": "Studies included", "unit": "studies", "dbr": {"key": "new_studies", "n": 0}, "other": None},
    ]
    assert read(numbers_csv(rows)) == [
        ["Box", "Unit", "Databases and registers", "Other methods"],
        ["Records identified", "records", "12345", ""],
        ["Studies included", "studies", "0", ""],
    ]


def test_p29_references_are_told_with_their_number_and_none_is_a_formula() -> None:
    told = read(references_csv([2, 7], {"2": "=1+1, 研究。", "7": 'Lin, M. "Quoted"; 2020', "9": "Elsewhere"}))
    assert told[1:] == [["2", "'=1+1, 研究。"], ["7", 'Lin, M. "Quoted"; 2020']]
