"""What single programs do to BibTeX: commas that lead, quotation marks that are not escaped, braces that are."""

from __future__ import annotations

import pytest

from screening.imports.parsed import ParsedRecord
from screening.imports.parsers.bibtex import read
from screening.imports.parsers.latex import plain


def only_record(text: str) -> ParsedRecord:
    (record,) = read(text.splitlines(keepends=True))
    assert isinstance(record, ParsedRecord)
    return record


def test_commas_may_stand_before_the_fields() -> None:
    record = only_record(
        "@article{k1\n, author = {Lin, Mei}\n, title = {Kettles}\n, journal = {J Kettles}\n, year = {2006}\n}\n"
    )
    assert (record.title, record.authors, record.journal, record.year) == ("Kettles", ("Lin, Mei",), "J Kettles", 2006)
    assert record.ids["record_id"] == "k1"


def test_quotation_marks_inside_a_quoted_value_end_it_only_where_the_next_field_follows() -> None:
    record = only_record(
        '@article{k1,\n title = "On "good kettles" and "bad", in the north (2015)",\n abstract = "He said "yes", and left",\n'
        ' author = "Mei Lin and Ada Okafor",\n year = "2022",\n}\n'
    )
    assert record.title == 'On "good kettles" and "bad", in the north (2015)'
    assert (record.abstract, record.year) == ('He said "yes", and left', 2022)
    assert record.authors == ("Lin, Mei", "Okafor, Ada")


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ('@article{k1, title = "A "b" c", year = "2022"}', 'A "b" c'),
        ('@article{k1, title = "A" # " b", year = 2022}', "A b"),
        ('@article{k1, title = "A" year = 2022}', "A"),
        ('@article{k1, title = "A"}', "A"),
        ('@article{k1, title = "A {"}b{"} c", year = 2022}', 'A "b" c'),
    ],
)
def test_a_quoted_title_is_whole(entry: str, title: str) -> None:
    assert only_record(entry).title == title


def test_braces_that_sciencedirect_escapes_are_not_shown() -> None:
    entry = '@article{{k1, title = "Slow \\{{EEG\\}} rhythms", url = "https://www.{}/pii/1"}}'
    assert only_record(entry.format("sciencedirect.com")).title == "Slow EEG rhythms"
    assert only_record(entry.format("example.org")).title == "Slow {EEG} rhythms"


@pytest.mark.parametrize(
    ("latex", "text"), [(r"na\"\i ve", "naïve"), (r"\^\i le", "île"), (r"{\DJ}or{\dj}e", "Đorđe"), (r"b\'a c", "bá c")]
)
def test_letters_that_end_a_command_with_a_blank(latex: str, text: str) -> None:
    assert plain(latex) == text
