"""Late duplicates (R2): two records were decided apart and are found to be one report."""

from __future__ import annotations

from django.db import transaction

from screening.decisions.actions import FACT, log_fate
from screening.decisions.models import Item
from screening.decisions.rules import ballots, stage_rules, votes_of
from screening.decisions.verdict import Decision, ItemState, Mode, Stage, Verdict, verdict
from screening.records.models import Change

UNSETTLED = (ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION, ItemState.ARBITRATION)


def reconcile(review_id: int) -> int:
    """Put leads into conflict whose duplicates were decided otherwise, and out of it when they were parted again.

    Votes stay with the record they were cast on; nothing is copied. Returns how many items moved.
    """
    opened = sum(_to_conflict(item.pk) for item in _contradicted(review_id))
    return opened + sum(_back(item.pk) for item in _no_longer_contradicted(review_id))


def _decisions_of_duplicates(review_id: int, stage: Stage) -> dict[int, set[str]]:
    """Lead record id -> the revealed final decisions of its duplicates."""
    items = Item.objects.filter(
        review_id=review_id, stage=stage, record__standing__lead__isnull=False, state=ItemState.FINAL
    )
    found: dict[int, set[str]] = {}
    for lead, decision in items.revealed().values_list("record__standing__lead_id", "decision"):
        found.setdefault(lead, set()).add(decision)
    return found


def _contradicted(review_id: int) -> list[Item]:
    others = {stage: _decisions_of_duplicates(review_id, stage) for stage in Stage}
    found = []
    for stage, decisions in others.items():
        settled = Item.objects.filter(
            review_id=review_id, stage=stage, record_id__in=decisions, state=ItemState.FINAL, via="agreement"
        )
        found += [item for item in settled.revealed() if decisions[item.record_id] - {item.decision}]
    return found


def _no_longer_contradicted(review_id: int) -> list[Item]:
    """Items in conflict although their own votes agree, without a duplicate that says otherwise."""
    found = []
    for stage in Stage:
        decisions = _decisions_of_duplicates(review_id, stage)
        for item in Item.objects.filter(review_id=review_id, stage=stage, state__in=UNSETTLED).standing().revealed():
            own = _own_outcome(item)
            if own.decision and not decisions.get(item.record_id, set()) - {own.decision}:
                found.append(item)
    return found


def _own_outcome(item: Item) -> Verdict:
    """What the item's own votes amount to; where they clash in the reason only, with the reason that was picked before."""
    if item.protocol is None:
        return Verdict(ItemState.OPEN)
    rules = stage_rules(version=item.protocol, stage=Stage(item.stage), mode=Mode(item.mode), voters=item.voters)
    outcome = verdict(ballots(votes_of(item)), rules)
    picked = _picked_reason(item) if outcome.state is ItemState.REASON_CONFLICT else ""
    return Verdict(ItemState.FINAL, Decision.EXCLUDE, picked) if picked else outcome


def _picked_reason(item: Item) -> str:
    """The reason that settled this clash in this round, as the log of changes has it; empty where nobody picked one yet."""
    rounds = Change.objects.filter(record_id=item.record_id, fact=FACT[Stage(item.stage)]).order_by("-pk")
    for value in rounds.values_list("value", flat=True):
        if value.startswith("final exclude "):
            return value.removeprefix("final exclude ")
        if value in (ItemState.OPEN, ItemState.REASON_CONFLICT):
            return ""
    return ""


@transaction.atomic
def _to_conflict(item_id: int) -> int:
    item = Item.objects.select_for_update().get(pk=item_id)
    if item.state != ItemState.FINAL:
        return 0
    item.state, item.decision, item.via, item.reason = ItemState.CONFLICT, "", "", ""
    item.save()
    log_fate(item=item, at=None)
    return 1


@transaction.atomic
def _back(item_id: int) -> int:
    item = Item.objects.select_for_update().get(pk=item_id)
    outcome = _own_outcome(item)
    if item.state not in UNSETTLED or outcome.decision is None:
        return 0
    item.state, item.decision, item.via, item.reason = outcome.state, outcome.decision, "agreement", outcome.reason
    item.save()
    log_fate(item=item, at=None)
    return 1
