"""Reading the protocol: the version in force, the draft, the criteria of a stage, and a version as plain values."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet

from reviewapp.compiled import compiled
from screening.protocol.models import Criterion, ProtocolVersion
from screening.reviews.models import Review

STAGE_RULES = ("ta_mode", "ta_maybe", "ft_mode", "reason_clash", "gate_items", "gate_agreement")
WORDING = (
    "facet",
    "label",
    "question",
    "met_when",
    "not_met_when",
    "examples_met",
    "examples_not_met",
    "direction",
    "at_ta",
    "at_ft",
    "rule",
)


def active_protocol(review: Review) -> ProtocolVersion | None:
    """The version in force: the highest frozen one (I24); None before the first freeze."""
    return review.protocol_versions.filter(frozen_at__isnull=False).order_by("-number").first()


def draft_of(review: Review) -> ProtocolVersion | None:
    """The one draft of a review, if any."""
    return review.protocol_versions.filter(frozen_at__isnull=True).first()


class Versions:
    """The frozen versions that one request or batch works under, each with its criteria. To be read only."""

    def __init__(self, review: Review) -> None:
        self._review = review

    @cached_property
    def _moments(self) -> dict[int, datetime]:
        """When each version was frozen, by id, the one in force first."""
        return {pk: at for pk, at in _frozen_versions(self._review.pk) if at}

    @property
    def active(self) -> ProtocolVersion | None:
        """The version in force, as `active_protocol`."""
        return self.of(None)

    def of(self, version_id: int | None) -> ProtocolVersion | None:
        """The version that was stamped on an item by its first vote; the one in force where none was."""
        wanted = version_id or next(iter(self._moments), None)
        return _frozen(wanted, self._moments[wanted]) if wanted else None


@compiled
def _frozen_versions(review_id: int) -> QuerySet[ProtocolVersion, tuple[int, datetime | None]]:
    frozen = ProtocolVersion.objects.filter(review=review_id, frozen_at__isnull=False)
    return frozen.order_by("-number").values_list("pk", "frozen_at")


@lru_cache(maxsize=500)
def _frozen(version_id: int, frozen_at: datetime) -> ProtocolVersion:
    """A version with its criteria, kept by the process: what is frozen never changes (I24), and guards see to it.

    The moment is part of the key, since SQLite gives the id of a deleted row again.
    """
    return ProtocolVersion.objects.prefetch_related("criteria").get(pk=version_id, frozen_at=frozen_at)


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
