"""Casting, changing and taking back a vote; opening and reopening items. The state is derived in the same transaction."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from reviewapp.accounts.models import User
from reviewapp.compiled import compiled
from reviewapp.rows import insert, update
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item, ItemQuerySet, Postponed, Vote
from screening.decisions.own.spent import capped
from screening.decisions.queue import advance_cursor, in_play, reopen_queue, votes_of_the_present
from screening.decisions.rules import ballots, free_slot, keep_gate, mode_of, stage_rules, takes_vote_of, votes_of
from screening.decisions.sharing.models import SHARE_OUT, StagePlan
from screening.decisions.verdict import Decision, ItemState, Mode, Stage, StageRules, Verdict, verdict
from screening.jobs.actions import enqueue
from screening.protocol.models import ProtocolVersion
from screening.protocol.versions import Versions
from screening.records.changes import log_change
from screening.records.models import ChangeOf, Standing
from screening.reviews.models import Membership
from screening.roles import Permission

ANSWERS = ("met", "not_met", "unclear")
FACT = {Stage.TITLE_ABSTRACT: ChangeOf.TA, Stage.FULL_TEXT: ChangeOf.FT}
SETTLED = ("state", "votes_in", "decision", "reason", "via", "reveal_at", "protocol", "mode")
TWO_ARE_IN = "Two votes are already in on this record. Yours was not added; nothing else was changed."
KEPT_FOR_OTHERS = "The votes on this record are kept for other reviewers. Yours was not added; nothing was changed."


@dataclass(frozen=True)
class Choice:
    """What a reviewer decides: see `Vote` for the fields. ``seconds`` from showing to voting, None where nobody measured."""

    decision: Decision
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    override: str = ""
    note: str = ""
    seconds: int | None = None


@transaction.atomic
def cast_vote(*, member: Membership, item_id: int, choice: Choice, now: datetime | None = None) -> Vote:
    """A reviewer's vote on an item, as `vote_on` in a transaction of its own."""
    item = locked_item(review_id=member.review_id, item_id=item_id)
    return vote_on(item=item, member=member, choice=choice, versions=Versions(member.review), now=now)


def vote_on(
    *,
    item: Item,
    member: Membership,
    choice: Choice,
    versions: Versions,
    known: str | None = None,
    now: datetime | None = None,
) -> Vote:
    """A reviewer's vote on an item that the caller's transaction has locked, settled with it.

    A second call while the pair is incomplete changes the vote (S1). ``known`` is the stamp of one's own vote that the page showed,
    "" for none, None where no page was. Raises NotAllowedNow when two votes are in (S2), the item is out, the protocol is not
    frozen (I24), one's own vote is not the known one (P31), or the choice breaks I17, I18.
    """
    moment = now or timezone.now()
    may_vote(member=member, item=item)
    version = versions.of(item.protocol_id)
    if version is None:
        raise NotAllowedNow("The protocol is still a draft. The lead freezes it before the first vote.", rule="I24")
    rules = _rules(item, version)
    checked = check_choice(choice=choice, item=item, version=version)
    votes = votes_of(item)
    own = next((vote for vote in votes if vote.reviewer_id == member.pk), None)
    if own is None:
        own = _add(
            item=item, votes=votes, member=member, choice=replace(checked, seconds=choice.seconds), version=version,
            mode=rules.mode, moment=moment,
        )  # fmt: skip
        votes.append(own)
    else:
        _refuse_if_stale(own, known)
        _change(vote=own, item=item, member=member, choice=checked, moment=moment)
    settle(item=item, votes=votes, rules=rules, moment=moment, window=timedelta(seconds=member.user.undo_seconds))
    return own


def locked_item(*, review_id: int, item_id: int) -> Item:
    """The item, locked for this transaction, with its record. Raises NotAllowedNow when it is not one of the review."""
    item = _locked.first(item_id, review_id)
    if item is None:
        raise NotAllowedNow("That record is not part of this review.")
    return item


def locked_record(*, review_id: int, stage: Stage, number: int) -> Item | None:
    """The item of record ``number`` at a stage, locked as by `locked_item`; None where there is none."""
    return _locked_record.first(review_id, number, stage=stage)


@compiled
def _locked(item_id: int, review_id: int) -> QuerySet[Item]:
    return _for_update().filter(pk=item_id, review=review_id)


@compiled
def _locked_record(review_id: int, number: int, *, stage: Stage) -> QuerySet[Item]:
    return _for_update().filter(record__review=review_id, record__number=number, stage=stage)


