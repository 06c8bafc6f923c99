"""Checks of votes: one each, in the log, unchanged after the reveal; every item's state follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from screening.audit.models import AuditEvent
from screening.decisions.models import Item, Vote
from screening.decisions.rules import stage_rules
from screening.decisions.verdict import (
    UNSETTLED,
    Ballot,
    Decision,
    ItemState,
    Mode,
    Stage,
    StageRules,
    Verdict,
    verdict,
)
from screening.protocol.models import Criterion, ProtocolVersion
from screening.reviews.models import Membership, Review
from screening.roles import Permission, Role, may

BY_PEOPLE = ("discussion", "adjudicator")
VOTED = ("cast vote", "change vote", "bring in vote")
IN_FLIGHT = timedelta(minutes=1)  # a form that was sent before its sender left the pool, and stored after it (P11)


def _active(review: Review) -> QuerySet[Vote]:
    return Vote.objects.active().filter(review=review)


def one_active_vote_each(review: Review) -> Iterator[str]:
    """I13: one active vote a reviewer, item and round; items know how many votes they hold."""
    repeated = Vote.objects.filter(review=review, withdrawn_at__isnull=True).order_by()
    for row in repeated.values("item_id", "reviewer_id", "round").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"item {row['item_id']} has {row['n']} votes of one reviewer in round {row['round']}."
    held = dict(_active(review).order_by().values("item_id").annotate(n=Count("pk")).values_list("item_id", "n"))
    for pk, number, said in Item.objects.filter(review=review).values_list("pk", "record__number", "votes_in"):
        if held.get(pk, 0) != said:
            yield f"record {number} says that it holds {said} votes, but {held.get(pk, 0)} are there."


def each_vote_is_in_the_log(review: Review) -> Iterator[str]:
    """I8: no vote without an event of its item and round."""
    logged = AuditEvent.objects.filter(review_id=review.pk, item_id=OuterRef("item_id"), round=OuterRef("round"))
    for vote in Vote.objects.filter(~Exists(logged), review=review).select_related("item__record"):
        yield f"a vote on record {vote.item.record.number} is not in the log."


def each_voter_was_in_the_pool(review: Review) -> Iterator[str]:
    """I14: whoever cast, changed or brought in a vote was an active reviewer of the review just then, as the log tells it."""
    logged = _voters_as_logged(review)
    votes = Vote.objects.filter(review=review).order_by("pk")
    for number, *key in votes.values_list("item__record__number", "item_id", "round", "reviewer__user_id"):
        if not logged.get(tuple(key), False):
            yield f"a vote on record {number} was cast by somebody who was no active reviewer then."


def _voters_as_logged(review: Review) -> dict[tuple[int, ...], bool]:
    """(item, round, user) of each logged vote -> whether the user was in the pool, each time. In the log's order (P44)."""
    pool = _Pool(dict(Membership.objects.filter(review=review).values_list("pk", "user_id")))
    told: dict[tuple[int, ...], bool] = {}
    events = AuditEvent.objects.filter(Q(subject_type="member") | Q(verb__in=VOTED), review_id=review.pk)
    for event in events.order_by("pk").iterator(chunk_size=2000):
        if event.subject_type == "member":
            pool.move(event)
        else:
            key = (event.item_id or 0, event.round or 0, event.actor_id or 0)
            told[key] = told.get(key, True) and pool.holds(event)
    return told


@dataclass
class _Pool:
    """Who may screen, while the log is read: ``user_of`` their memberships, ``here`` users, and when others ``left``."""

    user_of: dict[int, int]
    here: set[int] = field(default_factory=set)
    left: dict[int, datetime] = field(default_factory=dict)

    def move(self, event: AuditEvent) -> None:
        """A member joined, left, or has other roles from now on."""
        user, after = self.user_of.get(event.subject_id or 0, 0), event.after or {}
        if may([Role(role) for role in after.get("roles", ())], Permission.SCREEN):
            self.here.add(user)
        elif user in self.here:
            self.here.remove(user)
            self.left[user] = event.at

    def holds(self, event: AuditEvent) -> bool:
        """Whether the one who voted is here, or left while the vote was on its way."""
        user = event.actor_id or 0
        return user in self.here or (user in self.left and abs(event.at - self.left[user]) <= IN_FLIGHT)


