"""Coefficients of agreement against published worked examples, and the properties that hold for any table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.agreement import (
    HEADLINE,
    THREE,
    Agreement,
    Level,
    agreement,
    agreement_of_table,
    band,
    fleiss_kappa,
    fold_maybe,
    kappa_and_ac1,
    krippendorff_alpha,
    pair_up,
    printed,
)

FIGURES = ("po", "kappa", "se", "kappa_low", "kappa_high", "pabak", "ac1", "alpha")

WORKED = {
    "A1": ([[40, 9], [6, 45]], (0.85, 0.69952, 0.07139, 0.55959, 0.83945, 0.70000, 0.70075, 0.70075)),
    "A2": ([[80, 10], [5, 5]], (0.85, 0.31818, 0.13346, 0.05661, 0.57975, 0.70000, 0.80800, 0.31771)),
    "A3": ([[45, 15], [25, 15]], (0.60, 0.13043, 0.09866, -0.06294, 0.32381, 0.20000, 0.26606, 0.12527)),
    "A4": ([[20, 5], [10, 15]], (0.70, 0.40000, 0.12700, 0.15109, 0.64891, 0.40000, 0.40594, 0.40000)),
    "A5": (
        [[1467, 1309], [782, 16232]],
        (0.89434, 0.52413, 0.00909, 0.50631, 0.54195, 0.78868, 0.86425, 0.52338),
    ),
    "A6": ([[31, 12], [4, 58]], (0.84762, 0.67568, 0.07345, 0.53172, 0.81963, 0.69524, 0.71414, 0.67521)),
    "A7": (
        [[13, 0, 0], [0, 20, 7], [0, 4, 56]],
        (0.89000, 0.79641, 0.05891, 0.68095, 0.91187, 0.83500, 0.84933, 0.79726),
    ),
    "A8": ([[8, 20], [10, 962]], (0.97000, 0.33321, 0.09130, 0.15427, 0.51216, 0.94000, 0.96859, 0.33281)),
    "A9": ([[0, 0], [0, 50]], (1.0, None, None, None, None, 1.0, 1.0, None)),
}

FLEISS_1971 = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]

KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def of_table(table: list[list[int]]) -> Agreement:
    return agreement_of_table(table, [f"c{index}" for index in range(len(table))])


def transposed(table: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*table, strict=True)]


@pytest.mark.parametrize("name", WORKED)
def test_i40_worked_examples_are_reproduced_to_five_decimals(name: str) -> None:
    table, expected = WORKED[name]
    found = of_table(table)
    for figure, value in zip(FIGURES, expected, strict=True):
        computed = getattr(found, figure)
        if value is None:
            assert computed is None, figure
        else:
            assert computed == pytest.approx(value, abs=5.1e-6), figure


def test_i40_a10_fleiss_kappa() -> None:
    assert fleiss_kappa(FLEISS_1971) == pytest.approx(0.20993, abs=5.1e-6)


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.NOMINAL, 0.74342), (Level.ORDINAL, 0.81539), (Level.INTERVAL, 0.84911), (Level.RATIO, 0.79740)],
)
def test_i40_a11_krippendorff_alpha_with_gaps(level: Level, expected: float) -> None:
    assert krippendorff_alpha(KRIPPENDORFF, level) == pytest.approx(expected, abs=5.1e-6)


def test_the_four_figures_of_a_two_by_two_table() -> None:
    found = of_table([[80, 10], [5, 5]])
    assert found.positive == pytest.approx(160 / 175)
    assert found.negative == pytest.approx(10 / 25)
    assert found.prevalence == pytest.approx(0.75)
    assert found.bias == pytest.approx(0.05)


def test_three_categories_have_no_positive_or_negative_agreement() -> None:
    found = of_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert (found.positive, found.negative, found.prevalence, found.bias) == (None, None, None, None)


def test_i39_nothing_is_defined_without_items() -> None:
    found = agreement([], HEADLINE)
    assert found.n == 0
    assert [getattr(found, figure) for figure in FIGURES] == [None] * len(FIGURES)
    assert printed(found.kappa) == "undefined"


def test_i39_one_category_alone_leaves_kappa_undefined_and_prints_so() -> None:
    found = agreement([("exclude", "exclude")] * 50, HEADLINE)
    assert (found.po, found.pe, found.kappa, found.positive) == (1.0, 1.0, None, None)
    assert printed(found.kappa) == "undefined"
    assert printed(found.po, 3) == "1.000"


def test_the_interval_stays_between_minus_one_and_one() -> None:
    apart = of_table([[0, 1], [2, 0]])
    assert apart.kappa_low == -1.0
    perfect = of_table([[5, 0], [0, 5]])
    assert (perfect.kappa, perfect.kappa_high) == (1.0, 1.0)


def test_maybe_counts_as_include_in_the_headline() -> None:
    pairs = [("maybe", "include"), ("maybe", "exclude"), ("exclude", "exclude")]
    assert fold_maybe(pairs) == [("include", "include"), ("include", "exclude"), ("exclude", "exclude")]
    assert agreement(pairs, THREE).table == ((0, 0, 0), (1, 0, 1), (0, 0, 1))
    assert agreement(fold_maybe(pairs), HEADLINE).table == ((1, 1), (0, 1))


def test_a_value_outside_the_categories_is_refused() -> None:
    with pytest.raises(ValueError, match="Not among the categories: maybe"):
        agreement([("maybe", "include")], HEADLINE)


def test_a_single_category_is_refused() -> None:
    with pytest.raises(ValueError, match="two categories"):
        agreement([], ["include"])


def test_a_table_that_is_not_square_is_refused() -> None:
    with pytest.raises(ValueError, match="one row and one column"):
        agreement_of_table([[1, 2], [3, 4]], THREE)


def test_figures_are_plain_numbers_for_json() -> None:
    figures = of_table([[40, 9], [6, 45]]).figures()
    assert figures["table"] == [[40, 9], [6, 45]]
    assert figures["n"] == 100
    assert all(type(figures[name]) is float for name in FIGURES)


def test_pairs_are_built_from_items_that_both_rated() -> None:
    votes = {
        1: {"bob": "exclude", "alice": "include"},
        2: {"alice": "exclude"},
        3: {"alice": "maybe", "bob": "maybe", "carol": "exclude"},
    }
    assert pair_up(votes) == {
        ("alice", "bob"): [("include", "exclude"), ("maybe", "maybe")],
        ("alice", "carol"): [("maybe", "exclude")],
        ("bob", "carol"): [("maybe", "exclude")],
    }


def test_fleiss_kappa_needs_equal_numbers_of_raters() -> None:
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss_kappa([[2, 0], [1, 0]])


@pytest.mark.parametrize("table", [[], [[3, 0], [3, 0]], [[1, 0], [0, 1]]])
def test_i39_fleiss_kappa_is_undefined_for_one_category_or_one_rater(table: list[list[int]]) -> None:
    assert fleiss_kappa(table) is None


def test_i39_alpha_is_undefined_without_two_values_on_a_unit() -> None:
    assert krippendorff_alpha([[1, None], [None, 2]]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None


def test_alpha_of_a_ratio_scale_with_zeros_is_defined() -> None:
    assert krippendorff_alpha([[0, 1, 2], [0, 1, 2]], Level.RATIO) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kappa", "word"),
    [(None, ""), (0.399, "poor"), (0.40, "fair"), (0.60, "good"), (0.75, "excellent"), (-0.2, "poor")],
)
def test_bands_are_words_for_kappa(kappa: float | None, word: str) -> None:
    assert band(kappa) == word


squares = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k)
)


@given(st.lists(st.tuples(st.sampled_from(THREE), st.sampled_from(THREE)), max_size=40))
def test_i36_the_table_sums_to_the_items_both_rated(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs, THREE)
    assert found.n == len(pairs) == sum(map(sum, found.table))


@given(squares)
def test_i38_swapping_raters_transposes_the_table_and_keeps_the_coefficients(table: list[list[int]]) -> None:
    one, other = of_table(table), of_table(transposed(table))
    assert [list(row) for row in other.table] == transposed([list(row) for row in one.table])
    for figure in (*FIGURES, "positive", "negative", "prevalence", "bias"):
        first, second = getattr(one, figure), getattr(other, figure)
        assert (first is None) is (second is None), figure
        assert first is None or first == pytest.approx(second, abs=1e-9), figure


@given(squares)
def test_kappa_and_its_error_match_the_formulas_worked_by_hand(table: list[list[int]]) -> None:
    """Fleiss, Cohen & Everitt 1969, written out, against the library."""
    found = of_table(table)
    if found.kappa is None or found.po is None or found.pe is None or found.se is None:
        return
    k, n = len(table), found.n
    p = [[cell / n for cell in row] for row in table]
    rows = [sum(row) for row in p]
    columns = [sum(row[j] for row in p) for j in range(k)]
    kappa = (found.po - found.pe) / (1 - found.pe)
    agreeing = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(k))
    apart = sum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in range(k) for j in range(k) if i != j)
    level = (kappa - found.pe * (1 - kappa)) ** 2
    variance = (agreeing + (1 - kappa) ** 2 * apart - level) / (n * (1 - found.pe) ** 2)
    assert found.kappa == pytest.approx(kappa, abs=1e-9)
    assert found.se == pytest.approx(math.sqrt(max(variance, 0.0)), abs=1e-6)


@given(squares)
def test_every_defined_coefficient_is_a_finite_number(table: list[list[int]]) -> None:
    found = of_table(table)
    values = [value for value in found.figures().values() if isinstance(value, float)]
    assert all(math.isfinite(value) for value in values)
    assert found.kappa is None or -1.0 <= found.kappa <= 1.0


@given(st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=2), min_size=2, max_size=2))
def test_kappa_and_ac1_alone_are_those_of_the_whole_table(cells: list[list[int]]) -> None:
    whole = agreement_of_table(cells, HEADLINE)
    alone = kappa_and_ac1(whole.table)
    assert [one is None for one in alone] == [whole.kappa is None, whole.ac1 is None]
    assert [one or 0 for one in alone] == pytest.approx([whole.kappa or 0, whole.ac1 or 0])
