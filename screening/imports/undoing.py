"""What leaves the review with an undone import, who is kept instead, and what stands again once it is restored (IM11, I10).

An undone import leaves its fates behind as `SetAside` rows. Restoring gives them back where that is still true; a group that changed
meanwhile stays as it is. Either way the search for duplicates looks at all of it again: it has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from screening.imports.models import Import, SetAside
from screening.records.changes import log_changes, mark_all_moved
from screening.records.models import ChangeOf, Record, Removal, Standing
from screening.records.places import set_places
from screening.records.queue import ranks, with_votes

_CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fates:
    """Records of a review, and how many of them are duplicates or removed."""

    records: int
    duplicates: int
    removed: int


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What undoing takes along, in numbers.

    ``records`` leave; of them ``duplicates`` were merged, ``by_automation`` and ``removed`` otherwise were taken out before
    screening. ``freed`` records of other imports lose the record that they were merged into: ``kept`` of them are kept instead.
    """

    records: int
    duplicates: int
    by_automation: int
    removed: int
    freed: int
    kept: int


@dataclass(frozen=True, slots=True)
class Succession:
    """A group that loses its kept record: who leaves, who is kept instead, and how many stay its duplicates."""

    leaves: Record
    kept: Record
    duplicates: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What stands again as it stood: records ``merged`` and ``removed``. ``changed`` were merged too, but their group is another now."""

    merged: int
    removed: int
    changed: int


def preview_undo(imported: Import) -> UndoPreview:
    """The effect of undoing, in numbers (U4)."""
    own = Standing.objects.filter(imported_from=imported)
    freed = _freed(imported)
    return UndoPreview(
        records=own.count(),
        duplicates=own.filter(lead__isnull=False).count(),
        by_automation=own.filter(removed=Removal.AUTOMATION).count(),
        removed=own.filter(removed=Removal.OTHER).count(),
        freed=freed.count(),
        kept=freed.order_by().values("lead").distinct().count(),
    )


def before_and_after(imported: Import, preview: UndoPreview) -> tuple[Fates, Fates]:
    """The whole review as it is, and as undoing leaves it."""
    here = Standing.objects.filter(review_id=imported.review_id)
    now = Fates(here.count(), here.filter(lead__isnull=False).count(), here.exclude(removed="").count())
    return now, Fates(
        records=now.records - preview.records,
        duplicates=now.duplicates - preview.duplicates - preview.kept,
        removed=now.removed - preview.by_automation - preview.removed,
    )


def successions(imported: Import, limit: int) -> list[Succession]:
    """The first ``limit`` groups that lose their kept record, by its number."""
    groups = sorted(_groups_left_behind(imported).items())[:limit]
    wanted = {pk for lead, members in groups for pk in (lead, members[0])}
    records = Record.objects.in_bulk(wanted)
    return [Succession(records[lead], records[members[0]], len(members) - 1) for lead, members in groups]


def _freed(imported: Import) -> QuerySet[Standing]:
    return Standing.objects.filter(lead__imported_from=imported).exclude(imported_from=imported)


def _groups_left_behind(imported: Import) -> dict[int, list[int]]:
    """Leaving lead -> its duplicates from other imports, the one that leads them next first (R1)."""
    freed = _freed(imported)
    rank = ranks(freed, with_votes(freed))
    groups: dict[int, list[int]] = defaultdict(list)
    for pk, lead in freed.order_by().values_list("record_id", "lead_id"):
        groups[lead or pk].append(pk)
    return {lead: sorted(members, key=lambda pk: rank[pk]) for lead, members in groups.items()}


def wait_for_votes(records: QuerySet[Record]) -> None:
    """Lock what may be voted on, as a vote does: a vote in flight is seen afterwards, a later one finds the record gone."""
    voted_on: type[Model] = Record._meta.get_field("items").related_model
    items = voted_on._base_manager.filter(record__in=records)
    list(items.select_for_update().order_by("pk").values_list("pk", flat=True))


def take_out(imported: Import) -> None:
    """Set the fates of an import's records aside and take them out; their duplicates elsewhere go to the next record (R1)."""
    own = Standing.objects.filter(imported_from=imported)
    merged, removed = own.filter(lead__isnull=False), own.exclude(removed="")
    telling = Q(lead__imported_from=imported) | Q(imported_from=imported, lead__isnull=False)
    telling |= Q(imported_from=imported) & ~Q(removed="")
    for rows in _chunks(Standing.objects.filter(telling).order_by("pk").iterator(chunk_size=_CHUNK)):
        SetAside.objects.bulk_create([_set_aside(imported, row) for row in rows])
    _log(imported, ChangeOf.LEAD, [(pk, "") for pk in merged.values_list("pk", flat=True)])
    _log(imported, ChangeOf.REMOVED, [(pk, "") for pk in removed.values_list("pk", flat=True)])
    _hand_over(imported)
    mark_all_moved(own)
    own.delete()


