"""Reads of forms: those of a review, the version in force, the draft."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from extraction.tables.changes import added, meaning_changed
from extraction.tables.fields import FormSpec, read_form
from extraction.tables.models import Form, FormKind, FormVersion
from screening.reviews.models import Review


def forms_of(review: Review, kind: FormKind | None = None) -> QuerySet[Form]:
    """Forms in use, the oldest first; retired ones are left out."""
    found = Form.objects.filter(review=review, retired_at__isnull=True)
    return found.filter(kind=kind) if kind else found


def forms_in_use(review: Review) -> QuerySet[Form]:
    """Published forms that are not retired."""
    return forms_of(review).filter(versions__published_at__isnull=False).distinct()


def published_version(form: Form) -> FormVersion | None:
    """What the form asks today; None before it is first published."""
    return form.versions.filter(published_at__isnull=False).order_by("-number").first()


def draft_version(form: Form) -> FormVersion | None:
    """What is being edited, if anything is."""
    return form.versions.filter(published_at__isnull=True).first()


def present_spec(form: Form) -> FormSpec:
    """What the draft asks, else what is in force; an empty form where there is neither."""
    version = draft_version(form) or published_version(form)
    return read_form(version.content) if version else FormSpec(())


def keys_ever(form: Form) -> set[str]:
    """Keys of the fields of every version: a key that was used once never gets another meaning."""
    return {one.key for version in form.versions.all() for one in read_form(version.content).fields}


def to_revisit(form: Form, before: FormSpec, after: FormSpec) -> QuerySet[Any]:
    """Complete extractions that a change touches: of a new question all, of a changed one those in which it was answered."""
    changed, new = meaning_changed(before, after), added(before, after)
    complete = form.extractions.filter(revealed_at__isnull=False, revisit=False)
    return complete if new else complete.filter(entries__values__field__in=changed).distinct()
