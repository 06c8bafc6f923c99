"""Keeping a sentence to be held against the studies, and letting it go."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from extraction.synthesis.claims import LONGEST
from extraction.synthesis.models import Claim
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership

MOST = 30  # sentences of one review


@transaction.atomic
def keep_claim(*, member: Membership, text: str) -> Claim:
    """Keep a sentence of the manuscript. Raises NotAllowedNow for none, one that is too long, or one too many."""
    said = text.strip()
    if not said:
        raise NotAllowedNow("Write or paste a sentence about the studies first.")
    if len(said) > LONGEST:
        raise NotAllowedNow(
            f"A text of at most {LONGEST:,} signs is checked; this has {len(said):,}. Paste a part of it."
        )
    kept = Claim.objects.filter(review=member.review, removed_at__isnull=True)
    if same := kept.filter(text=said).first():
        return same
    if kept.count() >= MOST:
        raise NotAllowedNow(f"{MOST} sentences are kept already. Remove one first.")
    claim = Claim.objects.create(review=member.review, text=said, made_by=member)
    audit(
        verb="keep claim",
        review_id=member.review_id,
        actor=member.user,
        subject=("claim", claim.pk, str(claim)),
        after=said,
    )
    return claim


@transaction.atomic
def remove_claim(*, member: Membership, claim_id: int) -> None:
    """Let a sentence go; a second time changes nothing."""
    claim = Claim.objects.filter(review=member.review, pk=claim_id, removed_at__isnull=True).first()
    if claim is None:
        return
    claim.removed_at = timezone.now()
    claim.save(update_fields=["removed_at"])
    audit(
        verb="remove claim",
        review_id=member.review_id,
        actor=member.user,
        subject=("claim", claim.pk, str(claim)),
        before=claim.text,
    )
