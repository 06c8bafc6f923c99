"""When a vote may be seen (B1-B9): pure, of four facts. The queryset `Vote.objects.visible_to` says the same in SQL."""

from __future__ import annotations

from datetime import datetime


def vote_is_visible(*, own: bool, vote_round: int, item_round: int, reveal_at: datetime | None, now: datetime) -> bool:
    """True for one's own vote, for a vote of an earlier round, and once the reveal of this round has passed."""
    if own or vote_round < item_round:
        return True
    return reveal_at is not None and reveal_at <= now


def names_are_masked(*, may_adjudicate: bool, is_final: bool) -> bool:
    """S4: whoever may rule sees Reviewer A and B instead of names, on every page, until the item is final."""
    return may_adjudicate and not is_final


def masks(voters: list[int], *, flip: bool) -> dict[int, str]:
    """Membership ids in order of slot -> "Reviewer A", "Reviewer B"; ``flip`` is random per item and stable."""
    ordered = list(reversed(voters)) if flip else list(voters)
    return {member: f"Reviewer {chr(ord('A') + place)}" for place, member in enumerate(ordered)}
