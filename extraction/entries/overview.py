"""The rows of the overview: each included study with a form, who has which place in it, and no more of its state than may be told (B3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F

from extraction.entries.models import Entry, EntryRole, EntryState, Extraction, ExtractionState
from extraction.entries.queue import included_studies, places, spec_of
from extraction.tables.changes import differences
from extraction.tables.models import Form, FormVersion
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place in an extraction, with no more of its state than may be told (B3): whether it is submitted."""

    name: str
    is_own: bool
    has_submitted: bool | None


@dataclass(slots=True)
class Row:
    """A study with a form: where it stands, one's own entry, and who else has a place.

    ``changed``: how many questions of one's own open entry are others than when they were answered. ``waits_for_entry``: one is to
    check an entry that is not submitted yet.
    """

    study: Study
    extraction: Extraction | None
    own: Entry | None = None
    places: list[Place] = field(default_factory=list)
    free: int = 0
    seats: list[int | None] = field(default_factory=list)
    changed: int = 0
    waits_for_entry: bool = False

    @property
    def waits_for_other(self) -> bool:
        """True where one's own part is done and the rest is not."""
        is_open = self.extraction is None or self.extraction.state == ExtractionState.OPEN
        return is_open and self.own is not None and self.own.state == EntryState.SUBMITTED

    @property
    def is_revealed(self) -> bool:
        """True once every entry is in."""
        return self.extraction is not None and self.extraction.revealed_at is not None

    @property
    def is_to_do(self) -> bool:
        """True where one's own entry is still to be filled in, and can be."""
        return self.own is not None and self.own.state != EntryState.SUBMITTED and not self.waits_for_entry


def rows_of(member: Membership, form: Form) -> list[Row]:
    """Every included study with the form, by label, in a few queries. Leads alone see who has submitted; who may rule, no names."""
    extractions = {one.study_id: one for one in Extraction.objects.filter(review_id=member.review_id, form=form)}
    taken: dict[int, list[Entry]] = {}
    entries = Entry.objects.filter(
        extraction__in=[one.pk for one in extractions.values()], round=F("extraction__round"), left_at__isnull=True
    ).select_related("extractor__user")
    for entry in entries.order_by("slot"):
        taken.setdefault(entry.extraction_id, []).append(entry)
    found = []
    for study in included_studies(member.review):
        extraction = extractions.get(study.pk)
        seated = taken.get(extraction.pk, []) if extraction else []
        own = next((one for one in seated if one.extractor_id == member.pk), None)
        row = Row(study, extraction, own, [_place(member, one) for one in seated])
        row.waits_for_entry = own is not None and own.state == EntryState.ASSIGNED and _awaits(own, seated)
        row.free = places(extraction.mode if extraction else form.mode) - len(seated)
        row.seats = [*(one.extractor_id for one in seated), *([None] * row.free)]
        found.append(row)
    _tell_changes(found)
    return found


def _awaits(own: Entry, seated: Iterable[Entry]) -> bool:
    """True for a verifier whose extractor has not submitted, which only they are told (B3)."""
    others = [one for one in seated if one.role == EntryRole.EXTRACTOR and one.state == EntryState.SUBMITTED]
    return own.role == EntryRole.VERIFIER and not others


def _tell_changes(rows: Iterable[Row]) -> None:
    """Say of each own entry to do how many questions changed since its author answered; one query for the versions of all."""
    behind = [
        (row, row.own.version_id, row.extraction.version_id)
        for row in rows
        if row.own and row.extraction and row.is_to_do and row.own.version_id not in (None, row.extraction.version_id)
    ]
    versions = FormVersion.objects.in_bulk({pk for _, *pair in behind for pk in pair if pk})
    specs = {pk: spec_of(version) for pk, version in versions.items()}
    for row, before, after in behind:
        row.changed = sum(one.touches for one in differences(specs[before or 0], specs[after]))


def _place(member: Membership, entry: Entry) -> Place:
    is_own = entry.extractor_id == member.pk
    name = str(entry.extractor.user) if is_own or not member.may(Permission.ADJUDICATE) else f"Reviewer {entry.slot}"
    told = entry.state == EntryState.SUBMITTED if is_own or member.may(Permission.EDIT_FORMS) else None
    return Place(name, is_own, told)
