"""A kept record as people read it: what its file lacked comes from its duplicates, and what a person chose from where they chose it.

Nothing is written: every record keeps its own fields, so parting a group gives each its own back at once (DD7, DD8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.db.models import Q, QuerySet

from reviewapp.compiled import compiled
from screening.dedupe.models import Kept, KeptChoice
from screening.records.models import Record, Standing

PARTS: Mapping[Kept, tuple[str, ...]] = {
    Kept.TITLE: ("title", "title_translated"),
    Kept.AUTHORS: ("authors",),
    Kept.YEAR: ("year",),
    Kept.JOURNAL: ("journal",),
    Kept.PLACE: ("volume", "issue", "pages"),
    Kept.DOI: ("doi",),
    Kept.PMID: ("pmid",),
    Kept.ABSTRACT: ("abstract",),
}
Choices = Mapping[tuple[int, str], int]  # (record id, field) -> order; the greater, the newer


def values(record: Record, field: Kept) -> tuple[Any, ...]:
    """The values of a field as stored; ``PLACE`` has three."""
    return tuple(getattr(record, part) for part in PARTS[field])


def gives(record: Record, field: Kept) -> bool:
    """True where the record has any value of the field."""
    return any(values(record, field))


def giver(field: Kept, lead: Record, others: Sequence[Record], chosen: Choices) -> Record:
    """Whose value of ``field`` is shown: the newest choice, else the lead's own, else the first by number that has one.

    A missing title is not filled in unasked: giving a title is an act of its own (imports.md 8).
    """
    given = [one for one in (lead, *others) if gives(one, field)]
    wanted = [one for one in given if (one.pk, field) in chosen]
    if wanted:
        return max(wanted, key=lambda one: chosen[one.pk, field])
    if not given or gives(lead, field) or field is Kept.TITLE:
        return lead
    return min(given, key=lambda one: one.number)


def merged_fields(lead: Record, others: Sequence[Record], chosen: Choices) -> Record:
    """A copy of ``lead`` that reads as its group does; ``shown_from`` says which fields are whose."""
    found = copy(lead)
    shown_from: dict[str, int] = {}
    for field, parts in PARTS.items():
        source = giver(field, lead, others, chosen)
        if source.pk == lead.pk:
            continue
        shown_from[field.label] = source.number
        for part, value in zip(parts, values(source, field), strict=True):
            setattr(found, part, value)
    found.shown_from = shown_from
    return found


def choices_among(records: Sequence[Record]) -> dict[tuple[int, str], int]:
    """The choices that hold for these records."""
    rows = KeptChoice.objects.filter(record__in=[one.pk for one in records], lifted_at__isnull=True).order_by("pk")
    return {(record, field): pk for record, field, pk in rows.values_list("record_id", "field", "pk")}


@compiled  # asked for with every vote (ADR 6)
def _duplicates_of(record_id: int) -> QuerySet[Record]:
    return Record.objects.filter(standing__lead=record_id).order_by("number")


@compiled
def _choices_in_group(lead_id: int) -> QuerySet[KeptChoice, tuple[int, str, int]]:
    group = Standing.objects.filter(Q(record=lead_id) | Q(lead=lead_id)).values("record")
    rows = KeptChoice.objects.filter(record__in=group, lifted_at__isnull=True).order_by("pk")
    return rows.values_list("record_id", "field", "pk")


def as_shown(record: Record) -> Record:
    """The record with its duplicates' help; a record without duplicates is itself. One query, two where there are duplicates."""
    others = _duplicates_of(record.pk)
    if not others:
        return record
    chosen = {(one, field): pk for one, field, pk in _choices_in_group(record.pk)}
    return merged_fields(record, others, chosen)


def all_as_shown(records: Sequence[Record]) -> list[Record]:
    """The same for many records at once, in their order."""
    followers: dict[int, list[Record]] = {}
    merged = Record.objects.filter(standing__lead__in=[one.pk for one in records]).select_related("standing")
    for one in merged.order_by("number"):
        followers.setdefault(one.standing.lead_id or 0, []).append(one)
    leads = [one for one in records if one.pk in followers]
    chosen = choices_among([*leads, *(other for others in followers.values() for other in others)])
    return [merged_fields(one, followers[one.pk], chosen) if one.pk in followers else one for one in records]