def _for_update() -> ItemQuerySet:
    return Item.objects.select_for_update(of=("self",)).select_related("record").defer("record__abstract")


def may_vote(*, member: Membership, item: Item) -> None:
    """Raise NotAllowedNow unless the member is in the pool of this item (I14) and has not ruled on it.

    Asks only after the lock: whoever merges or removes the record takes the same one.
    """
    if not member.is_active or not member.may(Permission.SCREEN):
        raise NotAllowedNow("Only active reviewers of this review vote.", rule="I14")
    has_ruled = _has_ruled.first(item.review_id, item.pk, member.pk, stage=Stage(item.stage))
    if has_ruled is None:
        raise _out_of_play(item)
    if has_ruled:
        raise NotAllowedNow(
            "You opened the arguments on this record as adjudicator, so you cannot vote on it.", rule="I15"
        )


@compiled
def _has_ruled(review_id: int, item_id: int, member_id: int, *, stage: Stage) -> QuerySet[Item, bool]:
    """Whether the member ruled on the item; no row where the item is out of play."""
    ruled = Item.objects.filter(pk=OuterRef("pk"), own_readings__adjudicator=member_id)
    return in_play(review_id, stage).filter(pk=item_id).values_list(Exists(ruled), flat=True)


def _out_of_play(item: Item) -> NotAllowedNow:
    if Item.objects.standing().filter(pk=item.pk).exists():
        sentence = "The report is not at hand, or no longer sought, so it cannot be reviewed now."
        return NotAllowedNow(sentence, rule="I31")
    return NotAllowedNow(
        "This record has left screening: it is a duplicate or was removed. Your vote was not stored.", rule="R2"
    )


def _refuse_if_stale(own: Vote, known: str | None) -> None:
    if known is not None and own.stamp() != known:
        raise NotAllowedNow(
            f"You have voted {own.get_decision_display()} on this record in another tab. "
            "That vote stands; open the record again to change it.",
            rule="P31",
        )


def _rules(item: Item, version: ProtocolVersion) -> StageRules:
    stage = Stage(item.stage)
    return stage_rules(version=version, stage=stage, mode=mode_of(item, version), voters=item.voters)


def check_choice(*, choice: Choice, item: Item, version: ProtocolVersion, brought_in: bool = False) -> Choice:
    """The choice with answers to known criteria only. Raises NotAllowedNow where I17 or I18 does not hold.

    An include beside an answer "not met" says why at either stage; one of title and abstract ``brought_in`` from elsewhere may not
    have been asked.
    """
    keys = [criterion.key for criterion in version.criteria.all()]
    answers = {key: value for key, value in choice.answers.items() if key in keys and value in ANSWERS}
    failed = [key for key in keys if answers.get(key) == "not_met"]
    at_ta = item.stage == Stage.TITLE_ABSTRACT
    if choice.decision is Decision.EXCLUDE and at_ta:
        return Choice(choice.decision, answers, note=choice.note.strip())
    if choice.decision is Decision.EXCLUDE:
        reason = choice.reason or (failed[0] if failed else "")
        if reason not in failed:
            raise NotAllowedNow(
                "Exclude needs one reason: mark the criterion that is not met, or choose the reason in the list. Your vote was not stored.",
                rule="I17",
            )
        return Choice(choice.decision, answers, reason=reason, note=choice.note.strip())
    if choice.decision is Decision.INCLUDE and failed and not choice.override.strip() and not (at_ta and brought_in):
        raise NotAllowedNow(
            "A criterion is marked not met. Change the answer, exclude, or say why it is included all the same.",
            rule="I18",
        )
    override = choice.override.strip() if failed and choice.decision is Decision.INCLUDE else ""
    return Choice(choice.decision, answers, override=override, note=choice.note.strip())


def _add(
    *,
    item: Item,
    votes: list[Vote],
    member: Membership,
    choice: Choice,
    version: ProtocolVersion,
    mode: Mode,
    moment: datetime,
) -> Vote:
    slot = free_slot(item, votes)
    if item.reveal_at is not None or slot is None or (mode is Mode.SINGLE and votes and _is_held(item)):
        raise NotAllowedNow(TWO_ARE_IN, rule="S2")
    if not takes_vote_of(item, member.pk, votes):
        raise NotAllowedNow(KEPT_FOR_OTHERS, rule="I14")
    if mode is Mode.SINGLE:
        keep_gate(version=version, stage=Stage(item.stage))
    try:
        vote = insert(Vote(
            review_id=item.review_id, item=item, reviewer=member, round=item.round, slot=slot, protocol=version, cast_at=moment,
            seconds=capped(choice.seconds, item.stage), in_pilot=item.pilot > 0, **_columns(choice),
        ))  # fmt: skip
    except IntegrityError as clash:  # the transaction is lost, and so is all that this refusal leaves behind
        raise NotAllowedNow(TWO_ARE_IN, rule="S2") from clash
    item.protocol, item.mode = version, mode
    _audit_vote(verb="cast vote", item=item, member=member, after=_columns(choice))
    return vote


