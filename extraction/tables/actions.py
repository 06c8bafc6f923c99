"""What becomes of a form: made, edited as a draft, published for good, named anew, retired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from extraction.tables.changes import added, meaning_changed, misfit
from extraction.tables.checking import flaw
from extraction.tables.computing import check_formulas
from extraction.tables.fields import FormError, FormSpec, read_form, written
from extraction.tables.models import EntryMode, Form, FormKind, FormVersion
from extraction.tables.presets import preset as preset_spec
from extraction.tables.presets import presets
from extraction.tables.queue import draft_version, published_version, to_revisit
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership

LONGEST_NAME = 120


@transaction.atomic
def make_form(
    *,
    member: Membership,
    name: str,
    preset: str = "",
    content: Mapping[str, Any] | None = None,
    kind: str = FormKind.TABLE,
    mode: str = EntryMode.DUAL,
) -> Form:
    """A form with its first draft, from a preset, from ``content``, or empty. ``preset`` beside ``content`` names where that came from.

    Raises NotAllowedNow for a name that is taken, and with the sentence of `FormError` for content that is no form.
    """
    if kind not in FormKind.values or mode not in EntryMode.values:
        raise NotAllowedNow("Choose what the form is for, and how many fill it in.")
    if content is None and preset and preset not in presets():
        raise NotAllowedNow("Choose one of the forms to begin with.")
    spec = preset_spec(preset) if preset and content is None else _sound(_read(content or {"sections": []}))
    form = Form(review_id=member.review_id, kind=kind, name=_name(name), mode=mode, preset=preset[:60])
    _save(form)
    FormVersion.objects.create(review_id=member.review_id, form=form, number=1, content=written(spec), made_by=member)
    _log("make form", member, form, after={"kind": kind, "mode": mode, "preset": preset, "fields": len(spec.fields)})
    return form


@transaction.atomic
def edit_draft(*, member: Membership, form: Form, content: Mapping[str, Any]) -> FormVersion:
    """Put ``content`` into the draft, which begins as a later version where the form is published.

    Raises NotAllowedNow where values that people entered would lose their field's shape, and for content that is no form.
    """
    form = _locked(member, form)
    spec = _read(content)
    former = published_version(form)
    if former is not None and (sentence := misfit(read_form(former.content), spec)):
        raise NotAllowedNow(sentence)
    draft = draft_version(form) or _new_draft(member, form)
    before = read_form(draft.content)
    if before == spec:
        return draft
    if not flaw(before):  # a draft from before this was asked is mended step by step
        _sound(spec)
    draft.content = written(spec)
    draft.save(update_fields=["content"])
    _log("edit form", member, form, before=_told(before), after=_told(spec) | {"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(*, member: Membership, form: Form) -> None:
    """Throw a later version's draft away; the version in force stays. Raises NotAllowedNow for a first draft."""
    form = _locked(member, form)
    draft = draft_version(form)
    if draft is None:
        raise NotAllowedNow("This form has no draft. Nothing was changed.")
    if draft.number == 1:
        raise NotAllowedNow("This form was never published. Edit it, or retire it.")
    draft.delete()
    _log("discard draft of form", member, form, before={"version": draft.number})


@transaction.atomic
def publish(*, member: Membership, form: Form, reason: str = "") -> FormVersion:
    """Make the draft the version in force, unchangeable from now on; a later one needs its reason.

    Studies that are still being filled in go on with the new version, and whoever had submitted an answer to a question that
    changed gets the entry back as a draft; complete ones keep their version and are marked to be visited again where it touches
    them. No value is lost. Raises NotAllowedNow without a draft, without a field, and for a draft that equals the version in force.
    """
    form = _locked(member, form)
    draft, former = draft_version(form), published_version(form)
    if draft is None:
        raise NotAllowedNow("This form has no draft to publish. Change it first.")
    spec = _computable(_sound(read_form(draft.content)))
    if not any(not one.is_automatic for one in spec.fields):
        raise NotAllowedNow("The form asks nothing yet. Add a field, then publish it.")
    if former is not None and not reason.strip():
        raise NotAllowedNow("Say why the form changes; the reason is kept with the new version.")
    if former is not None and read_form(former.content) == spec:
        raise NotAllowedNow(f"The draft equals version {former.number}. Change something, or discard the draft.")
    draft.reason, draft.published_at = reason.strip(), timezone.now()
    draft.save(update_fields=["reason", "published_at"])
    touched = _carry_over(form, draft, read_form(former.content), spec) if former is not None else 0
    _log("publish form", member, form, after={"version": draft.number, "to revisit": touched}, reason=reason.strip())
    return draft


