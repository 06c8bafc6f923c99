"""What changed between two versions of a protocol: pure, from the values of `versions.snapshot`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "deleted", "changed", "moved", "rule"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: of a criterion (``key``, its ``label``) or a stage rule; ``field`` with its old and new value if changed."""

    kind: Kind
    key: str
    label: str
    field: str = ""
    old: Any = None
    new: Any = None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every change from ``old`` to ``new``: criteria in the new order, then deleted ones, then stage rules.

    Equal snapshots give an empty list. A criterion is the same one as long as its key is; it has moved only where its
    place among the criteria that both versions share differs.
    """
    before = {row["key"]: row for row in old["criteria"]}
    after = {row["key"]: row for row in new["criteria"]}
    found: list[Difference] = []
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    for key, row in after.items():
        if key not in before:
            found.append(Difference("added", key, row["label"]))
            continue
        found += _changed(before[key], row)
        if key in moved:
            found.append(Difference("moved", key, row["label"], "place", *moved[key]))
    found += [Difference("deleted", key, row["label"]) for key, row in before.items() if key not in after]
    return found + _rules(old["stage_rules"], new["stage_rules"])


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference("changed", new["key"], new["label"], field, old[field], new[field])
        for field in new
        if old[field] != new[field]
    ]


def _moved(old: Sequence[str], new: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Key to (old place, new place), from 1, among the shared criteria."""
    return {key: (old.index(key) + 1, n) for n, key in enumerate(new, start=1) if old.index(key) + 1 != n}


def _rules(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [Difference("rule", name, name, name, old[name], new[name]) for name in new if old[name] != new[name]]
