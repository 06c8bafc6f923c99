"""Final numbers carry the last hash of the log: whoever has both can show that neither was changed since (P45)."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from screening.audit import head
from screening.prisma.counts import flow_of
from screening.prisma.flow import Flow
from screening.prisma.snapshot import read_snapshot
from screening.reviews.models import Review
from screening.searches.models import SearchRun

AT_ONCE = 20_000  # acts that a page hashes while somebody waits: about half a second


def sealed_flow_of(review: Review, *, run: SearchRun | None = None, at_most: int | None = None) -> Flow:
    """The flow as it is now, with its seal where it is final and counts anything.

    With ``at_most`` the seal is left out where more acts are to be hashed; what was hashed once is not hashed again.
    """
    with read_snapshot():
        flow = flow_of(review, run=run)
        if not flow.is_final or not (flow.numbers["dbr_identified"] or flow.numbers["other_identified"]):
            return flow
        seal, reached = head.log_head(review.pk, at_most=at_most)
    if not connection.in_atomic_block:  # a snapshot around this one takes no writes
        head.keep(review.pk, reached)
    return replace(flow, seal=seal)
