"""When what the voters say after the talk settles the item (I22): pure."""

from __future__ import annotations

from collections.abc import Sequence

from screening.decisions.verdict import Ballot, Decision, ReasonClash, Stage, earliest_reason


def agreed(
    positions: Sequence[Ballot], *, voters: int, stage: Stage, clash: ReasonClash, order: Sequence[str]
) -> Ballot | None:
    """What the item is final with, or None while somebody has not spoken or they differ.

    ``voters`` is how many voted. All include, or all exclude. At full text an exclude takes one reason: the one they share, or,
    where the protocol has the earlier criterion win, the first of theirs in ``order``; else they go on talking about the reason.
    """
    if len(positions) < max(voters, 2) or len({position.decision for position in positions}) != 1:
        return None
    decision = positions[0].decision
    if decision is Decision.MAYBE:
        return None
    if decision is Decision.INCLUDE or stage is Stage.TITLE_ABSTRACT:
        return Ballot(decision)
    reasons = {position.reason for position in positions}
    if "" in reasons or (len(reasons) > 1 and clash is ReasonClash.QUEUE):
        return None
    return Ballot(decision, earliest_reason(sorted(reasons), order))
