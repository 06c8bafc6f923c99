"""What stands for each included study, field by field, on which tables and synthesis rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from extraction.consensus.models import Chosen, Settlement
from extraction.entries.filling import Said, asked
from extraction.entries.models import Anchor, Entry, Extraction, ExtractionState
from extraction.entries.queue import included_studies, spec_of
from extraction.tables.models import Form
from screening.reviews.models import Review

SETTLED = (ExtractionState.AGREED, ExtractionState.LOCKED)


@dataclass(frozen=True, slots=True)
class SettledValue:
    """The value that stands for a field; ``anchors`` are the quotes of the entries from which it was taken."""

    status: str
    value: Any
    note: str
    anchors: list[Anchor] = field(default_factory=list)


Settled = dict[int, dict[str, SettledValue]]


def settled_values(review: Review, form: Form) -> Settled:
    """Study id -> field key -> what stands. Only included studies, the present round, and extractions agreed or locked (I47)."""
    rows = Settlement.objects.filter(
        extraction__review=review,
        extraction__form=form,
        extraction__state__in=SETTLED,
        extraction__study__in=included_studies(review),
        round=F("extraction__round"),
    ).select_related("extraction")
    kept = list(rows)
    anchors = _anchors({row.extraction_id for row in kept})
    found: Settled = {}
    for row in kept:
        quotes = [one for slot in _slots(row) for one in anchors.get((row.extraction_id, slot, row.field), ())]
        told = SettledValue(row.status, row.value, row.note, quotes)
        found.setdefault(row.extraction.study_id, {})[row.field] = told
    return found


def locked_with_a_gap(review: Review) -> list[str]:
    """A sentence for each locked study in which a field that is asked has no value that stands (I41)."""
    locked = Extraction.objects.filter(review=review, state=ExtractionState.LOCKED).select_related("study", "version")
    stands: dict[int, dict[str, Said]] = {}
    for row in Settlement.objects.filter(extraction__in=locked, round=F("extraction__round")):
        stands.setdefault(row.extraction_id, {})[row.field] = Said(row.status, row.value, row.note)
    found = []
    for one in locked:
        said = stands.get(one.pk, {})
        gaps = [field.label for field in asked(spec_of(one.version), said) if field.key not in said]
        if gaps:
            found.append(f"I41: {one.study.label} is locked without a value for {', '.join(gaps)}")
    return found


def _slots(row: Settlement) -> tuple[int, ...]:
    """The entries whose evidence bears the value."""
    return {Chosen.FIRST: (1,), Chosen.SECOND: (2,)}.get(Chosen(row.chosen), (1, 2))


def _anchors(extractions: Iterable[int]) -> dict[tuple[int, int, str], list[Anchor]]:
    entries = {
        pk: (extraction, slot)
        for pk, extraction, slot in Entry.objects.filter(
            extraction__in=extractions, round=F("extraction__round"), extraction__revealed_at__isnull=False
        ).values_list("pk", "extraction_id", "slot")
    }
    found: dict[tuple[int, int, str], list[Anchor]] = {}
    for one in Anchor.objects.filter(entry__in=entries):
        extraction, slot = entries[one.entry_id]
        found.setdefault((extraction, slot, one.field), []).append(one)
    return found
