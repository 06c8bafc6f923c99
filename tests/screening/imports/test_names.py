"""Author names of every habit become "Family, Given", or stay whole where nobody can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.imports.parsers.names import names, one_name, split_bibtex_names, split_family_given, split_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Lin, Mei", "Lin, Mei"),
        ("Lin,Mei", "Lin, Mei"),
        ("Lin M.", "Lin, M."),
        ("Lin MY", "Lin, MY"),
        ("A. Okafor", "Okafor, A."),
        ("J. -P. Nominé", "Nominé, J. -P."),
        ("de la Cruz R.M.", "de la Cruz, R.M."),
        ("Lin, Mei 1", "Lin, Mei"),
        ("Lin M.,1", "Lin, M."),
        ("Lin, 1,2", "Lin"),
        ("Lin, Mei [Author, Reprint Author]", "Lin, Mei"),
        ("Lin, Mei and", "Lin, Mei"),
        ("Mei Lin", "Mei Lin"),
        ("M Lin", "Lin, M"),
        ("LI Wei", "LI Wei"),
        ("Lin MY 3rd", "Lin, MY 3rd"),
        ("Lin, Mei H, PhD", "Lin, Mei H"),
        ("Lin, MD", "Lin, MD"),
        ("Lin, Mei, Jr.", "Lin, Mei, Jr."),
        ("王小明", "王小明"),
        ("王小明(Wang, Xiao-Ming)", "王小明"),
        ("World Ward Study Group A", "World Ward Study Group A"),
        ("[No author name available]", ""),
        ("  ;", ""),
    ],
)
def test_one_person_has_one_spelling(written: str, name: str) -> None:
    assert one_name(written) == name


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("Lin, M; Okafor, A", ["Lin, M", "Okafor, A"]),
        ("Lin M., Okafor A.D.", ["Lin, M.", "Okafor, A.D."]),
        ("Lin SM, Okafor A, Li K.", ["Lin, SM", "Okafor, A", "Li, K"]),
        ("Huey, SL, Mehta, NH, and Mehta, S", ["Huey, SL", "Mehta, NH", "Mehta, S"]),
        ("Harris, V. and Koelsch, K. and Kurien, B.", ["Harris, V.", "Koelsch, K.", "Kurien, B."]),
        ("['Lin, Mei', \"O'Hara, Ada\"]", ["Lin, Mei", "O'Hara, Ada"]),
        ("P. Kogge; J. Shalf", ["Kogge, P.", "Shalf, J."]),
        ("Lin, Mei", ["Lin, Mei"]),
        ("Mei Lin, Ada Okafor, Ann Smith", ["Mei Lin", "Ada Okafor", "Ann Smith"]),
        ("王小明;李华;", ["王小明", "李华"]),
        ("王小明、李华", ["王小明", "李华"]),
        ("王小明，李华", ["王小明", "李华"]),
        ("Adeli K.Lewis G. F.", ["Adeli, K.", "Lewis, G. F."]),
        ("Vivek K. PallipuramMohammad Bhuiyan", ["Vivek K. Pallipuram", "Mohammad Bhuiyan"]),
        ("V. A. BakhtinV. A. Kryukov", ["Bakhtin, V. A.", "Kryukov, V. A."]),
        ("Anna MacArthur", ["Anna MacArthur"]),
        ("Lin MY, Okafor A, Suharto, Li K", ["Lin, MY", "Okafor, A", "Suharto", "Li, K"]),
        ("Lin MY, Okafor A 2nd, Li K Jr", ["Lin, MY", "Okafor, A 2nd", "Li, K Jr"]),
        (
            "Lin M.Y., Okafor A., WARD consortium of Leiden, Li K.",
            ["Lin, M.Y.", "Okafor, A.", "WARD consortium of Leiden", "Li, K."],
        ),
        ("MY Lin, A Kun‐Okafor, K van Li, ...", ["Lin, MY", "Kun‐Okafor, A", "van Li, K"]),
        ("MY Lin, A Okafor, …", ["Lin, MY", "Okafor, A"]),
        ("Lin, Mei, Okafor, Ada B.", ["Lin, Mei", "Okafor, Ada B"]),
        ("Lin, Okafor, Li", ["Lin, Okafor, Li"]),
        ("Lin Okafor, Mei, Li Reed, Ann Maria", ["Lin Okafor, Mei, Li Reed, Ann Maria"]),
        ("T\\\"{o}rn, Ada; Roche, St\\'{e}phane", ["Törn, Ada", "Roche, Stéphane"]),
        ("Lin, Mei\nOkafor, Ada", ["Lin, Mei", "Okafor, Ada"]),
        ("", []),
    ],
)
def test_a_cell_of_people_is_taken_apart(cell: str, people: list[str]) -> None:
    assert split_names(cell) == people


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("Lin, Mei and Okafor, Ada", ["Lin, Mei", "Okafor, Ada"]),
        ("van den Okafor, Jr., Johan A", ["van den Okafor, Jr., Johan A"]),
        ("Ludwig van Beethoven and Tom Cruise", ["van Beethoven, Ludwig", "Cruise, Tom"]),
        ('{World Ward Group} and M{\\"u}ller, J', ["World Ward Group", "Müller, J"]),
        ("Lin, Mei and others", ["Lin, Mei"]),
        ("Alkhawaja, S, and Martin, C", ["Alkhawaja, S", "Martin, C"]),
        ("王小明 and 李华", ["王小明", "李华"]),
        ("D.\nVerwilghen and\n V. Busoni", ["Verwilghen, D.", "Busoni, V."]),
    ],
)
def test_bibtex_names_follow_bibtex_rules(value: str, people: list[str]) -> None:
    assert names(split_bibtex_names(value)) == people


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("Lin, M and Okafor, A", ["Lin, M", "Okafor, A"]),
        ("Lin MY, van der Okafor A, Li KJ", ["Lin, MY", "van der Okafor, A", "Li, KJ"]),
        ("Lin, Mei", ["Lin, Mei"]),
        ("Centre for Wards and Clinics", ["Centre for Wards and Clinics"]),
    ],
)
def test_a_field_for_one_person_may_hold_several(field: str, people: list[str]) -> None:
    assert names([field]) == people


def test_family_and_given_names_in_turn() -> None:
    assert split_family_given("Lin Okafor, Mei Ada, Li, Kai") == ["Lin Okafor, Mei Ada", "Li, Kai"]
    assert split_family_given("Lin, M; Li, K") == ["Lin, M", "Li, K"]


@given(st.text("aAb ,;.[]()1 0*-\n王,", max_size=14) | st.text(max_size=40))
def test_a_name_that_is_read_again_stays_as_it_is(written: str) -> None:
    assert one_name(one_name(written)) == one_name(written)


@given(st.text(max_size=120))
def test_no_text_upsets_the_names(text: str) -> None:
    for name in [*split_names(text), *names(split_bibtex_names(text)), one_name(text)]:
        assert "\x00" not in name
