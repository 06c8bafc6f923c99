"""What a person may choose of a group: which record leads it, and whose values are shown where the records differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from screening.dedupe.leading import lead_of, may_lead
from screening.dedupe.models import Kept
from screening.dedupe.shown import PARTS, choices_among, giver, gives, values
from screening.dedupe.stored import ranks, with_votes
from screening.records.models import Record, Standing


@dataclass(frozen=True, slots=True)
class Option:
    """One record of the group, by number, with its source or its value in ``words``."""

    number: int
    words: str
    is_so: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One thing to choose: a field, or the record that leads; ``name`` is that of its form field."""

    name: str
    label: str
    options: list[Option]


def selects(review_id: int, members: Collection[int]) -> list[Select]:
    """What may be chosen for these records, as it is now or would be once they are merged. Nothing where nothing differs."""
    standings = Standing.objects.filter(record_id__in=members, review_id=review_id).select_related(
        "record", "source", "run"
    )
    found = sorted(standings, key=lambda one: one.record.number)
    ranked = ranks(review_id, members, with_votes(review_id, members))
    if len(found) < 2:
        return []
    present = [one.pk for one in found]
    lead = lead_of(present, ranked)
    eligible = set(may_lead(present, ranked))
    leading = [
        Option(one.record.number, f"{one.source}, {one.run}", one.pk == lead) for one in found if one.pk in eligible
    ]
    chosen = [Select(Kept.LEAD.value, Kept.LEAD.label, leading)] if len(leading) > 1 else []
    records = [one.record for one in found]
    first = next(record for record in records if record.pk == lead)
    return chosen + _of_fields(first, [record for record in records if record.pk != lead])


def _of_fields(lead: Record, others: Sequence[Record]) -> list[Select]:
    chosen = choices_among([lead, *others])
    return [select for field in PARTS if (select := _of_field(field, lead, others, chosen))]


def _of_field(
    field: Kept, lead: Record, others: Sequence[Record], chosen: Mapping[tuple[int, str], int]
) -> Select | None:
    """Each different value once, by the record that is shown or else the first that gives it."""
    now = giver(field, lead, others, chosen)
    by_value: dict[str, Record] = {}
    for record in sorted((lead, *others), key=lambda one: (one.pk != now.pk, one.number)):
        if gives(record, field):
            by_value.setdefault(in_words(record, field), record)
    if len(by_value) < 2:
        return None
    options = [Option(record.number, words, record.pk == now.pk) for words, record in by_value.items()]
    return Select(field.value, field.label, sorted(options, key=lambda one: one.number))


def in_words(record: Record, field: Kept) -> str:
    """A field's value on one line."""
    given = values(record, field)
    if field is Kept.AUTHORS:
        return "; ".join(record.authors)
    if field is Kept.PLACE:
        volume, issue, pages = given
        head = volume + (f"({issue})" if issue else "")
        return f"{head}: {pages}" if head and pages else head or pages
    return str(next(one for one in given if one))


def picked(review_id: int, members: Collection[int], posted: Mapping[str, int]) -> dict[Kept, int]:
    """Of what a form gave (field -> record number) only what is not so already: field -> record id.

    With another lead every given value is picked, since those not chosen would follow the lead.
    """
    numbers = dict(Record.objects.filter(pk__in=members).values_list("number", "pk"))
    now = {
        one.name: next((option.number for option in one.options if option.is_so), 0)
        for one in selects(review_id, members)
    }
    leads = posted.get(Kept.LEAD.value, 0)
    moves = leads not in (0, now.get(Kept.LEAD.value, leads))
    offered = {name: number for name, number in posted.items() if name in now}
    changed = {name: number for name, number in offered.items() if now[name] != number or (moves and name != Kept.LEAD)}
    return {Kept(name): numbers.get(number, 0) for name, number in changed.items()}
