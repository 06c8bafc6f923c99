"""Reads of extraction: the studies that count, what entries say, and the files beside them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from extraction.entries.filling import Said
from extraction.entries.models import Anchor, Entry, EntryRole, EntryState, EntryValue
from extraction.tables.fields import FormSpec, read_form
from extraction.tables.models import EntryMode, FormVersion
from screening.fulltexts.media_types import PDF
from screening.fulltexts.models import FileKind, ReportFile
from screening.reviews.models import Review
from screening.studies.models import Study
from screening.studies.queue import studies_that_count


def included_studies(review: Review) -> QuerySet[Study]:
    """Studies with at least one included report, by label; the others leave every table and keep their data (I33, I47)."""
    return studies_that_count(review)


def places(mode: str) -> int:
    """How many people an extraction of this mode has."""
    return 1 if mode == EntryMode.SINGLE else 2


def spec_of(version: FormVersion) -> FormSpec:
    """What a version asks."""
    return read_form(version.content)


def said_of(entries: Iterable[Entry]) -> dict[int, dict[str, Said]]:
    """Entry id -> field key -> what it says; one query for all of them. The caller has asked `visible_to`."""
    found: dict[int, dict[str, Said]] = {entry.pk: {} for entry in entries}
    for row in EntryValue.objects.filter(entry__in=found):
        found[row.entry_id][row.field] = Said(row.status, row.value, row.note)
    return found


def quotes_to_check(entry: Entry) -> list[Anchor]:
    """With what a verifier's entry begins: unsaved copies of the quotes of the submitted entry, each time under the same ids."""
    if entry.role != EntryRole.VERIFIER or entry.state != EntryState.ASSIGNED:
        return []
    checked = Anchor.objects.filter(
        entry__extraction=entry.extraction_id, entry__round=entry.round, entry__role=EntryRole.EXTRACTOR,
        entry__state=EntryState.SUBMITTED, entry__left_at__isnull=True,
    )  # fmt: skip
    return [
        Anchor(
            id=uuid.uuid5(one.pk, str(entry.pk)), review_id=one.review_id, entry=entry, field=one.field, sha256=one.sha256,
            page=one.page, quote=one.quote, before=one.before, after=one.after, found=one.found,
        )
        for one in checked
    ]  # fmt: skip


def files_of(study: Study) -> list[ReportFile]:
    """PDFs of the study's reports, the reports themselves first."""
    rows = ReportFile.objects.filter(
        report__record__study_reports__study=study, removed_at__isnull=True, media_type=PDF
    ).select_related("report__record")
    return sorted(rows, key=lambda file: (file.kind != FileKind.MAIN, file.report.record.number, file.pk))
