"""What stands for each included study, field by field, on which tables and synthesis rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from extraction.consensus.comparing import compare
from extraction.consensus.models import Chosen, Settlement
from extraction.entries.filling import Said, asked
from extraction.entries.models import Anchor, Entry, Extraction, ExtractionState
from extraction.entries.queue import included_studies, said_of, spec_of
from extraction.tables.models import EntryMode, Form
from screening.reviews.models import Review

SETTLED = (ExtractionState.AGREED, ExtractionState.LOCKED)
# The entries whose evidence bears the value; of any other choice both.
_SLOTS: dict[str, tuple[int, ...]] = {Chosen.FIRST: (1,), Chosen.SECOND: (2,)}


@dataclass(frozen=True, slots=True)
class SettledValue:
    """The value that stands for a field; ``anchors`` are the quotes of the entries from which it was taken."""

    status: str
    value: Any
    note: str
    anchors: list[Anchor] = field(default_factory=list)


Settled = dict[int, dict[str, SettledValue]]


def settled_values(
    review: Review, form: Form, *, with_quotes: bool = True, fields: Collection[str] | None = None
) -> Settled:
    """Study id -> field key -> what stands. Only included studies, the present round, and extractions agreed or locked (I47).

    ``with_quotes`` False leaves out the anchors, which are as many as the values, where a page does not show them; ``fields`` are the
    keys of those that are read, else all.
    """
    rows = Settlement.objects.filter(
        extraction__review=review,
        extraction__form=form,
        extraction__state__in=SETTLED,
        extraction__study__in=included_studies(review),
        round=F("extraction__round"),
    ).order_by("extraction", "pk")
    if fields is not None:
        rows = rows.filter(field__in=fields)
    kept = list(rows.values_list("extraction_id", "extraction__study_id", "field", "status", "value", "note", "chosen"))
    anchors = _anchors({row[0] for row in kept}) if with_quotes else {}
    found: Settled = {}
    for extraction, study, key, status, value, note, chosen in kept:
        quotes = [one for slot in _SLOTS.get(chosen, (1, 2)) for one in anchors.get((extraction, slot, key), ())]
        found.setdefault(study, {})[key] = SettledValue(status, value, note, quotes)
    return found


@dataclass(slots=True)
class Agreed:
    """Of one field: in how many studies two people filled it in independently, and in how many they said the same at first."""

    label: str
    compared: int = 0
    equal: int = 0


def agreement_of(form: Form) -> list[Agreed]:
    """Field by field in the order of the form: the first round of dual extractions that are revealed, whatever was settled since."""
    revealed = Q(extraction__revealed_at__isnull=False) | Q(extraction__round__gt=1)
    dual = Entry.objects.filter(revealed, extraction__form=form, extraction__mode=EntryMode.DUAL)
    entries = list(dual.filter(round=1, left_at__isnull=True).select_related("extraction__version").order_by("slot"))
    said = said_of(entries)
    sides: dict[int, list[Entry]] = {}
    for entry in entries:
        sides.setdefault(entry.extraction_id, []).append(entry)
    specs = {entry.extraction.version_id: spec_of(entry.extraction.version) for entry in entries}
    found: dict[str, Agreed] = {}
    for pair in (each for each in sides.values() if len(each) == 2):
        spec = specs[pair[0].extraction.version_id]
        for one in compare(spec, said[pair[0].pk], said[pair[1].pk]):
            row = found.setdefault(one.field.key, Agreed(one.field.label))
            row.compared += 1
            row.equal += one.is_equal
    return list(found.values())


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


def _anchors(extractions: Iterable[int]) -> dict[tuple[int, int, str], list[Anchor]]:
    entries = {
        pk: (extraction, slot)
        for pk, extraction, slot in Entry.objects.filter(
            extraction__in=extractions,
            round=F("extraction__round"),
            extraction__revealed_at__isnull=False,
            left_at__isnull=True,
        ).values_list("pk", "extraction_id", "slot")
    }
    found: dict[tuple[int, int, str], list[Anchor]] = {}
    for one in Anchor.objects.filter(entry__in=entries):
        extraction, slot = entries[one.entry_id]
        found.setdefault((extraction, slot, one.field), []).append(one)
    return found
