"""Labels for studies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.studies.labels import LONGEST, family, suggest_label


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Okafor, Ngozi", "Okafor"),
        ("van der Berg, A.", "van der Berg"),
        ("Okafor N", "Okafor"),
        ("de Boer RA", "de Boer"),
        ("Ngozi Okafor", "Okafor"),
        ("王小明", "王小明"),
        ("WHO", "WHO"),
        ("", ""),
    ],
)
def test_the_family_name_is_read_from_every_writing(author: str, name: str) -> None:
    assert family(author) == name


def test_a_label_is_the_first_author_and_the_year() -> None:
    assert suggest_label(authors=["Okafor, N.", "Lind, E."], year=2019) == "Okafor 2019"
    assert suggest_label(authors=["Okafor, N."], year=None) == "Okafor n.d."
    assert suggest_label(authors=[], year=2019, title="A report without any authors") == "A report without any 2019"
    assert suggest_label(authors=[], year=None) == "Study n.d."


def test_a_taken_label_gets_a_letter() -> None:
    assert suggest_label(authors=["Okafor, N."], year=2019, taken=["okafor 2019"]) == "Okafor 2019b"
    assert suggest_label(authors=["Okafor, N."], year=2019, taken=["Okafor 2019", "Okafor 2019b"]) == "Okafor 2019c"


@given(st.lists(st.text(max_size=150), max_size=2), st.none() | st.integers(1000, 2100), st.integers(1, 40))
def test_any_number_of_labels_differ_and_fit(authors: list[str], year: int | None, n: int) -> None:
    taken: list[str] = []
    for _ in range(n):
        taken.append(suggest_label(authors=authors, year=year, taken=taken))
    assert len({label.casefold() for label in taken}) == n
    assert all(label.strip() and len(label) <= LONGEST for label in taken)
