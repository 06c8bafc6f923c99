"""Keeping words of a report as grounds for one's own vote, and letting them go. Sealed as the vote is (B4)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import locked_item, may_vote
from screening.decisions.models import Item, Quote
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership

LONGEST = 2000  # letters of one quote
MOST = 50  # quotes of one reviewer on one report
AROUND = 64  # letters kept before and after, to find the place again


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected words: the page from 1, the words, and those before and after them."""

    page: int
    text: str
    before: str = ""
    after: str = ""


@transaction.atomic
def keep_quote(*, member: Membership, item_id: int, file: ReportFile, selection: Selection) -> Quote:
    """Keep the words with their page. Raises NotAllowedNow when both votes are in (S1), or the selection is empty or too long."""
    item = locked_item(review_id=member.review_id, item_id=item_id)
    may_vote(member=member, item=item)
    _refuse_once_complete(item)
    text = " ".join(selection.text.split())
    if not text:
        raise NotAllowedNow("Select words in the PDF first, then quote them.")
    if len(text) > LONGEST:
        raise NotAllowedNow(f"A quote has at most {LONGEST:,} letters; these are {len(text):,}. Select less.")
    own = Quote.objects.filter(item=item, reviewer=member, round=item.round, removed_at__isnull=True)
    if same := own.filter(sha256=file.sha256, page=selection.page, text=text).first():
        return same
    if own.count() >= MOST:
        raise NotAllowedNow(f"There are {MOST} quotes of yours on this report. Remove one first.")
    quote = Quote.objects.create(
        review_id=item.review_id, item=item, reviewer=member, round=item.round, sha256=file.sha256, page=selection.page, text=text,
        before=selection.before[-AROUND:], after=selection.after[:AROUND],
    )  # fmt: skip
    _log(verb="keep quote", member=member, item=item, after={"page": quote.page, "quote": text})
    return quote


@transaction.atomic
def remove_quote(*, member: Membership, item_id: int, quote_id: uuid.UUID) -> None:
    """Let one's own quote go. Raises NotAllowedNow when both votes are in (S1)."""
    item = locked_item(review_id=member.review_id, item_id=item_id)
    _refuse_once_complete(item)
    own = Quote.objects.filter(pk=quote_id, item=item, reviewer=member, removed_at__isnull=True).first()
    if own is None:
        return
    own.removed_at = timezone.now()
    own.save(update_fields=["removed_at"])
    _log(verb="remove quote", member=member, item=item, before={"page": own.page, "quote": own.text})


def _refuse_once_complete(item: Item) -> None:
    if item.reveal_at is not None:
        raise NotAllowedNow("Both votes are in, so the quotes behind yours stay as they are.", rule="S1")


def _log(*, verb: str, member: Membership, item: Item, before: object = None, after: object = None) -> None:
    audit(
        verb=verb, review_id=item.review_id, actor=member.user, subject=("record", item.record_id, item.record.title), before=before,
        after=after, item=(item.pk, item.round), sealed=True,
    )  # fmt: skip
