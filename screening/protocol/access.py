"""Reaching a protocol's parts through the member's own review: any other id is as good as none."""

from __future__ import annotations

from django.http import Http404

from screening.audit.refusal import NotAllowedNow
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.versions import draft_of
from screening.reviews.models import Membership


def version_in(member: Membership, number: int) -> ProtocolVersion:
    """Version ``number`` of the member's review. Raises Http404."""
    found = ProtocolVersion.objects.filter(review_id=member.review_id, number=number).first()
    if found is None:
        raise Http404
    return found


def present_draft(member: Membership) -> ProtocolVersion:
    """The draft of the member's review. Raises NotAllowedNow where nothing is being drafted."""
    draft = draft_of(member.review)
    if draft is None:
        raise NotAllowedNow("Nothing is being drafted. Start an amendment on the protocol page first.", rule="I24")
    return draft


def draft_criterion(member: Membership, pk: int) -> Criterion:
    """A criterion of the draft. Raises Http404 for another review's, NotAllowedNow for one of a frozen version."""
    found = Criterion.objects.select_related("version").filter(version__review_id=member.review_id, pk=pk).first()
    if found is None:
        raise Http404
    if not found.version.is_draft:
        raise NotAllowedNow(
            f"Version {found.version.number} is frozen and cannot be changed. Start an amendment instead.", rule="I24"
        )
    return found
