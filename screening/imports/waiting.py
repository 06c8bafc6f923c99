"""Files that were uploaded but not yet described: they wait in their search, for whoever may import, until described or removed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from reviewapp.accounts.models import User
from screening.audit.actions import record
from screening.imports.actions import LIVE
from screening.imports.models import Import, WaitingFile
from screening.imports.storage import StoredFile
from screening.searches.models import SearchRun

_TOLD = 20


def waiting(run: SearchRun) -> QuerySet[WaitingFile]:
    """Files that wait in this search, in the order of their upload."""
    return WaitingFile.objects.filter(run=run).select_related("uploaded_by")


@transaction.atomic
def let_wait(
    *, run: SearchRun, actor: User, file: StoredFile, format_name: str, left_out: Sequence[str] = ()
) -> WaitingFile:
    """Let a file wait; the same bytes wait once. Of a zip with very many files beside its references, some are told."""
    told = list(left_out[:_TOLD])
    if len(left_out) > _TOLD:
        told.append(f"{len(left_out) - _TOLD} more were left out: the report of the import names them all.")
    known = {"name": file.name, "size": file.size, "format": format_name, "left_out": told, "uploaded_by": actor}
    one, is_new = WaitingFile.objects.get_or_create(
        run=run, sha256=file.sha256, defaults={**known, "review_id": run.review_id}
    )
    if is_new:
        _log(one, "sent a file", actor)
    return one


@transaction.atomic
def remove(*, run: SearchRun, actor: User, sha256: str) -> None:
    """Let it wait no longer: a person does not want it imported."""
    for one in waiting(run).filter(sha256=sha256):
        _log(one, "set a file aside", actor)
        one.delete()


@transaction.atomic
def end_known(*, run: SearchRun) -> None:
    """What an import has by now waits no longer; the import stands for it."""
    known = Import.objects.filter(review=run.review_id, state__in=LIVE).values("sha256")
    waiting(run).filter(sha256__in=known).delete()


def _log(one: WaitingFile, verb: str, actor: User) -> None:
    facts = {"file": one.name, "sha256": one.sha256, "size": one.size, "format": one.format}
    record(verb=verb, review_id=one.review_id, actor=actor, subject=("search", one.run_id, str(one.run)), after=facts)
