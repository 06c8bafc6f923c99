"""What was decided on a record before another one that matches it came in: told once it is revealed, inherited by nobody (B2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from screening.records.models import Record, Standing

_STAGES = {"ta": "title and abstract", "ft": "full text review"}
_DECISIONS = {"include": "included", "exclude": "excluded"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The latest revealed decision on a record: ``included`` or ``excluded``, at which stage and when."""

    decision: str
    stage: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.decision} at {self.stage}, {self.at:%Y-%m-%d}"


def outcomes_of(records: Collection[int]) -> dict[int, Outcome]:
    """Record id -> its outcome, for those that have a revealed one; never a word of what is sealed (DD15)."""
    items: Any = Record._meta.get_field("items").related_model
    rows = items.objects.revealed().filter(record__in=records, state="final").order_by("-stage")  # full text overrides
    return {
        pk: Outcome(_DECISIONS[decision], _STAGES[stage], at)
        for pk, stage, decision, at in rows.values_list("record_id", "stage", "decision", "reveal_at")
    }


def already_screened(found: QuerySet[Standing]) -> QuerySet[Standing]:
    """Of merged records those that came in after their kept record had been decided on."""
    decided = found.filter(
        lead__items__state="final",
        lead__items__reveal_at__lte=timezone.now(),
        lead__items__reveal_at__lt=F("imported_from__stored_at"),
    )
    return found.filter(pk__in=decided.values("pk"))


def outcomes_before(standings: Collection[Standing]) -> dict[int, Outcome]:
    """Record id -> what had been decided on its kept record when it came in. ``imported_from`` is read of each."""
    known = outcomes_of({one.lead_id for one in standings if one.lead_id is not None})
    found = {one.pk: (one.imported_from.stored_at, known.get(one.lead_id or 0)) for one in standings}
    return {pk: outcome for pk, (came, outcome) in found.items() if outcome and came and came > outcome.at}
