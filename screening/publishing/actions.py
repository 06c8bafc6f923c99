"""Publishing a final flow, and taking the link back."""

from __future__ import annotations

import secrets
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.prisma.sealing import sealed_flow_of
from screening.prisma.snapshot import read_snapshot
from screening.prisma.wording import title_of_figure
from screening.publishing.freezing import freeze
from screening.publishing.models import Publication
from screening.reviews.models import Membership


def publish(*, member: Membership) -> Publication:
    """Freeze the flow as it stands under a link that nobody can guess.

    Raises NotAllowedNow while anything is pending or unfinished (I51): a published number must not move.
    """
    with read_snapshot():
        flow = sealed_flow_of(member.review)
        if not flow.is_final or not any(flow.numbers[key] for key in ("dbr_identified", "other_identified")):
            raise NotAllowedNow(
                "Only a final flow is published. The PRISMA page says what is still in its way.", rule="I51"
            )
        frozen = freeze(member.review, flow, title=title_of_figure(member.review.kind, member.review.title))
    with transaction.atomic():
        made = Publication.objects.create(
            review=member.review,
            token=secrets.token_urlsafe(32),
            title=member.review.title,
            by=member.user,
            **asdict(frozen),
        )
        audit(
            verb="publish flow", review_id=member.review_id, actor=member.user, subject=("publication", made.pk, made.title),
            after={"log_head": made.log_head},
        )  # fmt: skip
    return made


@transaction.atomic
def revoke(*, member: Membership, publication_id: int) -> None:
    """Let the link open nothing any more. Raises NotAllowedNow where it does so already."""
    standing = Publication.objects.filter(pk=publication_id, review=member.review_id, revoked_at__isnull=True)
    if not standing.update(revoked_at=timezone.now(), revoked_by=member.user):
        raise NotAllowedNow("That link was taken back already.")
    subject = ("publication", publication_id, member.review.title)
    audit(verb="revoke publication", review_id=member.review_id, actor=member.user, subject=subject)