def _set_aside(imported: Import, row: Standing) -> SetAside:
    fate = {name: getattr(row, name) for name in ("lead_id", "merged_by", "removed", "removed_reason")}
    return SetAside(review_id=imported.review_id, undone=imported, record_id=row.pk, **fate)


def _hand_over(imported: Import) -> None:
    """A group stays one until duplicates have been looked for: nobody screens two of the same report meanwhile."""
    groups = _groups_left_behind(imported).values()
    next_lead = {pk: members[0] for members in groups for pk in members}
    freed = _freed(imported).order_by("pk").values_list("pk", "merged_by")
    for rows in _chunks(iter(list(freed))):
        places = [(pk, next_lead[pk], by) if next_lead[pk] != pk else (pk, None, "") for pk, by in rows]
        set_places(review_id=imported.review_id, places=places)


def _log(imported: Import, fact: ChangeOf, values: list[tuple[int, str]]) -> None:
    log_changes(review_id=imported.review_id, fact=fact, values=values)


def give_back(imported: Import) -> GivenBack:
    """Put an import's records, which are back, where they stood, and with them the duplicates that they led."""
    aside = list(imported.set_aside.order_by("pk"))
    wait_for_votes(Record.objects.filter(pk__in=imported.set_aside.values("record_id")))
    removed = [row for row in aside if row.removed]
    merged = list(_as_they_stood([row for row in aside if row.lead_id]))
    for rows in _chunks(iter(removed)):
        _remove(imported, {row.record_id: row for row in rows})
    for rows in _chunks(iter(merged)):
        set_places(review_id=imported.review_id, places=[(row.record_id, row.lead_id, row.merged_by) for row in rows])
    imported.set_aside.all().delete()
    return GivenBack(len(merged), len(removed), sum(row.lead_id is not None for row in aside) - len(merged))


def _remove(imported: Import, aside: Mapping[int, SetAside]) -> None:
    here = list(Standing.objects.filter(pk__in=aside).values_list("pk", flat=True))
    together: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk in here:
        together[aside[pk].removed, aside[pk].removed_reason].append(pk)
    for (removed, reason), rows in together.items():
        Standing.objects.filter(pk__in=rows).update(removed=removed, removed_reason=reason)
    _log(imported, ChangeOf.REMOVED, [(pk, aside[pk].removed) for pk in here])


def _as_they_stood(aside: Sequence[SetAside]) -> Iterator[SetAside]:
    """Of the rows that were merged, those whose whole group can stand again as it stood: nobody voted on a duplicate since."""
    members = [row.record_id for row in aside]
    here = {row.pk: row for row in _standings("pk", {*members, *(row.lead_id or 0 for row in aside)})}
    led: dict[int, set[int]] = defaultdict(set)
    for follower in _standings("lead", members):
        led[follower.lead_id or 0].add(follower.pk)
    voted = {pk for chunk in _chunks(iter(members)) for pk in with_votes(Standing.objects.filter(pk__in=chunk))}
    groups: dict[int, dict[int, SetAside]] = defaultdict(dict)
    for row in aside:
        if row.record_id in here and not here[row.record_id].removed:
            groups[row.lead_id or 0][row.record_id] = row
    for lead, rows in groups.items():
        if not voted & rows.keys() and _is_whole(lead, rows.keys(), here, led):
            yield from rows.values()


def _is_whole(lead: int, members: Collection[int], here: Mapping[int, Standing], led: Mapping[int, set[int]]) -> bool:
    """The lead is free to lead, and whatever a member leads or is merged into belongs to the group."""
    if lead not in here or here[lead].removed or here[lead].lead_id is not None:
        return False
    group = {lead, *members}
    return all(here[pk].lead_id in (None, *group) and led.get(pk, set()) <= group for pk in members)


def _standings(field: str, records: Iterable[int]) -> Iterator[Standing]:
    for chunk in _chunks(iter(records)):
        yield from Standing.objects.filter(**{f"{field}__in": chunk})


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def forget_places(*, review_id: int, records: Collection[int]) -> None:
    """A person spoke of these records: where they were merged before is no longer what restoring an import gives back."""
    spoken_of = Q(record_id__in=records) | Q(lead_id__in=records)
    aside = SetAside.objects.filter(spoken_of, review_id=review_id, lead__isnull=False)
    aside.filter(removed="").delete()
    aside.update(lead=None, merged_by="")


def forget_removal(*, review_id: int, reason: str) -> int:
    """A removal by automation was undone: restoring an import no longer brings it back. Returns for how many records."""
    aside = SetAside.objects.filter(review_id=review_id, removed=Removal.AUTOMATION, removed_reason=reason)
    return aside.delete()[0]
