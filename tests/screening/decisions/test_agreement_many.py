"""Three and more raters: their coefficients against published examples, and the reason where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.agreement import fleiss_kappa, krippendorff_alpha
from screening.decisions.agreement_many import NOTHING_SHARED, ONE_ANSWER, Said, agreement_of_many

FIVE = ("1", "2", "3", "4", "5")

#: Krippendorff 2011: four coders, twelve units, gaps as dots.
CODERS = ("12332141 2...", "12332241 25.3", ".3332342 251.", "12332441 251.")

#: Fleiss 1971: ten subjects, fourteen raters, how many chose each of five categories.
SUBJECTS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1), (7, 7, 0, 0, 0), (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip


def _units() -> list[Said]:
    coders = [coder.replace(" ", "") for coder in CODERS]
    return [
        {f"coder {place}": coder[unit] for place, coder in enumerate(coders) if coder[unit] != "."}
        for unit in range(12)
    ]


def _raters(counts: tuple[int, ...]) -> Said:
    values = [category for category, n in zip(FIVE, counts, strict=True) for _ in range(n)]
    return {f"rater {place:02}": value for place, value in enumerate(values)}


def test_i40_a10_fleiss_kappa_of_fourteen_raters_is_reproduced_to_five_decimals() -> None:
    found = agreement_of_many([_raters(counts) for counts in SUBJECTS], FIVE)
    assert found is not None
    assert (found.raters, found.n) == (14, 10)
    assert found.fleiss == pytest.approx(0.20993, abs=5.1e-6)
    assert found.fleiss_why == ""


def test_i40_a11_krippendorffs_alpha_with_gaps_is_reproduced_and_fleiss_says_why_it_cannot_be() -> None:
    found = agreement_of_many(_units(), FIVE)
    assert found is not None
    assert found.alpha == pytest.approx(0.74342, abs=5.1e-6)
    assert found.n == 11, "the unit that one coder alone coded is no agreement"
    assert found.fleiss is None
    assert found.fleiss_why == "records have 2 to 4 votes each, and it needs as many on each: read alpha"


def test_two_raters_are_a_pair_not_a_group() -> None:
    assert agreement_of_many([{"a": "yes", "b": "no"}], ("yes", "no")) is None


def test_i39_a_group_that_shares_no_record_or_says_one_thing_throughout_is_undefined_with_its_reason() -> None:
    apart = agreement_of_many([{"a": "yes"}, {"b": "yes"}, {"c": "no"}], ("yes", "no"))
    assert apart is not None
    assert (apart.n, apart.fleiss, apart.fleiss_why, apart.alpha_why) == (0, None, NOTHING_SHARED, NOTHING_SHARED)
    same = agreement_of_many([{"a": "no", "b": "no", "c": "no"}] * 3, ("yes", "no"))
    assert same is not None
    assert (same.table, same.fleiss_why, same.alpha_why) == ((((0, 3), 3),), ONE_ANSWER, ONE_ANSWER)


def test_a_value_outside_the_categories_is_refused() -> None:
    with pytest.raises(ValueError, match="Not among the categories: perhaps"):
        agreement_of_many([{"a": "yes", "b": "perhaps", "c": "no"}], ("yes", "no"))


@given(st.lists(st.lists(st.sampled_from("imex"), min_size=3, max_size=3), min_size=1, max_size=30))
def test_i36_the_table_sums_to_the_records_and_the_coefficients_are_those_of_the_raw_votes(
    rows: list[list[str]],
) -> None:
    said = [dict(zip(("a", "b", "c"), row, strict=True)) for row in rows]
    found = agreement_of_many(said, tuple("imex"))
    assert found is not None
    assert sum(records for _, records in found.table) == found.n == len(rows)
    assert all(sum(votes) == 3 for votes, _ in found.table)
    assert found.fleiss == fleiss_kappa([[row.count(word) for word in "imex"] for row in rows])
    assert found.alpha == krippendorff_alpha([list(column) for column in zip(*rows, strict=True)])
