"""Entries: who extracts which study, and one's own entry. Nothing of another's before both are submitted (promise 1)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema
from pydantic import Field

from extraction.api.values import ValueSent, ValueShown, said_in
from extraction.consensus.actions import submit
from extraction.entries import actions
from extraction.entries.actions import Incomplete
from extraction.entries.filling import Missing
from extraction.entries.models import Entry, Extraction
from extraction.entries.overview import Row, rows_of
from extraction.entries.queue import files_of, included_studies, said_of, spec_of
from extraction.entries.shown import checked_by
from extraction.entries.views import entry_of
from extraction.tables.access import form_in
from extraction.tables.models import Form
from screening.api.access import opens
from screening.api.operations.numbers import LARGEST, Id, Number
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.audit.refusal import NotAllowedNow
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

router = Router()
AT = "/reviews/{slug}/forms/{form_id}/studies"
ENTRY = "/reviews/{slug}/entries/{entry_id}"
MINE: dict[str, Any] = {"permission": Permission.EXTRACT, "scope": Scope.SCREEN}
People = Annotated[list[Number], Field(max_length=100)]


class PlaceShown(Schema):
    """A person's place; ``submitted`` is null where it may not be known."""

    name: str
    is_own: bool
    submitted: bool | None


class StudyRow(Schema):
    """A study with the form. ``extraction`` opens the comparison once ``state`` is no longer open; ``entry`` is my own."""

    study: int
    label: str
    extraction: int | None
    state: Literal["open", "differ", "agreed", "locked"]
    round: int
    revisit: bool
    entry: int | None
    places: list[PlaceShown]
    free: int


class StudyRows(Schema):
    """Every included study, by label."""

    items: list[StudyRow]


class PeopleSent(Sent):
    """Ids of members who extract, in this order; ``goes_on``: whoever takes a place that another had begun goes on from a copy of it."""

    people: People
    pilot: bool = False
    goes_on: bool = False


class EvenlySent(Sent):
    """Ids of members among whom the free places are shared."""

    people: People


class Filled(Schema):
    """How many places were filled."""

    filled: int


class PinShown(Schema):
    """Words of a report that a value rests on. ``file`` is null where the file is gone, ``found`` false where a newer one lacks them."""

    id: uuid.UUID
    field: str
    file: int | None
    page: int
    quote: str
    found: bool


class EntryShown(Schema):
    """My entry. Send ``saves`` with the next values: an older page is refused. ``checked`` is what a verifier checks, else empty."""

    id: int
    study: int
    form: int
    version: int
    extraction: int
    role: Literal["extractor", "verifier"]
    round: int
    state: Literal["assigned", "draft", "submitted"]
    is_revealed: bool
    saves: int
    values: dict[str, ValueShown]
    checked: dict[str, ValueShown]
    quotes: list[PinShown]
    files: list[int]
    submitted_at: datetime | None


class ValuesSent(Sent):
    """Values by the key of their field; fields that are left out stay as they are."""

    saves: int = Field(ge=0, le=LARGEST)
    values: dict[Annotated[str, Field(max_length=60)], ValueSent] = Field(max_length=1000)


class QuoteSent(Sent):
    """Words of a file of the study, with the page on which they stand."""

    field: str = Field(max_length=60)
    file: Number
    page: Annotated[int, Field(ge=1, le=99_999)]
    quote: str = Field(min_length=1, max_length=actions.LONGEST_QUOTE)


@opens(router, "GET", AT, Permission.SEE_REVIEW, gives=StudyRows)
def list_extractions(request: HttpRequest, member: Membership, form_id: Id) -> StudyRows:
    """Included studies with a form: where each stands, and who has a place."""
    return StudyRows(items=[_row(one) for one in rows_of(member, form_in(member, form_id))])


@opens(router, "PUT", f"{AT}/{{study_id}}/people", Permission.EDIT_FORMS, gives=StudyRow, scope=Scope.MANAGE)
def assign_study(request: HttpRequest, member: Membership, form_id: Id, study_id: Id, sent: PeopleSent) -> StudyRow:
    """Who extracts the study; whoever is no longer among them keeps what they entered."""
    form, study = form_in(member, form_id), _study(member, study_id)
    people = _people(member, sent.people)
    actions.assign(member=member, study=study, form=form, people=people, is_pilot=sent.pilot, goes_on=sent.goes_on)
    return _one(member, form, study)


@opens(
    router, "POST", "/reviews/{slug}/forms/{form_id}/assign-evenly", Permission.EDIT_FORMS, gives=Filled, scope=Scope.MANAGE
)  # fmt: skip
def assign_studies_evenly(request: HttpRequest, member: Membership, form_id: Id, sent: EvenlySent) -> Filled:
    """Fill every free place, those with least work first."""
    form, people = form_in(member, form_id), _people(member, sent.people)
    return Filled(filled=actions.assign_evenly(member=member, form=form, people=people))


@opens(router, "POST", f"{AT}/{{study_id}}/take", gives=EntryShown, **MINE)
def take_study(request: HttpRequest, member: Membership, form_id: Id, study_id: Id) -> EntryShown:
    """Take a free place; coming again gives the entry that I have."""
    taken = actions.take_place(member=member, study=_study(member, study_id), form=form_in(member, form_id))
    return _entry(member, taken.pk)


