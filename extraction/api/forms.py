"""Forms and instruments: what they ask, the draft of a later version, and what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Path, Router, Schema
from ninja import Form as Form_
from ninja.files import UploadedFile
from pydantic import Field

from extraction.appraisal.actions import take_instrument
from extraction.appraisal.instruments import instruments
from extraction.tables import actions
from extraction.tables.access import form_in
from extraction.tables.exchange import LARGEST, FormFile, read_file
from extraction.tables.fields import FormError, read_form, written
from extraction.tables.models import EntryMode, Form, FormKind, FormVersion
from extraction.tables.presets import presets
from extraction.tables.queue import draft_version, published_version
from extraction.tables.views import form_file
from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.numbers import Id
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.exports.workbook import CONTENT_TYPE
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/forms"
ONE = f"{AT}/{{form_id}}"
EDITS: dict[str, Any] = {"permission": Permission.EDIT_FORMS, "scope": Scope.MANAGE}
Reason = Annotated[str, Field(max_length=1000)]


class FormRow(Schema):
    """A form of the review. ``version`` is the one in force, null before the first; ``draft`` the one that is edited."""

    id: int
    name: str
    kind: FormKind
    mode: EntryMode
    preset: str
    version: int | None
    draft: int | None
    retired_at: datetime | None


class Forms(Schema):
    """Every form, and what a new one may begin with."""

    items: list[FormRow]
    presets: list[str]
    instruments: list[str]


class FormShown(FormRow):
    """A form with what its version in force and its draft ask, as ``{"sections": [...], "scoring": {...}}``."""

    content: dict[str, Any] | None
    draft_content: dict[str, Any] | None


class VersionShown(Schema):
    """What a form asked from a day on."""

    number: int
    published_at: datetime | None
    reason: str
    content: dict[str, Any]


class NewFormSent(Sent):
    """A form from a preset, an instrument, from ``content``, or empty."""

    name: str = Field("", max_length=120, description="An instrument has a name of its own.")
    mode: EntryMode = EntryMode.DUAL
    kind: FormKind = FormKind.TABLE
    preset: str = Field("", max_length=60)
    instrument: str = Field("", max_length=60)
    content: dict[str, Any] | None = None


class FormFileSent(Sent):
    """How many people fill the form in, and its name where that in the file is not wanted."""

    name: str = Field("", max_length=120)
    mode: EntryMode = EntryMode.DUAL


class FormSent(Sent):
    """Another name, or another number of people for studies that are begun from now on."""

    name: str = Field(min_length=1, max_length=120)
    mode: EntryMode


class ContentSent(Sent):
    """What the draft is to ask, in the shape in which a form is read."""

    sections: list[dict[str, Any]] = Field(max_length=200)
    scoring: dict[str, Any] | None = None


class ReasonGiven(Sent):
    """Why, in words; a first version needs none."""

    reason: Reason = ""


@opens(router, "GET", AT, Permission.SEE_REVIEW, gives=Forms)
def list_forms(request: HttpRequest, member: Membership) -> Forms:
    """Forms of the review, retired ones included."""
    found = [_row(one) for one in Form.objects.filter(review=member.review)]
    return Forms(items=found, presets=list(presets()), instruments=list(instruments()))


@opens(router, "POST", AT, gives=FormShown, status=201, **EDITS)
def create_form(request: HttpRequest, member: Membership, sent: NewFormSent) -> FormShown:
    """A form with its first draft."""
    if sent.instrument:
        found = instruments().get(sent.instrument)
        if found is None:
            raise BadInput(f"instrument: there are {', '.join(instruments())}.")
        return _shown(take_instrument(member=member, instrument=found, mode=sent.mode))
    told = sent.model_dump(exclude={"instrument"})
    return _shown(actions.make_form(member=member, **told))


@opens(router, "POST", f"{AT}/file", gives=FormShown, status=201, **EDITS)
def create_form_from_file(
    request: HttpRequest, member: Membership, file: File[UploadedFile], sent: Form_[FormFileSent]
) -> FormShown:
    """A form with the first draft that a file says, JSON or xlsx as `export_form` gives them."""
    told = _of_file(file)
    name, content = sent.name or told.name[:120], written(told.spec)
    return _shown(actions.make_form(member=member, name=name, mode=sent.mode, kind=told.kind, content=content))


@opens(router, "GET", ONE, Permission.SEE_REVIEW, gives=FormShown)
def read_one_form(request: HttpRequest, member: Membership, form_id: Id) -> FormShown:
    """One form with what it asks."""
    return _shown(form_in(member, form_id))


@opens(router, "GET", f"{ONE}/versions/{{number}}", Permission.SEE_REVIEW, gives=VersionShown)
def read_form_version(
    request: HttpRequest, member: Membership, form_id: Id, number: Annotated[int, Path(ge=1, le=32_767)]
) -> VersionShown:
    """What a version asked, as it was published."""
    versions = form_in(member, form_id).versions.filter(published_at__isnull=False)
    found = get_object_or_404(versions, number=number)
    return VersionShown(
        number=found.number, published_at=found.published_at, reason=found.reason, content=_content(found) or {}
    )


@opens(router, "GET", f"{ONE}/file/{{ending}}", Permission.EXPORT, gives=None, files=("application/json", CONTENT_TYPE))
def export_form(
    request: HttpRequest, member: Membership, form_id: Id, ending: Literal["json", "xlsx"]
) -> HttpResponseBase:
    """The form as a file that another review can begin with."""
    return as_page(form_file)(request, member, form_id=form_id, ending=ending)


@opens(router, "PUT", ONE, gives=FormShown, **EDITS)
def change_one_form(request: HttpRequest, member: Membership, form_id: Id, sent: FormSent) -> FormShown:
    """Another name or mode."""
    found = form_in(member, form_id)
    return _shown(actions.change_form(member=member, form=found, name=sent.name, mode=sent.mode))


@opens(router, "PUT", f"{ONE}/draft", gives=FormShown, **EDITS)
def change_form_draft(request: HttpRequest, member: Membership, form_id: Id, sent: ContentSent) -> FormShown:
    """Put this into the draft, which begins as a later version where the form is published."""
    found = form_in(member, form_id)
    actions.edit_draft(member=member, form=found, content=sent.model_dump(exclude_none=True))
    return _shown(found)


@opens(router, "POST", f"{ONE}/draft/file", gives=FormShown, **EDITS)
def fill_form_draft_from_file(
    request: HttpRequest, member: Membership, form_id: Id, file: File[UploadedFile]
) -> FormShown:
    """Put what a file says into the draft, which begins as a later version where the form is published."""
    found, told = form_in(member, form_id), _of_file(file)
    actions.edit_draft(member=member, form=found, content=written(told.spec))
    return _shown(found)


@opens(router, "DELETE", f"{ONE}/draft", gives=None, status=204, **EDITS)
def discard_form_draft(request: HttpRequest, member: Membership, form_id: Id) -> None:
    """Throw the draft of a later version away."""
    actions.discard_draft(member=member, form=form_in(member, form_id))


@opens(router, "POST", f"{ONE}/publish", gives=FormShown, **EDITS)
def publish_form(request: HttpRequest, member: Membership, form_id: Id, sent: ReasonGiven) -> FormShown:
    """Put the draft in force, for good; a later version says why."""
    found = form_in(member, form_id)
    actions.publish(member=member, form=found, reason=sent.reason)
    return _shown(found)


@opens(router, "POST", f"{ONE}/retire", gives=FormShown, **EDITS)
def retire_form(request: HttpRequest, member: Membership, form_id: Id, sent: ReasonGiven) -> FormShown:
    """Take a form out of use; what was entered is kept."""
    return _shown(actions.retire(member=member, form=form_in(member, form_id), reason=sent.reason))


@opens(router, "POST", f"{ONE}/bring-back", gives=FormShown, **EDITS)
def bring_form_back(request: HttpRequest, member: Membership, form_id: Id) -> FormShown:
    """Put a retired form into use again."""
    return _shown(actions.bring_back(member=member, form=form_in(member, form_id)))


def _of_file(file: UploadedFile) -> FormFile:
    try:
        return read_file(file.read(LARGEST + 1), file.name or "")
    except FormError as refusal:
        raise BadInput(f"{refusal} Nothing was changed.") from refusal


def _row(one: Form) -> FormRow:
    version, draft = published_version(one), draft_version(one)
    return FormRow(
        id=one.pk, name=one.name, kind=FormKind(one.kind), mode=EntryMode(one.mode), preset=one.preset, retired_at=one.retired_at,
        version=version.number if version else None, draft=draft.number if draft else None,
    )  # fmt: skip


def _shown(one: Form) -> FormShown:
    version, draft = _content(published_version(one)), _content(draft_version(one))
    return FormShown(**_row(one).model_dump(), content=version, draft_content=draft)


def _content(version: FormVersion | None) -> dict[str, Any] | None:
    return written(read_form(version.content)) if version else None
