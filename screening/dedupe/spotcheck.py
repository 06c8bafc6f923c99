"""A random sample of the merges by rule, and what it says about all of them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SIZES = (20, 300)


def sample(records: Iterable[int], *, seed: int, size: int) -> list[int]:
    """``size`` of the record ids, always the same for a seed; new merges hardly move it: each id has its own random rank."""
    return sorted(records, key=lambda pk: hashlib.sha256(f"{seed} {pk}".encode()).digest())[:size]


def upper_bound(wrong: int, checked: int) -> float:
    """One-sided upper 95 % bound of the share that is wrong (Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404).

    0 of 20 gives .139, 0 of 300 gives .010. Nothing checked, or everything wrong, gives 1.
    """
    if wrong >= checked:
        return 1.0
    from statsmodels.stats.proportion import proportion_confint  # a second and 100 MB that no other page needs

    _, upper = proportion_confint(wrong, checked, alpha=0.1, method="beta")
    return float(upper)
