"""Checks of what people settled: discussions, rulings, reopenings, retrieval."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from screening.audit.models import AuditEvent
from screening.conflicts.models import OwnReading, Position, Ruling
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import ItemState, ReasonClash, Stage
from screening.fulltexts.models import Report, Retrieval
from screening.reviews.models import Review


def no_adjudicator_voted_on_the_item(review: Review) -> Iterator[str]:
    """I15: whoever ruled never voted on that item, in any round."""
    voted = Vote.objects.filter(item=OuterRef("item"), reviewer=OuterRef("adjudicator"))
    for ruling in Ruling.objects.filter(Exists(voted), review=review).select_related("item__record"):
        yield f"the adjudicator of record {ruling.item.record.number} voted on it."


def each_ruling_settled_its_item(review: Review) -> Iterator[str]:
    """I21: a ruling of the present round is what the item says, and an item settled by ruling has one, read before ruled."""
    rulings = {(one.item_id, one.round): one for one in Ruling.objects.filter(review=review)}
    read = set(OwnReading.objects.filter(review=review).values_list("item_id", "round", "adjudicator_id"))
    for item in Item.objects.filter(review=review).select_related("record"):
        ruling = rulings.get((item.pk, item.round))
        if (item.via == "adjudicator") != (ruling is not None):
            yield f"record {item.record.number} says settled by ruling and has none, or the reverse."
        elif ruling and (ruling.decision, ruling.reason) != (item.decision, item.reason):
            yield f"record {item.record.number} was ruled {ruling.decision}, but says {item.decision}."
        elif ruling and (item.pk, item.round, ruling.adjudicator_id) not in read:
            yield f"record {item.record.number} was ruled on before the adjudicator had read it alone."


def each_discussion_has_both_confirmations(review: Review) -> Iterator[str]:
    """I22: a position of each who voted, all with the outcome; its reason is theirs, or one of theirs where the order decides."""
    positions: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for one in Position.objects.filter(review=review, round=F("item__round")):
        positions[one.item_id][one.member_id] = one.decision, one.reason
    voters = defaultdict(set)
    for item_id, reviewer in Vote.objects.active().filter(review=review).values_list("item_id", "reviewer_id"):
        voters[item_id].add(reviewer)
    for item in Item.objects.filter(review=review, via="discussion").select_related("record", "protocol"):
        said = positions[item.pk]
        reasons = {reason for _, reason in said.values()}
        one_reason = reasons == {item.reason} or (item.protocol and item.protocol.reason_clash == ReasonClash.BY_ORDER)
        agreed = (
            {decision for decision, _ in said.values()} == {item.decision} and item.reason in reasons and one_reason
        )
        if len(said) < 2 or set(said) != voters[item.pk] or not agreed:
            yield f"record {item.record.number} is settled by discussion without both confirmations."


def each_reopening_has_a_reason(review: Review) -> Iterator[str]:
    """I23: one reopening with a reason in the log for each round after the first."""
    events = AuditEvent.objects.filter(review_id=review.pk, verb="reopen").exclude(reason="")
    times = Counter(events.values_list("item_id", flat=True))
    for item in Item.objects.filter(review=review, round__gt=1).select_related("record"):
        if times[item.pk] != item.round - 1:
            yield f"record {item.record.number} is in round {item.round}, but was reopened {times[item.pk]} times with a reason."


def only_retrieved_reports_are_reviewed(review: Review) -> Iterator[str]:
    """I31: votes and outcomes at full text imply that the report is at hand."""
    reviewed = Item.objects.filter(Q(votes_in__gt=0) | Q(state=ItemState.FINAL), review=review, stage=Stage.FULL_TEXT)
    at_hand = Report.objects.filter(record=OuterRef("record"), status=Retrieval.RETRIEVED)
    for item in reviewed.filter(~Exists(at_hand)).select_related("record"):
        yield f"record {item.record.number} was reviewed at full text, but its report is not retrieved."


def not_retrieved_has_an_attempt_and_a_cause(review: Review) -> Iterator[str]:
    """I32: giving up a report takes at least one attempt, and a cause."""
    given_up = Report.objects.filter(review=review, status=Retrieval.NOT_RETRIEVED)
    for report in given_up.filter(Q(attempts__isnull=True) | Q(cause="")).select_related("record"):
        yield f"record {report.record.number} is not retrieved without an attempt or a cause."
