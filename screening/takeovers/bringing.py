"""The job that brings a file's votes in: batch by batch, each with its audit rows, each once (reliability.md 2)."""

from __future__ import annotations

import time
from dataclasses import asdict

from django.db import connection
from django.utils import timezone

from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.decisions.queue import reopen_queue
from screening.decisions.verdict import Stage
from screening.fulltexts.taking_over import Brought
from screening.imports.models import Import, WaitingFile
from screening.imports.parsed import Refusal
from screening.imports.storage import forget
from screening.jobs.actions import Claim
from screening.reviews.models import Membership
from screening.takeovers.models import Takeover, TakeoverState
from screening.takeovers.trying import read, taking

BATCH = 25
PAUSE = 0.02  # seconds between batches on SQLite, so that a voter gets the write lock


def bring_in(claim: Claim) -> None:
    """Job ``takeovers.take``: store the rows that fit, list the others. After a kill it goes on with the next batch."""
    takeover = Takeover.objects.select_related("review", "uploaded_by").get(pk=int(claim.job.subject))
    if takeover.state != TakeoverState.QUEUED:
        with claim.chunk():
            claim.finish()
        return
    actor = Membership.objects.select_related("user", "review").get(review=takeover.review, user=takeover.uploaded_by)
    over = taking(takeover, actor)
    try:
        placed = over.place(read(takeover).rows)
    except Refusal as refusal:
        raise NotAllowedNow(refusal.sentence) from refusal
    over.brought = Brought(**takeover.result) if takeover.result else Brought()
    for start in range(takeover.done_n, len(placed), BATCH):
        batch = placed[start : start + BATCH]
        with claim.chunk(phase="Bringing votes in", done_n=start + len(batch), total_n=len(placed)):
            over.store(batch)
            Takeover.objects.filter(pk=takeover.pk).update(done_n=start + len(batch), result=asdict(over.brought))
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    _end(claim, takeover, actor, over.brought)


def _end(claim: Claim, takeover: Takeover, actor: Membership, brought: Brought) -> None:
    told = {"votes": brought.votes, "rulings": brought.rulings, "here_already": brought.repeated}
    told["not_brought_in"] = len(brought.unmatched) + len(brought.refused)
    with claim.chunk(phase="Done"):
        reopen_queue(review_id=takeover.review_id, stage=Stage(takeover.stage))
        Takeover.objects.filter(pk=takeover.pk).update(state=TakeoverState.DONE, ended_at=timezone.now())
        subject = ("takeover", takeover.pk, takeover.name)
        record(verb="brought votes in", review_id=takeover.review_id, actor=actor.user, subject=subject, after=told)
        claim.finish(result=told)
    same = {"review_id": takeover.review_id, "sha256": takeover.sha256}
    if not any(kind.objects.filter(**same).exists() for kind in (Import, WaitingFile)):
        forget(review_id=takeover.review_id, sha256=takeover.sha256)