def _is_held(item: Item) -> bool:
    """True where somebody who still screens has voted on the item."""
    return Item.objects.filter(Exists(votes_of_the_present()), pk=item.pk).exists()


def _change(*, vote: Vote, item: Item, member: Membership, choice: Choice, moment: datetime) -> None:
    if item.reveal_at is not None:
        raise NotAllowedNow(
            "The last vote has come in, so yours can no longer be changed. Take it back within the undo window, if you voted last.",
            rule="S1",
        )
    before = {name: getattr(vote, name) for name in _columns(choice)}
    for name, value in _columns(choice).items():
        setattr(vote, name, value)
    vote.changed_at = moment
    vote.save()
    _audit_vote(verb="change vote", item=item, member=member, before=before, after=_columns(choice))


def _columns(choice: Choice) -> dict[str, object]:
    return {
        "decision": choice.decision.value,
        "answers": dict(choice.answers),
        "reason": choice.reason,
        "override": choice.override,
        "note": choice.note,
    }


@transaction.atomic
def withdraw_vote(*, member: Membership, item_id: int, now: datetime | None = None) -> Item:
    """Take back one's own vote: while the pair is incomplete, or, as the one who completed it, within the undo window (S1).

    Raises NotAllowedNow after the reveal (I20) and to the first voter once the pair is complete (P20).
    """
    moment = now or timezone.now()
    item = locked_item(review_id=member.review_id, item_id=item_id)
    votes = votes_of(item)
    own = next((vote for vote in votes if vote.reviewer_id == member.pk), None)
    if own is None:
        raise NotAllowedNow("You have no vote on this record to take back.")
    if item.is_revealed(moment):
        raise NotAllowedNow("The undo window has passed and the votes are open, so this vote stays.", rule="I20")
    if item.reveal_at is not None and own.pk != votes[-1].pk:
        raise NotAllowedNow(
            "The last vote has come in, so the first ones can no longer be taken back.",
            rule="S1",
        )
    own.withdrawn_at = moment
    own.save(update_fields=["withdrawn_at"])
    _audit_vote(verb="take back vote", item=item, member=member, before={"decision": own.decision})
    rules = _rules(item, own.protocol)
    left = [vote for vote in votes if vote is not own]
    settle(item=item, votes=left, rules=rules, moment=moment, window=timedelta())
    Postponed.objects.filter(item=item, reviewer=member).delete()  # it was decided: it waits in its place again
    reopen_queue(review_id=item.review_id, stage=Stage(item.stage), from_key=item.order_key)
    return item


def settle(*, item: Item, votes: list[Vote], rules: StageRules, moment: datetime, window: timedelta) -> Verdict:
    """Derive the item's state from its active votes, with the reveal after ``window``; write it and the change of the record's fate."""
    outcome = verdict(ballots(votes), rules)
    complete = outcome.state not in (ItemState.OPEN, ItemState.PARTIAL)
    undone_at = item.reveal_at
    item.state, item.votes_in = outcome.state, len(votes)
    item.decision = outcome.decision or ""
    item.reason = outcome.reason
    item.via = "agreement" if outcome.state is ItemState.FINAL else ""
    item.reveal_at = moment + window if complete else None
    if not votes:
        item.protocol, item.mode = None, ""
    update(item, *SETTLED)
    if complete:
        log_fate(item=item, at=item.reveal_at)
    elif undone_at is not None:
        log_fate(item=item, at=max(undone_at, moment))
    return outcome


def log_fate(*, item: Item, at: datetime | None) -> None:
    """Write down where the item stands, from ``at`` on: "final exclude population", or the state alone."""
    value = " ".join(part for part in (item.state, item.decision, item.reason) if part)
    log_change(review_id=item.review_id, record_id=item.record_id, fact=FACT[Stage(item.stage)], value=value, at=at)


