"""The gate of a pilot round is plain arithmetic on pairs of votes."""

from __future__ import annotations

import pytest

from screening.decisions.piloting.tally import drawn, tally
from screening.decisions.verdict import Decision

INC, MAY, EXC = Decision.INCLUDE, Decision.MAYBE, Decision.EXCLUDE


@pytest.mark.parametrize(
    ("votes", "records", "per_cent", "passes"),
    [
        ([], 4, None, False),
        ([[INC, INC], [EXC, EXC], [INC, EXC]], 4, 200 / 3, False),
        ([[INC, INC], [EXC, EXC], [INC, MAY], [INC, EXC]], 4, 75.0, True),
        ([[INC, INC], [EXC, EXC], [MAY, EXC], [INC, EXC]], 4, 50.0, False),
        ([[INC, INC, INC, EXC], [EXC, EXC, EXC, EXC]], 2, 75.0, True),
        ([[INC, INC, EXC, EXC], [EXC, EXC, EXC, EXC]], 2, 200 / 3, False),
    ],
)
def test_the_gate_is_passed_when_every_record_is_done_and_enough_pairs_agree(
    votes: list[list[Decision]], records: int, per_cent: float | None, passes: bool
) -> None:
    found = tally(votes, records=records)
    assert found.per_cent == pytest.approx(per_cent)
    assert found.passes(75) is passes


def test_a_sample_is_the_same_for_a_seed_and_differs_for_another() -> None:
    assert drawn(range(500), seed=1, size=25) == drawn(reversed(range(500)), seed=1, size=25)
    assert drawn(range(500), seed=1, size=25) != drawn(range(500), seed=2, size=25)
    assert len(drawn(range(10), seed=1, size=25)) == 10
