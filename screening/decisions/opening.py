"""The job that puts records into title and abstract screening once duplicates are found."""

from __future__ import annotations

from screening.decisions.actions import open_items, share_out_where_planned, without_item
from screening.decisions.late import reconcile
from screening.decisions.queue import reopen_queue
from screening.decisions.verdict import Stage
from screening.jobs.actions import Claim

BATCH = 500


def open_title_abstract(claim: Claim) -> None:
    """Job ``decisions.open_items``: an item for each record that stands and has none, in batches.

    Runs after every change of duplicates or removals, so records that came back are offered again: the queues start over, and what
    is not yet kept for anybody is shared out where the lead planned that.
    """
    review_id = claim.job.review_id
    assert review_id is not None  # noqa: S101  the job is always asked for a review
    opened = 0
    while waiting := without_item(review_id, BATCH):
        with claim.chunk(done_n=opened, phase="Opening records for screening"):
            open_items(review_id=review_id, stage=Stage.TITLE_ABSTRACT, records=waiting)
        opened += len(waiting)
    reconcile(review_id)
    with claim.chunk(done_n=opened):
        reopen_queue(review_id=review_id, stage=Stage.TITLE_ABSTRACT)
        share_out_where_planned(review_id=review_id, stage=Stage.TITLE_ABSTRACT)
        claim.finish(result={"opened": opened})