@opens(router, "GET", ENTRY, Permission.EXTRACT, gives=EntryShown)
def read_entry(request: HttpRequest, member: Membership, entry_id: Id) -> EntryShown:
    """My own entry; anybody else's is not there."""
    return _entry(member, entry_id)


@opens(router, "PUT", f"{ENTRY}/values", gives=EntryShown, **MINE)
def save_values(request: HttpRequest, member: Membership, entry_id: Id, sent: ValuesSent) -> EntryShown:
    """Keep values in my draft; all of them or none."""
    found = entry_of(member, entry_id)
    said = said_in(spec_of(found.extraction.version), sent.values)
    actions.save_entry(member=member, entry_id=found.pk, said=said, saves=sent.saves)
    return _entry(member, entry_id)


@opens(router, "POST", f"{ENTRY}/submit", gives=EntryShown, **MINE)
def submit_my_entry(request: HttpRequest, member: Membership, entry_id: Id) -> EntryShown:
    """Hand my entry in; the last one opens all of them. A refusal names each field that keeps it from being submitted."""
    try:
        submit(member=member, entry_id=entry_of(member, entry_id).pk)
    except Incomplete as refusal:
        raise NotAllowedNow(f"{refusal} {_lacks(refusal.lacks)}") from refusal
    return _entry(member, entry_id)


@opens(router, "POST", f"{ENTRY}/take-back", gives=EntryShown, **MINE)
def take_entry_back(request: HttpRequest, member: Membership, entry_id: Id) -> EntryShown:
    """Open my submitted entry again, until the other has submitted."""
    actions.take_back(member=member, entry_id=entry_of(member, entry_id).pk)
    return _entry(member, entry_id)


@opens(router, "POST", f"{ENTRY}/quotes", gives=EntryShown, **MINE)
def pin_quote(request: HttpRequest, member: Membership, entry_id: Id, sent: QuoteSent) -> EntryShown:
    """Pin a field to words of a report."""
    found = entry_of(member, entry_id)
    file = get_object_or_404(ReportFile, review=member.review, removed_at=None, pk=sent.file)
    actions.pin(member=member, entry_id=found.pk, field=sent.field, file=file, page=sent.page, quote=sent.quote)
    return _entry(member, entry_id)


@opens(router, "DELETE", f"{ENTRY}/quotes/{{quote_id}}", gives=EntryShown, **MINE)
def unpin_quote(
    request: HttpRequest, member: Membership, entry_id: Id, quote_id: Annotated[uuid.UUID, Path()]
) -> EntryShown:
    """Let a quote of my draft go."""
    actions.unpin(member=member, entry_id=entry_of(member, entry_id).pk, anchor_id=quote_id)
    return _entry(member, entry_id)


def _lacks(lacks: list[Missing]) -> str:
    return " ".join(f"{one.label}: {one.sentence}" for one in lacks)


def _study(member: Membership, study_id: int) -> Study:
    return get_object_or_404(included_studies(member.review), pk=study_id)


def _people(member: Membership, asked: list[int]) -> list[Membership]:
    """Members with these ids, in this order. Raises BadInput for an id that the team lacks."""
    found = Membership.objects.filter(review=member.review).select_related("user").in_bulk(asked)
    if missing := [pk for pk in asked if pk not in found]:
        raise BadInput(f"people: the team has no member {missing[0]}.")
    return [found[pk] for pk in dict.fromkeys(asked)]


def _one(member: Membership, form: Form, study: Study) -> StudyRow:
    return next(_row(row) for row in rows_of(member, form) if row.study.pk == study.pk)


def _row(row: Row) -> StudyRow:
    one: Extraction | None = row.extraction
    state: Any = one.state if one else "open"
    return StudyRow(
        study=row.study.pk, label=row.study.label, extraction=one.pk if one else None, state=state, round=one.round if one else 1,
        revisit=bool(one and one.revisit), entry=row.own.pk if row.own else None, free=row.free,
        places=[PlaceShown(name=place.name, is_own=place.is_own, submitted=place.has_submitted) for place in row.places],
    )  # fmt: skip


def _entry(member: Membership, entry_id: int) -> EntryShown:
    found: Entry = entry_of(member, entry_id)
    extraction, state, role = found.extraction, found.state, found.role
    files = {file.sha256: file.pk for file in files_of(extraction.study)}
    said: Any = {
        "values": {key: ValueShown.of(one) for key, one in said_of([found])[found.pk].items()},
        "checked": {key: ValueShown.of(one) for key, one in checked_by(member, found).items()},
        "state": state,
        "role": role,
    }
    return EntryShown(
        id=found.pk, study=extraction.study_id, form=extraction.form_id, version=extraction.version.number, extraction=extraction.pk,
        round=found.round, is_revealed=extraction.revealed_at is not None, saves=found.saves, submitted_at=found.submitted_at,
        files=list(files.values()),
        quotes=[
            PinShown(id=one.pk, field=one.field, file=files.get(one.sha256), page=one.page, quote=one.quote, found=one.found)
            for one in found.anchors.all()
        ],
        **said,
    )  # fmt: skip
