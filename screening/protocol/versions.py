"""Reading the protocol: the version in force, the draft, the criteria of a stage, and a version as plain values."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

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


def criteria_for(version: ProtocolVersion, stage: str) -> QuerySet[Criterion]:
    """The criteria asked at a stage (``ta`` or ``ft``), in protocol order."""
    return version.criteria.filter(at_ta=True) if stage == "ta" else version.criteria.filter(at_ft=True)


def reason_order(version: ProtocolVersion) -> tuple[str, ...]:
    """The keys of the criteria asked at full text, in protocol order: the order of reasons (decision 7)."""
    return tuple(criteria_for(version, "ft").values_list("key", flat=True))


def criterion_facts(criterion: Criterion) -> dict[str, Any]:
    """A criterion as plain values: its key and everything that an edit may change, without its place."""
    return {"key": criterion.key, **{name: getattr(criterion, name) for name in WORDING}}


def snapshot(version: ProtocolVersion) -> dict[str, Any]:
    """A version as plain values, for log and diff: ``stage_rules`` by name, ``criteria`` in protocol order."""
    return {
        "stage_rules": {name: getattr(version, name) for name in STAGE_RULES},
        "criteria": [criterion_facts(criterion) for criterion in version.criteria.all()],
    }
