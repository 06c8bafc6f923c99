"""What differs between two entries, and the value that stands. Nothing of it is there before both have submitted (promise 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from extraction.api.values import ValueSent, ValueShown, said_of
from extraction.consensus import actions
from extraction.consensus.comparing import Pair
from extraction.consensus.models import Chosen, Settlement
from extraction.consensus.queue import agreement_of
from extraction.consensus.views import names_of
from extraction.entries.filling import Said
from extraction.entries.models import Extraction
from extraction.entries.queue import spec_of
from extraction.tables.access import form_in
from screening.api.access import opens
from screening.api.operations.numbers import Id
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/extractions/{extraction_id}"
SETTLES: dict[str, Any] = {"permission": Permission.SETTLE, "scope": Scope.SCREEN}


class SettledShown(ValueShown):
    """The value that stands, and where it comes from."""

    chosen: Chosen
    reason: str
    at: datetime


class FieldCompared(Schema):
    """What both entries say of a field, and what stands; ``settled`` is null where that is still to be said."""

    key: str
    label: str
    first: ValueShown
    second: ValueShown
    is_equal: bool
    settled: SettledShown | None


class ExtractionShown(Schema):
    """A study with a form whose entries are open. ``names`` are those of the first and the second entry, masked to whoever may rule."""

    id: int
    study: int
    label: str
    form: int
    version: int
    round: int
    state: Literal["differ", "agreed", "locked"]
    revisit: bool
    names: list[str]
    fields: list[FieldCompared]
    left: int = Field(description="Fields that are still to be settled.")


class ChoiceSent(Sent):
    """Which value stands for a field; a new one comes with ``new`` and a reason."""

    field: str = Field(max_length=60)
    chosen: Literal["first", "second", "new"]
    new: ValueSent | None = None
    reason: str = Field("", max_length=2000)


class ReopeningSent(Sent):
    """Why it is opened again."""

    reason: str = Field(min_length=1, max_length=2000)


class FieldAgreement(Schema):
    """In how many studies two people filled the field in independently, and in how many they said the same at first."""

    label: str
    compared: int
    equal: int


class FormAgreement(Schema):
    """Field by field, of first rounds that are open."""

    items: list[FieldAgreement]


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=ExtractionShown)
def read_extraction(request: HttpRequest, member: Membership, extraction_id: Id) -> ExtractionShown:
    """Both entries field by field, and what stands. There is none before both have submitted."""
    return _shown(member, _revealed(member, extraction_id))


@opens(router, "POST", f"{AT}/settle", gives=ExtractionShown, **SETTLES)
def settle_field(request: HttpRequest, member: Membership, extraction_id: Id, sent: ChoiceSent) -> ExtractionShown:
    """The first value, the second, or a new one with a reason stands for a field; until it is locked it may be settled again."""
    found = _revealed(member, extraction_id)
    if sent.chosen == "new" and sent.new is None:
        raise BadInput("new: send the value that stands, with its reason.")
    new = said_of(spec_of(found.version), sent.field, sent.new) if sent.chosen == "new" and sent.new else None
    actions.settle(
        member=member, extraction_id=found.pk, field=sent.field, chosen=Chosen(sent.chosen), new=new, reason=sent.reason
    )  # fmt: skip
    return _shown(member, found)


@opens(router, "POST", f"{AT}/lock", gives=ExtractionShown, **SETTLES)
def lock_extraction(request: HttpRequest, member: Membership, extraction_id: Id) -> ExtractionShown:
    """Close it; every field must have a value that stands (I41)."""
    return _shown(member, actions.lock(member=member, extraction_id=_revealed(member, extraction_id).pk))


@opens(router, "POST", f"{AT}/reopen", Permission.EDIT_FORMS, gives=None, scope=Scope.MANAGE, status=204)
def reopen_extraction(request: HttpRequest, member: Membership, extraction_id: Id, sent: ReopeningSent) -> None:
    """A new round for the same people, which begins with what was settled."""
    actions.reopen(member=member, extraction_id=_revealed(member, extraction_id).pk, reason=sent.reason)


@opens(router, "GET", "/reviews/{slug}/forms/{form_id}/agreement", Permission.SEE_RESULTS, gives=FormAgreement)
def read_form_agreement(request: HttpRequest, member: Membership, form_id: Id) -> FormAgreement:
    """How often two people entered the same at first."""
    found = agreement_of(form_in(member, form_id))
    return FormAgreement(
        items=[FieldAgreement(label=one.label, compared=one.compared, equal=one.equal) for one in found]
    )


def _revealed(member: Membership, extraction_id: int) -> Extraction:
    rows = Extraction.objects.filter(review=member.review, revealed_at__isnull=False)
    return get_object_or_404(rows.select_related("study", "version"), pk=extraction_id)


def _shown(member: Membership, found: Extraction) -> ExtractionShown:
    entries = actions.present(found)
    stands = {row.field: row for row in Settlement.objects.filter(extraction=found, round=found.round)}
    fields = [_field(pair, stands.get(pair.field.key)) for pair in actions.pairs_of(found, entries)]
    state: Any = found.state
    return ExtractionShown(
        id=found.pk, study=found.study_id, label=found.study.label, form=found.form_id, version=found.version.number,
        round=found.round, state=state, revisit=found.revisit, names=names_of(member, entries), fields=fields,
        left=sum(one.settled is None for one in fields),
    )  # fmt: skip


def _field(pair: Pair, row: Settlement | None) -> FieldCompared:
    return FieldCompared(
        key=pair.field.key, label=pair.field.label, first=ValueShown.of(pair.first), second=ValueShown.of(pair.second),
        is_equal=pair.is_equal, settled=_settled(row) if row else None,
    )  # fmt: skip


def _settled(row: Settlement) -> SettledShown:
    said = ValueShown.of(Said(row.status, row.value, row.note))
    return SettledShown(**said.model_dump(), chosen=Chosen(row.chosen), reason=row.reason, at=row.decided_at)