def _audit_vote(*, verb: str, item: Item, member: Membership, before: object = None, after: object = None) -> None:
    audit(
        verb=verb, review_id=item.review_id, actor=member.user, subject=("record", item.record_id, item.record.title), before=before,
        after=after, item=(item.pk, item.round), sealed=True,
    )  # fmt: skip


@transaction.atomic
def postpone(*, member: Membership, item_id: int, why: str = "") -> None:
    """Put the item at the end of one's own queue, behind what was put off before, without a vote; ``why`` is for oneself alone."""
    item = locked_item(review_id=member.review_id, item_id=item_id)
    may_vote(member=member, item=item)
    now = {"at": timezone.now(), "why": why.strip()[:300]}
    Postponed.objects.update_or_create(item=item, reviewer=member, defaults=now)
    advance_cursor(member, Stage(item.stage))


@transaction.atomic
def reopen_item(*, item_id: int, lead: Membership, reason: str) -> Item:
    """A lead opens a settled item for a new round, with a reason; the old votes stand but no longer count (I23). What was kept for
    people who left since is shared out anew."""
    item = locked_item(review_id=lead.review_id, item_id=item_id)
    if item.state != ItemState.FINAL or not item.is_revealed():
        raise NotAllowedNow("Only a settled record can be reopened.", rule="I23")
    if not reason.strip():
        raise NotAllowedNow("Reopening needs a reason. Nothing was changed.", rule="I23")
    before = {"decision": item.decision, "via": item.via, "reason": item.reason, "round": item.round}
    item.round += 1
    item.state, item.decision, item.via, item.reason = ItemState.OPEN, "", "", ""
    item.votes_in, item.reveal_at, item.protocol, item.mode = 0, None, None, ""
    if item.pilot:  # an ordinary record from now on
        item.pilot, item.voters, item.pool = 0, 2, 2
        item.assignments.all().delete()
    item.save()
    log_fate(item=item, at=None)
    item.postponed.all().delete()
    stage = Stage(item.stage)
    reopen_queue(review_id=item.review_id, stage=stage, from_key=item.order_key)
    share_out_where_planned(review_id=item.review_id, stage=stage)
    audit(
        verb="reopen", review_id=item.review_id, actor=lead.user, subject=("record", item.record_id, item.record.title), before=before,
        after={"round": item.round}, reason=reason.strip(), item=(item.pk, item.round),
    )  # fmt: skip
    return item


@transaction.atomic
def conclude(
    *, item: Item, decision: Decision, via: str, reason: str = "", why: str = "", by: User, moment: datetime
) -> None:
    """Settle a conflict by discussion or ruling, ``why`` in words. The votes stay as they are (I21)."""
    before = {"state": item.state}
    item.state, item.decision, item.via, item.reason = ItemState.FINAL, decision.value, via, reason
    item.save()
    log_fate(item=item, at=moment)
    audit(
        verb=f"settle by {via}", review_id=item.review_id, actor=by, subject=("record", item.record_id, item.record.title), before=before,
        after={"state": item.state, "decision": item.decision, "reason": reason}, reason=why, item=(item.pk, item.round),
    )  # fmt: skip


def open_items(*, review_id: int, stage: Stage, records: Iterable[tuple[int, int]]) -> int:
    """Make items for (record id, order key) pairs that have none; returns how many."""
    items = [
        Item(
            review_id=review_id, record_id=record_id, stage=stage, order_key=key, mask_flip=bool(random.getrandbits(1))
        )
        for record_id, key in records
    ]
    made = Item.objects.bulk_create(items, ignore_conflicts=True, batch_size=500)
    if items:
        reopen_queue(review_id=review_id, stage=stage, from_key=min(item.order_key for item in items))
        share_out_where_planned(review_id=review_id, stage=stage)
    return len(made)


def share_out_where_planned(*, review_id: int, stage: Stage, anew: bool = False) -> None:
    """Ask for the job that puts records in the order of the stage's plan and keeps their votes for people by it."""
    if StagePlan.objects.filter(review_id=review_id, stage=stage).exists():
        enqueue(name=SHARE_OUT, review_id=review_id, subject=f"{stage} anew" if anew else stage)


def without_item(review_id: int, limit: int) -> list[tuple[int, int]]:
    """(record id, number) of leads that stand in the review, have a title, and no title and abstract item yet."""
    waiting = Standing.objects.filter(review_id=review_id, lead__isnull=True, removed="").exclude(
        record__items__stage=Stage.TITLE_ABSTRACT
    )
    waiting = waiting.exclude(record__title="", record__title_translated="")
    return list(waiting.order_by("record_id").values_list("record_id", "record__number")[:limit])
