"""Reading the protocol: the version in force, the draft, the criteria of a stage, and a version as plain values."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from screening.protocol.models import Criterion, ProtocolVersion
from screening.reviews.models import Review

STAGE_RULES = ("ta_mode", "ta_maybe", "ft_mode", "reason_clash", "gate_items", "gate_agreement")
WORDING = ("facet", "label", "question", "met_when", "not_met_when", "direction", "at_ta", "at_ft", "rule")


def active_protocol(review: Review) -> ProtocolVersion | None:
    """The version in force: the highest frozen one (I24); None before the first freeze."""
    return review.protocol_versions.filter(frozen_at__isnull=False).order_by("-number").first()


def draft_of(review: Review) -> ProtocolVersion | None:
    """The one draft of a review, if any."""
    return review.protocol_versions.filter(frozen_at__isnull=True).first()


class Versions:
    """The protocol versions that one request or batch works under: each is read once, with its criteria."""

    def __init__(self, review: Review) -> None:
        self._all = review.protocol_versions.filter(frozen_at__isnull=False).prefetch_related("criteria")
        self._older: dict[int, ProtocolVersion] = {}

    @cached_property
    def active(self) -> ProtocolVersion | None:
        """The version in force, as `active_protocol`."""
        return self._all.order_by("-number").first()

    def of(self, version_id: int | None) -> ProtocolVersion | None:
        """The version that was stamped on an item by its first vote; the one in force where none was."""
        if self.active is None or version_id in (None, self.active.pk):
            return self.active
        if version_id not in self._older:
            self._older[version_id] = self._all.get(pk=version_id)
        return self._older[version_id]


def criteria_for(version: ProtocolVersion, stage: str) -> list[Criterion]:
    """The criteria asked at a stage (``ta`` or ``ft``), in protocol order."""
    return [one for one in version.criteria.all() if (one.at_ta if stage == "ta" else one.at_ft)]


def reason_order(version: ProtocolVersion) -> tuple[str, ...]:
    """The keys of the criteria asked at full text, in protocol order: the order of reasons (decision 7)."""
    return tuple(one.key for one in criteria_for(version, "ft"))


def criterion_facts(criterion: Criterion) -> dict[str, Any]:
    """A criterion as plain values: its key and everything that an edit may change, without its place."""
    return {"key": criterion.key, **{name: getattr(criterion, name) for name in WORDING}}


def snapshot(version: ProtocolVersion) -> dict[str, Any]:
    """A version as plain values, for log and diff: ``stage_rules`` by name, ``criteria`` in protocol order."""
    return {
        "stage_rules": {name: getattr(version, name) for name in STAGE_RULES},
        "criteria": [criterion_facts(criterion) for criterion in version.criteria.all()],
    }