def each_state_follows_from_the_votes(review: Review) -> Iterator[str]:
    """I16 and the truth table (domain.md 3): what an item says is what its votes amount to, or what people made of it."""
    ballots: dict[int, list[Ballot]] = defaultdict(list)
    for item_id, decision, reason in _active(review).order_by("slot").values_list("item_id", "decision", "reason"):
        ballots[item_id].append(Ballot(Decision(decision), reason))

    @cache
    def rules(version_id: int, stage: str, mode: str, voters: int) -> StageRules:
        version = ProtocolVersion.objects.get(pk=version_id)
        return stage_rules(version=version, stage=Stage(stage), mode=Mode(mode), voters=voters)

    for item in Item.objects.filter(review=review).select_related("record").iterator(chunk_size=2000):
        given = ballots.get(item.pk, [])
        if bool(given) != (item.protocol_id is not None and item.mode != ""):
            yield f"record {item.record.number} has votes without the protocol they were cast under, or the reverse."
            continue
        wanted = (
            verdict(given, rules(item.protocol_id or 0, item.stage, item.mode, item.voters))
            if given
            else Verdict(ItemState.OPEN)
        )
        if not _follows(item, wanted, {ballot.reason for ballot in given}):
            said = " ".join(part for part in (item.state, item.decision, item.reason, item.via) if part)
            yield f"record {item.record.number} stands at {said}, but its votes amount to {wanted.state.value} {wanted.decision or ''}."


def _follows(item: Item, wanted: Verdict, reasons: set[str]) -> bool:
    """A settled pair may be in conflict all the same: with a late duplicate that was settled otherwise (R2)."""
    if wanted.state in (ItemState.OPEN, ItemState.PARTIAL):
        return item.state == wanted.state
    if item.state in UNSETTLED:
        return item.state != ItemState.REASON_CONFLICT or wanted.state is ItemState.REASON_CONFLICT
    if item.via in BY_PEOPLE:
        return True
    if wanted.state is ItemState.REASON_CONFLICT:
        return item.decision == Decision.EXCLUDE and item.reason in reasons
    return (item.decision, item.reason) == (wanted.decision, wanted.reason)


def each_full_text_exclude_has_its_reason(review: Review) -> Iterator[str]:
    """I17: exactly one primary reason, a criterion of the vote's protocol that the vote answered not met."""
    keys = defaultdict(set)
    for version, key in Criterion.objects.filter(version__review=review).values_list("version_id", "key"):
        keys[version].add(key)
    excludes = Vote.objects.filter(review=review, item__stage=Stage.FULL_TEXT, decision=Decision.EXCLUDE)
    for vote in excludes.select_related("item__record"):
        if vote.reason not in keys[vote.protocol_id] or vote.answers.get(vote.reason) != "not_met":
            yield f"a full text exclude of record {vote.item.record.number} has no reason of its protocol that is not met."
    settled = Item.objects.filter(review=review, stage=Stage.FULL_TEXT, decision=Decision.EXCLUDE)
    for item in settled.select_related("record"):
        if item.protocol_id is None or item.reason not in keys[item.protocol_id]:
            yield f"record {item.record.number} is excluded at full text without a reason of its protocol."


def each_full_text_include_meets_the_criteria(review: Review) -> Iterator[str]:
    """I18: an include has no reason, and nothing not met without an override."""
    includes = Vote.objects.filter(review=review, item__stage=Stage.FULL_TEXT, decision=Decision.INCLUDE)
    for vote in includes.select_related("item__record"):
        if vote.reason or ("not_met" in vote.answers.values() and not vote.override):
            yield f"a full text include of record {vote.item.record.number} leaves a criterion not met without saying why."


def no_vote_changed_after_its_reveal(review: Review) -> Iterator[str]:
    """I20: in the present round nothing was changed or taken back once the votes were open."""
    late = Q(changed_at__gt=F("item__reveal_at")) | Q(withdrawn_at__gt=F("item__reveal_at"))
    votes = Vote.objects.filter(late, review=review, round=F("item__round"))
    for vote in votes.select_related("item__record"):
        yield f"a vote on record {vote.item.record.number} was changed after its reveal."


def the_protocol_was_frozen_before_the_votes(review: Review) -> Iterator[str]:
    """I24: a vote's protocol was frozen when it was cast; one brought in from elsewhere may be older than that."""
    early = Q(protocol__frozen_at__isnull=True) | Q(brought_in=False, protocol__frozen_at__gt=F("cast_at"))
    for vote in Vote.objects.filter(early, review=review).select_related("item__record"):
        yield f"a vote on record {vote.item.record.number} is older than the frozen protocol."