@transaction.atomic
def change_form(*, member: Membership, form: Form, name: str, mode: str) -> Form:
    """Another name, or another number of people for studies that are begun from now on. Raises NotAllowedNow for a name that is taken."""
    form = _locked(member, form)
    if mode not in EntryMode.values:
        raise NotAllowedNow("Choose how many fill in the form.")
    before = {"name": form.name, "mode": form.mode}
    form.name, form.mode = _name(name), mode
    if (after := {"name": form.name, "mode": form.mode}) != before:
        _save(form)
        _log("change form", member, form, before=before, after=after)
    return form


@transaction.atomic
def retire(*, member: Membership, form: Form, reason: str) -> Form:
    """Take a form out of use; what was entered is kept. Raises NotAllowedNow without a reason. Retiring twice changes nothing."""
    form = _locked(member, form)
    if not reason.strip():
        raise NotAllowedNow("Give a reason, so that the others understand. Nothing was changed.")
    if form.retired_at is None:
        form.retired_at = timezone.now()
        form.save(update_fields=["retired_at"])
        _log("retire form", member, form, reason=reason.strip())
    return form


@transaction.atomic
def bring_back(*, member: Membership, form: Form) -> Form:
    """Put a retired form into use again."""
    form = _locked(member, form)
    if form.retired_at is not None:
        form.retired_at = None
        form.save(update_fields=["retired_at"])
        _log("bring form back", member, form)
    return form


def _carry_over(form: Form, version: FormVersion, before: FormSpec, after: FormSpec) -> int:
    """How many complete studies are to be visited again. What is still blind is treated alike whatever it holds (promise 1)."""
    waiting = form.extractions.filter(revealed_at__isnull=True)
    if meaning_changed(before, after) or added(before, after):
        for extraction in waiting:
            entries = extraction.entries.filter(round=extraction.round, state="submitted", left_at__isnull=True)
            entries.update(state="draft", submitted_at=None)
    waiting.update(version=version)
    touched = set(to_revisit(form, before, after).values_list("pk", flat=True))
    return form.extractions.filter(pk__in=touched).update(revisit=True)


def _new_draft(member: Membership, form: Form) -> FormVersion:
    last = form.versions.aggregate(last=Max("number"))["last"] or 0
    former = published_version(form)
    content = former.content if former else {"sections": []}
    return FormVersion.objects.create(
        review_id=form.review_id, form=form, number=last + 1, content=content, made_by=member
    )


def _locked(member: Membership, form: Form) -> Form:
    found = Form.objects.select_for_update().filter(pk=form.pk, review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("This form is not of this review.")
    return found


def _read(content: Mapping[str, Any]) -> FormSpec:
    try:
        return read_form(content)
    except FormError as wrong:
        raise NotAllowedNow(str(wrong)) from wrong


def _sound(spec: FormSpec) -> FormSpec:
    if sentence := flaw(spec):
        raise NotAllowedNow(sentence)
    return spec


def _computable(spec: FormSpec) -> FormSpec:
    try:
        check_formulas(spec)
    except FormError as wrong:
        raise NotAllowedNow(str(wrong)) from wrong
    return spec


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said:
        raise NotAllowedNow("A form needs a name.")
    if len(said) > LONGEST_NAME:
        raise NotAllowedNow(f"A name has at most {LONGEST_NAME} letters; this has {len(said)}. Shorten it.")
    return said


def _save(form: Form) -> None:
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as clash:
        raise NotAllowedNow(f"Another form of this review is called “{form.name}”. Choose another name.") from clash


def _told(spec: FormSpec) -> dict[str, Any]:
    return {"sections": len(spec.sections), "fields": [one.label for one in spec.fields]}


def _log(verb: str, member: Membership, form: Form, **said: Any) -> None:
    audit(verb=verb, review_id=form.review_id, actor=member.user, subject=("form", form.pk, form.name), **said)
