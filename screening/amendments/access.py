"""Reaching proposals and versions through the member's own review."""

from __future__ import annotations

from django.http import Http404

from screening.amendments.models import Proposal
from screening.amendments.queue import proposals_for
from screening.decisions.verdict import Decision, Stage
from screening.reviews.models import Membership


def proposal_in(member: Membership, pk: int) -> Proposal:
    """A proposal that this member may read. Raises Http404 for any other."""
    found = proposals_for(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def stage_of(value: str) -> Stage:
    """A stage as addresses have it. Raises Http404."""
    if value not in list(Stage):
        raise Http404
    return Stage(value)


def outcome_of(value: str) -> Decision:
    """Include or exclude, as addresses have it. Raises Http404."""
    if value not in (Decision.INCLUDE, Decision.EXCLUDE):
        raise Http404
    return Decision(value)
