"""Reads for the protocol's pages: what changed in words, and how many items an amendment leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model

from screening.protocol.diff import Difference, differences
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.versions import snapshot
from screening.reviews.models import Review

_YES_NO = {True: "yes", False: "no"}
_RULE_WORDS = {
    "ta_mode": "Title and abstract screening",
    "ta_maybe": "Maybe at title and abstract",
    "ft_mode": "Full text review",
    "reason_clash": "Different reasons for one exclusion",
    "gate_items": "Gate: records that two people screen first",
    "gate_agreement": "Gate: agreement in per cent",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words: what it is about, what happened, and the old and new text where there are any."""

    about: str
    what: str
    old: str = ""
    new: str = ""


def previous_of(version: ProtocolVersion) -> ProtocolVersion | None:
    """The version before this one, if any."""
    earlier = ProtocolVersion.objects.filter(review_id=version.review_id, number__lt=version.number)
    return earlier.order_by("-number").first()


def changes_of(version: ProtocolVersion) -> list[Change]:
    """What a version changed against the one before it; empty for the first."""
    before = previous_of(version)
    if before is None:
        return []
    return [_told(difference) for difference in differences(snapshot(before), snapshot(version))]


def items_with_votes(review: Review) -> int:
    """How many items hold a vote: an amendment leaves each of them to the version it was voted on under (P36)."""
    return review.items.filter(votes_in__gt=0).count()


def _told(difference: Difference) -> Change:
    if difference.kind == "rule":
        field = _field(ProtocolVersion, difference.field)
        return Change(
            _RULE_WORDS[difference.field],
            "changed",
            _shown(difference.old, field.choices),
            _shown(difference.new, field.choices),
        )
    if difference.kind == "moved":
        return Change(difference.label, f"moved from place {difference.old} to place {difference.new}")
    if difference.kind != "changed":
        return Change(difference.label, difference.kind)
    field = _field(Criterion, difference.field)
    old, new = (_shown(value, field.choices) for value in (difference.old, difference.new))
    name = "hint" if difference.field == "rule" else field.verbose_name
    return Change(difference.label, f"{name} changed", old, new)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101  snapshots hold plain columns only
    return field


def _shown(value: Any, choices: Any) -> str:
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, dict):
        return rule_words(value)
    return str(dict(choices or ()).get(value, value)) or "(empty)"


def rule_words(rule: dict[str, Any]) -> str:
    """A criterion's metadata hint in words."""
    words = []
    if languages := rule.get("languages"):
        words.append(f"languages {', '.join(languages)}")
    if years := rule.get("years"):
        words.append(f"years {years[0] or 'any'} to {years[1] or 'any'}")
    for name, title in (("types_in", "types taken"), ("types_out", "types left out")):
        if types := rule.get(name):
            words.append(f"{title}: {', '.join(types).replace('_', ' ')}")
    return "; ".join(words) or "(none)"
