"""What may happen to an import: started, answered, cancelled, read again, corrected, undone, restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.imports.models import Import, ImportState, WaitingFile
from screening.imports.queue import AFTERWARDS, JOB
from screening.imports.rows import insert_standings
from screening.imports.storage import StoredFile
from screening.imports.undoing import GivenBack, give_back, preview_undo, take_out, wait_for_votes
from screening.jobs.actions import cancel, enqueue
from screening.jobs.models import Job, JobState
from screening.records.changes import mark_all_moved, mark_moved
from screening.records.models import Record, RecordText, Repair, Standing
from screening.reviews.models import Review
from screening.searches.actions import source_of
from screening.searches.models import SearchRun

UNDID, RESTORED = "undid an import", "restored an import"  # the log's words: past counts are told by them (I9)
LIVE = (ImportState.QUEUED, ImportState.LOADING, ImportState.QUESTION, ImportState.STORED)
UNFINISHED = (ImportState.QUEUED, ImportState.LOADING, ImportState.QUESTION, ImportState.REFUSED)


@dataclass(frozen=True, slots=True)
class Description:
    """What PRISMA-S asks of each source: who was asked, when, and with which query (I4)."""

    database: str
    kind: str
    searched_on: date
    query: str
    platform: str = ""
    limits: str = ""
    stated_hits: int | None = None


class AlreadyImported(NotAllowedNow):
    """The same bytes are in the review already: nothing is added (I2). ``first`` is the import that has them."""

    def __init__(self, first: Import) -> None:
        super().__init__(
            f"{first.file_name} is in this review already, in “{first.run}”: importing it again adds 0 records.",
            rule="I2",
        )
        self.first = first


def same_file(*, review: Review, sha256: str) -> Import | None:
    """The import that has this very file, if one is stored or under way."""
    return Import.objects.select_related("run").filter(review=review, sha256=sha256, state__in=LIVE).first()


@transaction.atomic
def start_import(
    *,
    run: SearchRun,
    actor: User,
    file: StoredFile,
    description: Description,
    encoding: str = "",
    accept_damage: bool = False,
) -> Import:
    """Queue a stored file for loading. Raises AlreadyImported for the same bytes, NotAllowedNow without a query."""
    if not description.query.strip():
        raise NotAllowedNow(f"{file.name} has no query yet: write down what was asked, then import it.", rule="I4")
    review = run.review
    source = source_of(review=review, name=description.database, kind=description.kind, platform=description.platform)
    try:
        with transaction.atomic():
            imported = Import.objects.create(
                review=review,
                run=run,
                source=source,
                query=description.query,
                searched_on=description.searched_on,
                limits=description.limits,
                stated_hits=description.stated_hits,
                file_name=file.name[:255],
                sha256=file.sha256,
                size=file.size,
                encoding_given=encoding,
                question={"accepted": True} if accept_damage else {},
                uploaded_by=actor,
            )
    except IntegrityError:
        first = same_file(review=review, sha256=file.sha256)
        if first is None:
            raise
        raise AlreadyImported(first) from None
    WaitingFile.objects.filter(run=run, sha256=file.sha256).delete()  # described: the import stands for it now
    _log(imported, "uploaded a file", actor, after={**_facts(imported), "sha256": file.sha256})
    enqueue(name=JOB, review_id=review.pk, subject=str(imported.pk))
    return imported


@transaction.atomic
def answer_encoding(*, imported: Import, actor: User, encoding: str) -> None:
    """Read the file again in the encoding that looked right."""
    _answer(imported, actor, {"encoding_given": encoding})


@transaction.atomic
def answer_columns(*, imported: Import, actor: User, mapping: Mapping[str, str]) -> None:
    """Read the table again: ``mapping`` is from its headings to our fields. Raises NotAllowedNow without a title."""
    if "title" not in mapping.values():
        raise NotAllowedNow("Say which column holds the title: a record without one cannot be screened.")
    _answer(imported, actor, {"mapping": dict(mapping)})


@transaction.atomic
def accept_damage(*, imported: Import, actor: User) -> None:
    """Take what could be read of a damaged file."""
    _answer(imported, actor, {"question": {**imported.question, "accepted": True}})


def _answer(imported: Import, actor: User, values: dict[str, Any]) -> None:
    _move(imported, [ImportState.QUESTION], state=ImportState.QUEUED, **values)
    _log(
        imported,
        "answered a question about a file",
        actor,
        after={name: value for name, value in values.items() if name != "question"},
    )
    enqueue(name=JOB, review_id=imported.review_id, subject=str(imported.pk))


@transaction.atomic
def cancel_import(*, imported: Import, actor: User) -> None:
    """Stop an import that is not stored, or remove a refused one; a job takes its rows away. Nothing of it was visible."""
    _stop_job(imported)
    _move(imported, UNFINISHED, state=ImportState.CANCELLED)
    _log(imported, "cancelled an import", actor)
    enqueue(name=JOB, review_id=imported.review_id, subject=str(imported.pk))


def _stop_job(imported: Import) -> None:
    """The job row first: the loader locks it first too (P38)."""
    jobs = Job.objects.filter(
        review_id=imported.review_id, name=JOB, subject=str(imported.pk), state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    for job in jobs:
        cancel(job=job)


@transaction.atomic
def read_again(*, imported: Import, actor: User) -> None:
    """Try a file once more that was refused, or whose reading was interrupted too often."""
    _stop_job(imported)
    _refuse_second(imported)
    _move(imported, [ImportState.REFUSED, ImportState.QUEUED, ImportState.LOADING], state=ImportState.QUEUED, error="")
    _log(imported, "had a file read again", actor)
    enqueue(name=JOB, review_id=imported.review_id, subject=str(imported.pk))


@transaction.atomic
def edit_import(*, imported: Import, actor: User, run: SearchRun, description: Description) -> None:
    """Correct what was written down about an import; its records move to the corrected source and search with it."""
    before = _facts(imported)
    imported.run = run
    imported.source = source_of(
        review=imported.review, name=description.database, kind=description.kind, platform=description.platform
    )
    for name in ("query", "searched_on", "limits", "stated_hits"):
        setattr(imported, name, getattr(description, name))
    imported.save(update_fields=["run", "source", "query", "searched_on", "limits", "stated_hits"])
    own = Standing.objects.filter(imported_from=imported)
    own.update(run=imported.run, source=imported.source)
    mark_all_moved(own)
    mark_all_moved(Standing.objects.filter(lead__imported_from=imported).exclude(imported_from=imported))
    _log(imported, "corrected an import", actor, before=before, after=_facts(imported))


def is_held(imported: Import) -> bool:
    """True once one of its records has a vote: then it can no longer be undone (IM11)."""
    return imported.records.filter(items__votes__isnull=False).exists()


@transaction.atomic
def undo_import(*, imported: Import, actor: User, reason: str = "") -> None:
    """Take the records of an import out of the review until it is restored. Raises NotAllowedNow once one has a vote (IM11)."""
    enqueue(name=AFTERWARDS, review_id=imported.review_id)  # the job row first (P38)
    _move(imported, [ImportState.STORED], state=ImportState.UNDONE, undone_at=timezone.now())
    touched = Q(imported_from=imported) | Q(standing__lead__imported_from=imported)
    wait_for_votes(Record.objects.filter(touched))
    before = asdict(preview_undo(imported))
    take_out(imported)
    if is_held(imported):
        raise NotAllowedNow(
            "A record of this import has a vote, so that it can no longer be undone. Mark single records as duplicates or"
            " exclude them instead; nothing was changed.",
            rule="IM11",
        )
    _log(imported, UNDID, actor, before=before, reason=reason)


@transaction.atomic
def restore_import(*, imported: Import, actor: User) -> GivenBack:
    """Bring an undone import back, with what stood of it before. Raises NotAllowedNow when the same file was imported meanwhile."""
    enqueue(name=AFTERWARDS, review_id=imported.review_id)
    _refuse_second(imported)
    _move(imported, [ImportState.UNDONE], state=ImportState.STORED, undone_at=None)
    records = insert_standings(imported)
    given = give_back(imported)
    _log(
        imported,
        RESTORED,
        actor,
        after={
            "records": records,
            "duplicates_as_before": given.merged,
            "removed_as_before": given.removed,
            "duplicates_to_be_found_again": given.changed,
        },
    )
    return given


@transaction.atomic
def settle_rejected(*, imported: Import, actor: User, how: str) -> None:
    """Say what became of the rejected rows: mended and imported, declared as removed, or no records (IM13).

    Until then no numbers are final. Raises NotAllowedNow without words, where nothing was rejected, and the second time.
    """
    if not how.strip():
        raise NotAllowedNow("Say what became of these rows. Nothing was changed.", rule="IM13")
    now, waiting = (
        timezone.now(),
        Import.objects.filter(pk=imported.pk, rejected__gt=0, rejected_settled_at__isnull=True),
    )
    if not waiting.update(rejected_settled_at=now):
        raise NotAllowedNow("No rejected rows of this file wait for an answer.", rule="IM13")
    imported.rejected_settled_at = now
    _log(imported, "saw to rejected rows", actor, after={"rows": imported.rejected}, reason=how.strip())


def _refuse_second(imported: Import) -> None:
    first = same_file(review=imported.review, sha256=imported.sha256)
    if first is not None and first.pk != imported.pk:
        raise AlreadyImported(first)


@transaction.atomic
def give_title(*, record_id: int, actor: User, title: str, found_in: str, seen: str = "") -> None:
    """Give a record the title that its file lacked, or correct a title that was given so (``seen`` is what the person saw).

    The records are matched anew, then it comes up for screening. Raises NotAllowedNow for a title that the file gave (I1), for a
    record that left the review, and where somebody was faster.
    """
    here = Record.objects.select_for_update().get(pk=record_id)
    if here.title == title:
        return
    if not Standing.objects.filter(pk=record_id).exists():
        raise NotAllowedNow(
            "This record left the review when its import was undone. Restore the import, then repair it."
        )
    if here.title and not here.repairs.exists():
        raise NotAllowedNow("The file gave this record its title, which is kept as it came.", rule="I1")
    if here.title != seen:
        raise NotAllowedNow(f"Somebody gave this record the title “{here.title}” meanwhile. Yours was not stored.")
    before, here.title = here.title, title
    Repair.objects.create(review_id=here.review_id, record=here, title=title, found_in=found_in, by=actor)
    Record.objects.filter(pk=record_id).update(title=title)
    mark_moved(review_id=here.review_id, records=[record_id])  # lists are sorted by title
    RecordText.objects.filter(pk=record_id).update(folded=here.folded())
    record(
        verb="corrected a title" if before else "gave a title",
        review_id=here.review_id,
        actor=actor,
        subject=("record", record_id, title),
        before={"title": before},
        after={"title": title},
        reason=found_in,
    )
    enqueue(name=AFTERWARDS, review_id=here.review_id)


_TOO_LATE = {
    ImportState.STORED: "This import is stored by now. Undo it if it should not be here.",
    ImportState.UNDONE: "This import was undone already. Restore it to have its records back.",
    ImportState.CANCELLED: "This import was cancelled already. Upload the file again to import it.",
    ImportState.REFUSED: "This file was refused. Remove it, or export it again and upload that.",
    ImportState.QUESTION: "This import waits for an answer. Answer it on its page, or remove the import.",
    ImportState.QUEUED: "This import waits to be read. Wait until it is done, or cancel it.",
    ImportState.LOADING: "This import is being read. Wait until it is done, or cancel it.",
}


def _move(imported: Import, allowed: Any, **values: Any) -> None:
    """One conditional update: of two people who act at once, one acts and the other is told."""
    if not Import.objects.filter(pk=imported.pk, state__in=allowed).update(**values):
        now = Import.objects.values_list("state", flat=True).get(pk=imported.pk)
        raise NotAllowedNow(_TOO_LATE[ImportState(now)])
    for name, value in values.items():
        setattr(imported, name, value)


def _log(imported: Import, verb: str, actor: User, *, before: Any = None, after: Any = None, reason: str = "") -> None:
    record(
        verb=verb,
        review_id=imported.review_id,
        actor=actor,
        subject=("import", imported.pk, imported.file_name),
        before=before,
        after=after,
        reason=reason,
    )


def _facts(imported: Import) -> dict[str, Any]:
    return {
        "search": imported.run.label,
        "database": imported.source.name,
        "kind": imported.source.kind,
        "platform": imported.source.platform,
        "searched_on": imported.searched_on.isoformat(),
        "query": imported.query,
        "limits": imported.limits,
        "stated_hits": imported.stated_hits,
    }
