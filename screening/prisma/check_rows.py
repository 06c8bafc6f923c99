"""Checks of what came in: imports against their rows, duplicates against their leads, rows against their review."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Count, ForeignKey, Model

from screening.imports.models import Import, ImportState
from screening.records.models import Standing
from screening.reviews.models import Review


def each_row_of_an_import_is_one_record(review: Review) -> Iterator[str]:
    """I1, IM1: markers = records + rejected rows, none twice; in the review are those of stored imports, all of them."""
    counted = Import.objects.filter(review=review).annotate(
        rows=Count("records", distinct=True), refused=Count("rejected_rows", distinct=True), present=Count("standings", distinct=True)
    )  # fmt: skip
    for one in counted:
        kept = one.state in (ImportState.STORED, ImportState.UNDONE)
        if kept and (one.rows, one.refused) != (one.parsed, one.rejected):
            yield f"{one} says {one.parsed} records and {one.rejected} rejected, but {one.rows} and {one.refused} are there."
        if kept and one.markers != one.parsed + one.rejected:
            yield f"{one} has {one.markers} markers, but {one.parsed} records and {one.rejected} rejected."
        wanted = one.parsed if one.state == ImportState.STORED else 0
        if one.present != wanted:
            yield f"{one} is {one.get_state_display().lower()}, so {wanted} of its records should be in the review; {one.present} are."


def no_file_is_stored_twice(review: Review) -> Iterator[str]:
    """I2: the same bytes are stored once."""
    stored = Import.objects.filter(review=review, state=ImportState.STORED).order_by()
    for row in stored.values("sha256").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"a file is stored {row['n']} times (sha256 {row['sha256'][:12]})."


def imports_add_up_to_the_records(review: Review) -> Iterator[str]:
    """I3: the sizes of the stored imports add up to the records of the review."""
    stored = sum(Import.objects.filter(review=review, state=ImportState.STORED).values_list("parsed", flat=True))
    present = Standing.objects.filter(review=review).count()
    if stored != present:
        yield f"the imports hold {stored} records, the review {present}."


def each_import_says_what_was_asked(review: Review) -> Iterator[str]:
    """I4: source, kind, run and date stand by schema; the query must say something."""
    for one in Import.objects.filter(review=review, state=ImportState.STORED):
        if not one.query.strip():
            yield f"{one} has no query."


def each_duplicate_has_one_lead(review: Review) -> Iterator[str]:
    """I11, R1: a duplicate points to a record of the review that is itself neither a duplicate nor removed."""
    duplicates = Standing.objects.filter(review=review, lead__isnull=False)
    for one in duplicates.select_related("record", "lead__standing").iterator(chunk_size=2000):
        lead = getattr(one.lead, "standing", None)
        if lead is None:
            yield f"record {one.record.number} is a duplicate of a record that is not in the review."
        elif lead.lead_id is not None:
            yield f"record {one.record.number} is a duplicate of a duplicate."
        elif lead.removed:
            yield f"record {one.record.number} is a duplicate of a removed record."


def nothing_belongs_to_another_review(review: Review) -> Iterator[str]:
    """Whatever two rows of ours are tied belong to one review."""
    for model in (one for app in ("screening", "extraction") for one in apps.get_app_config(app).get_models()):
        ties = [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]
        if not any(field.name == "review" for field in ties):
            continue
        for field in ties:
            yield from _astray(model, field, review)


def _astray(model: type[Model], field: ForeignKey[Model, Model], review: Review) -> Iterator[str]:
    target = field.related_model
    if not any(isinstance(other, ForeignKey) and other.name == "review" for other in target._meta.get_fields()):
        return
    tied = model._default_manager.filter(review=review, **{f"{field.name}__isnull": False})
    for row in tied.exclude(**{f"{field.name}__review": review}):
        yield f"{model._meta.verbose_name} {row.pk} is tied to a {target._meta.verbose_name} of another review."
