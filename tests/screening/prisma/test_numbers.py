"""Numbers as they are written."""

import pytest

from screening.prisma.numbers import counted, grouped, listed, summed


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0"), (614, "614"), (9999, "9999"), (10_214, "10\u202f214"), (1_234_567, "1\u202f234\u202f567"), (-3, "-3")],
)
def test_numbers_are_grouped_by_a_thin_space_from_five_digits_on(n: int, text: str) -> None:
    assert grouped(n) == text


def test_sums_nouns_and_lists() -> None:
    assert summed((571, 41, 2)) == "571 + 41 + 2"
    assert summed(()) == "0"
    assert [counted(n, "study", "studies") for n in (0, 1, 2)] == ["0 studies", "1 study", "2 studies"]
    assert [listed(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
