"""What may happen to a file of votes: received, mapped, taken over by a job, set aside."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.decisions.bringing_in import Rulebook
from screening.decisions.verdict import Stage
from screening.imports.models import Import, WaitingFile
from screening.imports.parsed import Refusal
from screening.imports.rows import clean
from screening.imports.storage import StoredFile, Upload, forget, store
from screening.jobs.actions import enqueue
from screening.reviews.models import Membership
from screening.takeovers.models import JOB, Takeover, TakeoverState
from screening.takeovers.trying import first_people, first_reasons, fit_of, read

OPEN = (TakeoverState.WAITING, TakeoverState.QUEUED)


def receive(*, member: Membership, stage: Stage, upload: Upload, name: str) -> Takeover:
    """Store and read a file, with the mapping that is sure. Raises NotAllowedNow with a sentence for whatever holds no votes."""
    book = Rulebook(member.review, stage)
    file = store(review_id=member.review_id, name=clean(name)[:255] or "file", upload=upload)
    takeover = Takeover(
        review=member.review, stage=stage, name=file.name, sha256=file.sha256, size=file.size, uploaded_by=member.user
    )
    try:
        _map_first(takeover, book)
    except Refusal as refusal:
        if not refusal.previews:
            _forget(takeover)
            raise NotAllowedNow(f"{refusal.sentence} Nothing was stored.") from refusal
    return _wait(takeover, file, member)


@transaction.atomic
def _wait(takeover: Takeover, file: StoredFile, member: Membership) -> Takeover:
    try:
        with transaction.atomic():
            takeover.save()
    except IntegrityError:
        open_one = Takeover.objects.filter(
            review=member.review, stage=takeover.stage, sha256=file.sha256, state__in=OPEN
        ).first()
        if open_one is None:
            raise
        return open_one
    _log(takeover, "uploaded votes", member)
    return takeover


def _map_first(takeover: Takeover, book: Rulebook) -> None:
    """Read the file; map what needs nobody to say it. Raises Refusal."""
    found = read(takeover)
    takeover.format = found.format
    takeover.people = first_people(takeover.review, found.names)
    takeover.reasons = first_reasons(book, found.reasons)


@transaction.atomic
def choose_encoding(*, takeover: Takeover, member: Membership, encoding: str) -> None:
    """Read the file in the encoding that looked right."""
    takeover = _mine(takeover, member)
    takeover.encoding = encoding
    try:
        _map_first(takeover, Rulebook(takeover.review, Stage(takeover.stage)))
    except Refusal as refusal:
        raise NotAllowedNow(refusal.sentence) from refusal
    takeover.save()


@transaction.atomic
def map_file(
    *, takeover: Takeover, member: Membership, people: Mapping[str, int], reasons: Mapping[str, str], whole: str = ""
) -> None:
    """Keep who is who, which reason is which criterion, and what was decided about a list. Nothing is brought in yet."""
    takeover = _mine(takeover, member)
    takeover.people, takeover.reasons, takeover.whole = dict(people), dict(reasons), whole
    takeover.save(update_fields=["people", "reasons", "whole"])


@transaction.atomic
def apply(*, takeover: Takeover, member: Membership) -> None:
    """Ask for the file to be taken over as it is mapped. Raises NotAllowedNow where no row of it fits."""
    takeover = _mine(takeover, member)
    try:
        fit = fit_of(takeover, read(takeover), member)
    except Refusal as refusal:
        raise NotAllowedNow(refusal.sentence) from refusal
    if not fit.votes and not fit.rulings:
        raise NotAllowedNow("No row of the file fits, so nothing was brought in. Say who is who first.")
    takeover.state = TakeoverState.QUEUED
    takeover.save(update_fields=["state"])
    _log(takeover, "asked for votes to be brought in", member, rows=fit.rows)
    enqueue(name=JOB, review_id=takeover.review_id, subject=str(takeover.pk))


@transaction.atomic
def set_aside(*, takeover: Takeover, member: Membership) -> None:
    """Take a file off the list without bringing anything in; its bytes leave the disk."""
    takeover = _mine(takeover, member)
    takeover.state, takeover.ended_at = TakeoverState.SET_ASIDE, timezone.now()
    takeover.save(update_fields=["state", "ended_at"])
    _log(takeover, "set votes aside", member)
    transaction.on_commit(lambda: _forget(takeover))


def _mine(takeover: Takeover, member: Membership) -> Takeover:
    """The row, locked, if it waits and is the member's own: what is in the file is nobody else's to see."""
    here = Takeover.objects.select_for_update(of=("self",)).select_related("review", "uploaded_by").get(pk=takeover.pk)
    if here.uploaded_by_id != member.user_id:
        raise NotAllowedNow(f"{here.uploaded_by} uploaded this file and alone may see what is in it.", rule="B2")
    if here.state != TakeoverState.WAITING:
        raise NotAllowedNow("This file is being taken over, or was dealt with already.")
    return here


def _forget(takeover: Takeover) -> None:
    """Delete the file from disk unless something else of the review has the same bytes."""
    same = {"review_id": takeover.review_id, "sha256": takeover.sha256}
    kept = any(kind.objects.filter(**same).exists() for kind in (Import, WaitingFile))
    if not kept and not Takeover.objects.filter(**same, state__in=OPEN).exists():
        forget(review_id=takeover.review_id, sha256=takeover.sha256)


def _log(takeover: Takeover, verb: str, member: Membership, **more: int) -> None:
    facts = {"stage": Stage(takeover.stage).label, "sha256": takeover.sha256, "size": takeover.size, **more}
    subject = ("takeover", takeover.pk, takeover.name)
    record(verb=verb, review_id=takeover.review_id, actor=member.user, subject=subject, after=facts)
